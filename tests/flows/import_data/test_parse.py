"""Headers, cells and refusals: what each kind takes, and how it says no."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.flows.import_data import cells
from xiaoer.flows.import_data.cells import BadCell
from xiaoer.flows.import_data.kinds import KINDS, header_key, kind_of_stem
from xiaoer.flows.import_data.parse import Parsed, parse_sheet
from xiaoer.flows.import_data.rows import DialogueRow, KnowledgeRow, PromotionRow
from xiaoer.infra.sheets import GoodRow, Sheet, read_sheet
from xiaoer.kernel.commerce import Buyer, Order, Product, Refund, TraceStep, Variant
from xiaoer.kernel.money import Money
from xiaoer.slices.orders.types import OrderLine, Parcel

AT = datetime(2026, 6, 18, 12, tzinfo=UTC)


def parse(kind: str, *lines: str, strict: bool = False) -> Parsed:
    return parse_sheet(read_sheet("\n".join(lines).encode(), "a.csv"), KINDS[kind], strict, AT)


def reasons(parsed: Parsed) -> list[tuple[int, str, str]]:
    return [(refusal.line, refusal.code, refusal.text) for refusal in parsed.refusals]


@pytest.mark.parametrize(
    ("stem", "kind"),
    [
        ("orders", "orders"),
        ("Orders-2026-06", "orders"),
        ("orders (1)", "orders"),
        ("order_items", "order_items"),
        ("订单", "orders"),
        ("订单明细", "order_items"),
        ("知识库", "knowledge"),
        ("商品", "products"),
        ("SKU", "variants"),
        ("promotions", "promotions"),
        ("reorders", None),
        ("ordersheet", None),
        ("订单备注", None),
        ("", None),
    ],
)
def test_the_kind_is_told_by_the_stem(stem: str, kind: str | None) -> None:
    found = kind_of_stem(stem)
    assert (found.name if found else None) == kind


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_a_header_means_one_column(kind: Any) -> None:
    owners: dict[str, str] = {}
    for column in kind.columns:
        for name in (column.field, column.label, *column.aliases):
            assert owners.setdefault(header_key(name), column.field) == column.field
    assert {column.field for column in kind.columns} <= set(kind.row.__struct_fields__)


@pytest.mark.parametrize(
    ("kind", "headers", "line", "row"),
    [
        (
            "knowledge",
            "编号,标准问,答案,相似问,商品ID,渠道,生效时间,失效时间,分类",
            "K1,什么时候发货,48小时内发出,多久寄|几时发,P1,taobao,2026-06-18 20:00,2026-06-19,发货",
            KnowledgeRow("K1", "什么时候发货", "48小时内发出", ("多久寄", "几时发"), "P1", "taobao", AT,
                         datetime(2026, 6, 18, 16, tzinfo=UTC), "发货"),
        ),
        (
            "products",
            "id,title,category,url,attributes,tags,size_chart,related",
            'P1,外套,服装,/p,材质:棉；产地：杭州,"热卖,防晒","[{""size"":""M"",""height_cm"":[160,168]}]",P2|P3',
            Product("P1", "外套", "服装", "/p", "", {"材质": "棉", "产地": "杭州"}, ("热卖", "防晒"),
                    ({"size": "M", "height_cm": [160, 168]},), ("P2", "P3")),
        ),
        (
            "variants",
            "SKU,商品ID,规格,价格（元）,库存,补货时间",
            'V1,P1,"{""颜色"":""白""}",¥299.5,3,2026-06-18T20:00+08:00',
            Variant("V1", "P1", Money(29_950), {"颜色": "白"}, 3, AT),
        ),
        (
            "orders",
            "订单号,买家ID,状态,下单时间,收货地址,收件人,电话,实付,承诺发货时间",
            "'2026001,b1,待发货,2026/6/18 20:00,杭州某路,王小明,13800008000,\"1,299.00\",2026-06-18 20:00:00",
            Order("2026001", "b1", "paid", AT, Money(129_900), promise_ship_at=AT, address="杭州某路",
                  receiver="王小明", phone="13800008000"),
        ),
        (
            "order_items",
            "order_id,variant_id,title,quantity,price,pay_amount",
            "O1,V1,外套,2,10,",
            OrderLine("O1/V1", "O1", "V1", "外套", 2, Money(1000), Money(2000)),
        ),
        (
            "shipments",
            "运单号,order_id,快递公司,status,traces",
            'SF1,O1,顺丰,运输中,"[{""at"":""2026-06-18 20:00"",""text"":""已揽收""}]"',
            Parcel("SF1/O1", "SF1", "O1", "顺丰", "运输中", (TraceStep(AT, "已揽收"),)),
        ),
        (
            "refunds",
            "id,order_id,kind,status,reason,amount,created_at",
            "R1,O1,退货退款,处理中,不合身,9.90,2026-06-18 20:00",
            Refund("R1", "O1", "return_refund", "处理中", Money(990), "不合身", AT),
        ),
        (
            "buyers",
            "买家ID,昵称,等级,标签,phone,created_at",
            "b1,小鱼,金卡,老客、爱退货,13800008000,2026-06-18 20:00",
            Buyer("b1", "小鱼", "金卡", ("老客", "爱退货"), "13800008000", AT),
        ),
        (
            "dialogues",
            "id,at,buyer_id,author,agent,text",
            "D1,2026-06-18 20:00,b1,买家,,在吗",
            DialogueRow("D1", "D1", AT, "b1", "buyer", "", "在吗"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value in KINDS else "",
)  # fmt: skip
def test_each_kind_reads_its_columns(kind: str, headers: str, line: str, row: object) -> None:
    parsed = parse(kind, headers, line)
    assert parsed.refusals == []
    assert parsed.warnings == []
    assert [item.row for item in parsed.rows] == [row]


@pytest.mark.parametrize(
    ("kind", "headers", "line", "code", "sentence"),
    [
        ("variants", "SKU,商品ID,价格", "V1,P1,九块九", "not_a_number", "第 2 行：价格『九块九』不是数字，已跳过"),
        ("variants", "SKU,商品ID,价格", "V1,P1,NaN", "not_a_number", "第 2 行：价格『NaN』不是数字，已跳过"),
        ("variants", "SKU,商品ID,价格", "V1,P1,-1", "negative", "第 2 行：价格『-1』不能是负数，已跳过"),
        ("variants", "SKU,商品ID,价格", "V1,P1,1.234", "too_precise", "第 2 行：价格『1.234』小数超过了两位，已跳过"),
        ("variants", "SKU,商品ID,价格", "V1,P1,1e30", "too_large",
         "第 2 行：价格『1e30』太大了，请检查单位是不是元，已跳过"),
        ("variants", "SKU,商品ID,价格", "V1,P1,", "missing_value", "第 2 行：没有填价格，已跳过"),
        ("variants", "SKU,商品ID,价格,库存", "V1,P1,1,1.5", "not_whole", "第 2 行：库存『1.5』不是整数，已跳过"),
        ("variants", "SKU,商品ID,价格,库存", "V1,P1,1,-2", "negative", "第 2 行：库存『-2』不能小于 0，已跳过"),
        ("variants", "SKU,商品ID,价格,规格", "V1,P1,1,白色", "bad_pair",
         "第 2 行：规格『白色』要写成“名称:内容;名称:内容”，已跳过"),
        ("variants", "SKU,商品ID,价格", "1.23457E+18,P1,1", "damaged_number",
         "第 2 行：SKU『1.23457E+18』被表格改成了科学计数，请在表格里改成文本格式，已跳过"),
        ("orders", "订单号,买家ID,状态,下单时间", "1,b,paid,昨天", "not_a_date",
         "第 2 行：下单时间『昨天』不是日期，请写成 2026-06-18 20:00 的样子，已跳过"),
        ("orders", "订单号,买家ID,状态,下单时间", "1,b,paid,1970-01-01", "date_out_of_range",
         "第 2 行：下单时间『1970-01-01』不在 2000 年到 2099 年之间，已跳过"),
        ("refunds", "id,order_id,kind", "1,O,想退", "unknown_word",
         "第 2 行：类型『想退』不认识，可以写：refund_only、return_refund、exchange，已跳过"),
        ("products", "id,title", f"P1,{'长' * 501}", "too_long",
         f"第 2 行：标题『{'长' * 30}…』有 501 个字，最多 500 个字，已跳过"),
        ("products", "id,title,size_chart", "P1,a,M码", "bad_size_chart",
         "第 2 行：尺码表『M码』要写成 JSON 列表，每行一个尺码，已跳过"),
        ("products", "id,title,attributes", 'P1,a,"{""a"":"', "bad_json",
         "第 2 行：属性『{\"a\":』不是完整的 JSON，已跳过"),
        ("shipments", "运单号,order_id,traces", '1,O,"[{""at"":""x""}]"', "bad_traces",
         "第 2 行：物流轨迹『[{\"at\":\"x\"}]』里有一条缺 at 或 text，已跳过"),
        ("order_items", "order_id,quantity", "O1,0", "too_small", "第 2 行：数量『0』不能小于 1，已跳过"),
        ("order_items", "order_id,variant_id,title", "O1,,", "missing_value",
         "第 2 行：SKU和标题都没写，不知道买的是什么，已跳过"),
        ("knowledge", "标准问,答案,生效时间,失效时间", "a,b,2026-02-01,2026-01-01", "dates_reversed",
         "第 2 行：失效时间『2026-01-01』不晚于生效时间，已跳过"),
        ("products", "id,title", "P1,a,b", "extra_cells", "第 2 行有 3 格，比表头的 2 列多，已跳过"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_a_sentence(kind: str, headers: str, line: str, code: str, sentence: str) -> None:
    parsed = parse(kind, headers, line)
    assert parsed.rows == []
    assert reasons(parsed) == [(2, code, sentence)]
    assert parsed.refused == 1


def test_personal_data_are_not_repeated() -> None:
    parsed = parse(
        "orders",
        "订单号,买家ID,状态,下单时间,电话,实付",
        f"1,b,paid,2026-01-01,{'138000080001' * 6},1",
        "2,b,paid,2026-01-01,,13800008000元整",
    )
    assert [text for _, _, text in reasons(parsed)] == [
        "第 2 行：电话有 72 个字，最多 64 个字，已跳过",
        "第 3 行：实付『138****8000元整』不是数字，已跳过",
    ]


def test_the_second_of_two_equal_ids_is_refused() -> None:
    parsed = parse("products", "id,title", "P1,甲", "P2,乙", "P1,丙")
    assert [item.row.title for item in parsed.rows] == ["甲", "乙"]
    assert reasons(parsed) == [(4, "duplicate_id", "第 4 行：商品ID『P1』和第 2 行重复，已跳过")]


def test_lines_of_one_dialogue_share_its_id() -> None:
    parsed = parse(
        "dialogues",
        "id,at,buyer_id,author,agent,text",
        "D1,2026-06-18 20:00,b1,buyer,,在吗",
        "D1,2026-06-18 20:01,b1,agent,小芸,在的",
    )
    assert [(item.id, item.row.dialogue_id) for item in parsed.rows] == [("D1", "D1"), ("D1#2", "D1")]


def test_knowledge_without_an_id_gets_the_same_one_each_time() -> None:
    first, again = (parse("knowledge", "标准问,答案", f"什么时候发货,{answer}") for answer in ("今天", "明天"))
    assert first.rows[0].id == again.rows[0].id
    assert first.rows[0].hash != again.rows[0].hash


def test_a_promotion_keeps_all_that_was_written() -> None:
    sheet = read_sheet(b'[[promotions]]\nid = "A"\nlevel = "item"\ntiers = [{ threshold = "1" }]\n', "p.toml")
    parsed = parse_sheet(sheet, KINDS["promotions"], False, AT)
    data = {"id": "A", "level": "item", "tiers": [{"threshold": "1"}]}
    assert [item.row for item in parsed.rows] == [PromotionRow("A", data)]
    assert parsed.warnings == []


def test_unknown_columns_are_named_and_missing_ones_refuse_the_file() -> None:
    parsed = parse("products", "id,title,颜值", "P1,甲,高")
    assert parsed.warnings == ["这些列不认识，没有导入：“颜值”。"]
    assert len(parsed.rows) == 1
    missing = parse("variants", "SKU,商品ID,价格(分)", "V1,P1,990")
    assert (missing.error_code, missing.rows) == ("missing_column", [])
    assert missing.error == "这个文件按“规格”导入，但缺少这些列：价格。"
    twice = parse("variants", "SKU,商品ID,价格,售价", "V1,P1,9,8")
    assert twice.error_code == "duplicate_column"
    assert parse("products", "id,title").error_code == "empty_file"


def test_strict_stops_at_the_first_bad_row() -> None:
    parsed = parse("variants", "SKU,商品ID,价格", "V1,P1,9", "V2,P1,x", "V3,P1,y", strict=True)
    assert (parsed.error_code, parsed.rows, parsed.refused) == ("strict", [], 1)
    assert "第 3 行" in parsed.error


def test_only_the_first_thousand_refusals_are_kept() -> None:
    parsed = parse("variants", "SKU,商品ID,价格", *(f"V{n},P1,x" for n in range(1500)))
    assert (parsed.refused, len(parsed.refusals)) == (1500, 1000)


@pytest.mark.parametrize(
    ("parser", "value", "expected"),
    [
        (cells.ident(), 12345.0, "12345"),
        (cells.ident(), '="00123"', "00123"),
        (cells.ident(), "\t2026001 ", "2026001"),
        (cells.money, 39.900000000000006, Money(3990)),
        (cells.money, "1,299.00元", Money(129_900)),
        (cells.money, 0, Money(0)),
        (cells.count(0), "12.0", 12),
        (cells.instant, date(2026, 6, 18), datetime(2026, 6, 17, 16, tzinfo=UTC)),
        (cells.instant, datetime(2026, 6, 18, 20), AT),
        (cells.pairs, {"材质": ["棉", "麻"], "厚": 3.0, "无": None}, {"材质": "棉、麻", "厚": "3"}),
        (cells.texts(10), ["a", " a", "b", ""], ("a", "b")),
        (cells.texts(10), '["a;b", "c"]', ("a;b", "c")),
        (cells.similar_questions, "有货吗，急|还有吗", ("有货吗，急", "还有吗")),
        (cells.size_chart, [{"size": 38, "foot_length_mm": 240}], ({"size": "38", "foot_length_mm": 240},)),
    ],
)
def test_cells_of_workbooks_and_json_are_understood(parser: cells.Parser, value: object, expected: object) -> None:
    assert parser(value) == expected


@pytest.mark.parametrize(
    ("parser", "value", "code"),
    [
        (cells.ident(), 1.2345678901234567e18, "damaged_number"),
        (cells.ident(), "a\nb", "bad_character"),
        (cells.text(10), "a\x07", "bad_character"),
        (cells.text(10), {"a": 1}, "not_text"),
        (cells.money, True, "not_a_number"),
        (cells.money, float("inf"), "not_a_number"),
        (cells.pairs, "[1]", "bad_pair"),
        (cells.texts(10), {"a": 1}, "not_a_list"),
        (cells.size_chart, [{"size": "M", "h": [9, 1]}], "bad_size_chart"),
        (cells.size_chart, [{"h": 1}], "bad_size_chart"),
    ],
)
def test_cells_that_mean_nothing_are_refused(parser: cells.Parser, value: object, code: str) -> None:
    with pytest.raises(BadCell) as caught:
        parser(value)
    assert caught.value.code == code


_CELL = st.one_of(
    st.text(max_size=20),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.datetimes(),
    st.dates(),
    st.sampled_from(["2026-01-01", "paid", "9.9", "[]", "{}", '[{"size":1}]']),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


@settings(deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.data())
def test_any_cells_give_a_row_or_a_refusal(name: str, data: st.DataObject) -> None:
    kind = KINDS[name]
    headers = tuple(column.field for column in kind.columns)
    table = data.draw(st.lists(st.tuples(*(_CELL for _ in headers)), min_size=1, max_size=5))
    rows = [GoodRow(line, dict(zip(headers, cells, strict=True))) for line, cells in enumerate(table, start=2)]
    parsed = parse_sheet(Sheet(headers, list(rows)), kind, False, AT)
    assert len(parsed.rows) + parsed.refused == len(rows)
    assert all(refusal.text.startswith(f"第 {refusal.line} 行") for refusal in parsed.refusals)

"""What is shown for a wish: what suits the situation, within all that was told, and nothing else in its place."""

from typing import Any

import pytest
from tests.flows.selling.conftest import SalesWorld, acts, words

from xiaoer.kernel.commerce import Product, Variant
from xiaoer.kernel.money import Money
from xiaoer.slices.catalog.store import ProductSink, VariantSink

# id, title, category, tags, attributes, (colour, yuan, stock)…
SHELF: tuple[tuple[str, str, str, tuple[str, ...], dict[str, str], tuple[tuple[str, int, int], ...]], ...] = (
    ("chair", "云栖人体工学椅办公椅护腰", "家居/椅", ("护腰", "久坐"), {}, (("黑色", 599, 5), ("红色", 599, 0))),
    ("jeans", "直筒牛仔裤女显瘦九分", "服装/裤", ("显瘦",), {"弹力": "微弹，久坐不勒"}, (("蓝色", 159, 9),)),
    ("tent", "望野双人帐篷全自动速开防雨", "户外/帐篷", ("露营",), {}, (("卡其", 299, 5),)),
    ("stool", "望野折叠椅月亮椅户外便携", "户外/桌椅", ("露营", "便携"), {}, (("黑色", 89, 9), ("红色", 89, 9))),
    ("table", "望野蛋卷桌铝合金野餐折叠桌", "户外/桌椅", ("露营", "野餐"), {}, (("原木色", 159, 9),)),
    ("lip", "栗色丝绒口红哑光显白", "美妆/口红", ("送女友", "礼物"), {}, (("枫叶红", 99, 9),)),
    ("scarf", "暖冬羊毛围巾女礼盒装", "服饰/围巾", ("礼物", "保暖"), {}, (("驼色", 159, 9),)),
    ("cream", "舒缓面霜保湿滋润", "美妆/面霜", ("保湿",), {"孕妇可用": "孕期使用前先问医生"}, (("", 129, 9),)),
    ("tea", "武夷山红茶礼盒装送长辈", "食品/茶叶", ("送礼", "长辈"), {}, (("", 198, 9), ("", 88, 9))),
    ("cup", "保温杯泡茶刻字大容量男", "家居/水杯", ("送礼",), {}, (("", 99, 9),)),
    ("quilt", "桑蚕丝被四季通用双人", "家居/被", ("送长辈", "结婚"), {}, (("", 459, 9), ("", 699, 9))),
    ("damp", "晨雾加湿器家用静音孕妇婴儿空调房", "家电/加湿器", ("卧室", "静音"), {}, (("", 139, 9),)),
    ("hutch", "团团兔粮成兔主粮提摩西草", "宠物/兔", ("兔粮",), {}, (("", 49, 9),)),
    ("rice", "红豆薏米粉冲饮早餐即食", "食品/冲饮", ("早餐",), {}, (("", 39, 9),)),
    ("guitar", "初弦41寸民谣吉他木吉他", "乐器", ("新手",), {"品类": "吉他"}, (("原木", 599, 5),)),
    ("string", "磷铜民谣吉他弦一套六根", "乐器", ("配件",), {"品类": "琴弦"}, (("", 35, 9),)),
    ("uke", "小花23寸尤克里里儿童小吉他男女生", "乐器", ("礼物",), {"品类": "尤克里里"}, (("粉色", 209, 9),)),
    ("rod", "溪流手竿碳素超轻", "渔具", ("钓鱼",), {"品类": "鱼竿"}, (("3.6米", 89, 9), ("5.4米", 159, 9))),
    ("float", "纳米浮漂醒目三支装", "渔具", ("钓鱼",), {"品类": "浮漂"}, (("", 29, 9),)),
    ("seat", "全地形钓椅轻便可躺", "渔具", ("钓鱼",), {"品类": "钓椅"}, (("军绿", 129, 9),)),
    ("puer", "陈年熟普洱茶饼勐海", "茶", ("送礼",), {"品类": "普洱熟茶", "保质期": "长期"}, (("", 168, 9),)),
    ("herbal", "胎菊枸杞花草茶", "茶", (), {"品类": "花草茶", "咖啡因": "不含"}, (("", 39, 9),)),
    ("scratch", "猫抓板瓦楞纸猫窝", "宠物", ("猫",), {"品类": "猫抓板"}, (("", 35, 9),)),
    ("spray", "宠物除臭喷雾分解尿味", "宠物", ("猫", "狗"), {"品类": "除臭剂"}, (("", 33, 9),)),
    ("skirt", "法式碎花连衣裙女收腰", "服装/裙", ("通勤",), {}, (("M", 169, 9),)),
    ("belly", "孕妇托腹裤春秋直筒裤子", "母婴/孕产", ("孕期",), {}, (("L", 99, 9),)),
    ("hand", "山茶护手霜三支装", "美妆/护手霜", ("保湿",), {"品类": "护手霜"}, (("", 69, 9),)),
)


@pytest.fixture
async def shop_of_many(world: SalesWorld) -> SalesWorld:
    goods = [Product(i, t, c, attributes=a, tags=tags) for i, t, c, tags, a, _ in SHELF]
    skus = [
        Variant(f"{i}-{n}", i, Money(yuan * 100), {"颜色": color} if color else {}, stock)
        for i, *_, variants in SHELF
        for n, (color, yuan, stock) in enumerate(variants)
    ]

    def change(connection: Any) -> None:
        ProductSink().upsert(connection, world.shop, [(p, "h") for p in goods], world.clock.now())
        VariantSink().upsert(connection, world.shop, [(v, "h") for v in skus], world.clock.now())

    await world.product.db.write(change)
    return world


def shown(answer: dict[str, Any]) -> set[str]:
    return {source["id"] for source in answer["turn"]["sources"] if source["kind"] == "product"}


@pytest.mark.parametrize(
    ("said", "all_of", "none_of"),
    [
        ("天天久坐腰疼，有啥能缓解的", {"chair"}, {"jeans"}),
        ("周末去露营，带点什么好", {"tent", "stool", "table"}, {"chair"}),
        ("屋里太干了，嗓子疼", {"damp"}, {"cream"}),
        ("家里养了兔子，买点什么", {"hutch"}, {"scarf"}),
        ("送闺蜜生日礼物，口红她有好多了，别推口红，200以内", {"scarf"}, {"lip"}),
        ("想送我妈，她有围巾了，200以内推荐下", {"tea"}, {"scarf"}),
        ("推荐个送老师的，也别是吃的", {"cup"}, {"tea", "rice"}),
        ("送婆婆的，500到800", {"quilt"}, {"tea", "scarf"}),
        ("同学结婚送什么，预算800", {"quilt"}, {"jeans"}),
        ("推荐一款口红", {"lip"}, {"cream"}),
        ("便宜的吉他有吗", {"guitar"}, {"string", "uke"}),
        ("吉他断了根弦", {"string"}, {"guitar"}),
        ("钓鱼用哪根竿好", {"rod"}, {"float", "seat"}),
        ("刚开始钓鱼 要买哪些东西", {"rod", "float"}, {"guitar"}),
        ("我爸爱钓鱼，快过生日了，两百左右送啥", {"seat"}, {"tea", "cup", "float"}),
        ("钓鱼坐久了腰酸，有啥推荐", {"seat"}, {"rod"}),
        ("老丈人爱喝普洱，送点啥", {"puer"}, {"cup"}),
        ("有没有不含咖啡因的茶，晚上喝", {"herbal"}, {"tea", "puer"}),
        ("家里的猫老抓沙发", {"scratch"}, {"spray"}),
        ("猫尿味太大了，咋办", {"spray"}, {"scratch"}),
        ("我手干裂得厉害，有没有能缓解的", {"hand"}, {"cream"}),
        ("有粉色的吗 送女生的，两百左右", {"uke"}, {"lip"}),
        ("想买身衣服上班穿，不要裙子", {"jeans"}, {"skirt"}),
        ("想给孕妇朋友买条裤子", {"belly"}, {"jeans"}),
        ("除了口红，还有什么能送女朋友", {"scarf"}, {"lip"}),
        ("想找把小吉他", {"uke"}, {"guitar", "string"}),
        ("弹吉他手疼，换个啥弦", {"string"}, {"guitar"}),
        ("不想要鱼竿，送喜欢钓鱼的朋友点啥", {"float"}, {"rod"}),
        ("送爷爷，他腰不好", {"chair"}, {"lip", "skirt"}),
        ("男朋友已经有保温杯了，他喜欢钓鱼，送点啥", {"rod"}, {"cup"}),
    ],
)
async def test_what_fits_is_shown_and_nothing_else(
    shop_of_many: SalesWorld, said: str, all_of: set[str], none_of: set[str]
) -> None:
    answer = await shop_of_many.say("b1", said, product="")
    assert "recommend" in acts(answer), words(answer)
    assert all_of <= shown(answer) and not none_of & shown(answer), words(answer)


@pytest.mark.parametrize(
    "said",
    [
        "怀孕了能喝的茶有吗",
        "卧室有味道，怎么办",
        "有没有给鹦鹉吃的",
        "卖不卖电饭煲",
        "我孕5个月了，想买点护肤的",
        "给女儿买玩具，她两岁",
    ],
)
async def test_where_nothing_fits_it_says_so_and_pushes_nothing(shop_of_many: SalesWorld, said: str) -> None:
    answer = await shop_of_many.say("b1", said, product="")
    told = words(answer)
    assert not shown(answer) and ("没有" in told or "没写" in told)  # no such goods, or nothing written of it


@pytest.mark.parametrize(
    ("said", "nearest"),
    [
        ("想要红色的尤克里里", "uke"),
        ("一百以内的吉他有吗", "guitar"),
        ("三百块能买到吉他吗", "guitar"),
        ("推荐个钓椅，100以内", "seat"),
    ],
)
async def test_where_only_price_or_colour_is_in_the_way_the_nearest_is_told_as_such(
    shop_of_many: SalesWorld, said: str, nearest: str
) -> None:
    answer = await shop_of_many.say("b1", said, product="")
    assert nearest in shown(answer) and "没有" in words(answer)


async def test_what_goes_with_goods_that_she_has_is_asked_for(shop_of_many: SalesWorld) -> None:
    def relate(connection: Any) -> None:
        rod = Product(
            "rod", "溪流手竿碳素超轻", "渔具", attributes={"品类": "鱼竿"}, tags=("钓鱼",), related=("float",)
        )
        ProductSink().upsert(connection, shop_of_many.shop, [(rod, "h2")], shop_of_many.clock.now())

    await shop_of_many.product.db.write(relate)
    answer = await shop_of_many.say("b1", "我已经有鱼竿了，还缺点啥", product="")
    assert shown(answer) == {"float"}


async def test_cheaper_than_what_is_named_means_other_goods_of_its_kind(shop_of_many: SalesWorld) -> None:
    answer = await shop_of_many.say("b1", "有没有比钓椅便宜的", product="")
    assert "counter_offer" not in acts(answer) and "seat" not in shown(answer)


async def test_two_people_who_share_a_word_are_one(shop_of_many: SalesWorld) -> None:
    said = words(await shop_of_many.say("b1", "送男朋友，他喜欢钓鱼和喝茶，300以内", product=""))
    assert "给朋友" not in said and "给男朋友" not in said


async def test_a_price_between_the_bounds_is_told_of_the_variant_that_has_it(shop_of_many: SalesWorld) -> None:
    answer = await shop_of_many.say("b1", "送婆婆的，500到800", product="")
    assert "699" in words(answer) and "459" not in words(answer)


async def test_a_budget_for_two_people_is_shared_out(shop_of_many: SalesWorld) -> None:
    answer = await shop_of_many.say("b1", "想给爸妈买点东西，1000块一半给爸一半给妈", product="")
    said = words(answer)
    assert "给妈妈，" in said and "给爸爸，" in said and "500 元以内" in said and "1000 元" not in said


async def test_a_colour_is_looked_for_among_what_was_shown(shop_of_many: SalesWorld) -> None:
    await shop_of_many.say("b1", "周末去露营，带点什么好", product="")
    answer = await shop_of_many.say("b1", "有红色的吗", product="")
    assert shown(answer) == {"stool"} and "有红色" in words(answer)
    assert "没有" in words(await shop_of_many.say("b1", "有紫色的吗", product=""))


async def test_one_of_those_shown_is_named_when_asked_which(shop_of_many: SalesWorld) -> None:
    await shop_of_many.say("b1", "想买个口红或者保温杯送女朋友", product="")
    answer = await shop_of_many.say("b1", "这两个哪个更适合送礼", product="")
    assert shown(answer) == {"lip"}


async def test_cheaper_ones_are_other_goods_and_not_a_lower_price(shop_of_many: SalesWorld) -> None:
    await shop_of_many.say("b1", "周末去露营，带点什么好", product="")
    answer = await shop_of_many.say("b1", "便宜点的有吗", product="")
    assert "counter_offer" not in acts(answer) and shown(answer) <= {"stool"}


async def test_goods_named_anew_are_what_is_wished(shop_of_many: SalesWorld) -> None:
    assert shown(await shop_of_many.say("b1", "推荐个口红", product="")) == {"lip"}
    assert shown(await shop_of_many.say("b1", "推荐个保温杯", product="")) == {"cup", "P3"}


async def test_who_asks_what_goes_with_it_takes_a_no_back(shop_of_many: SalesWorld) -> None:
    await shop_of_many.say("b1", "别再给我推荐了", product="P1")
    answer = await shop_of_many.say("b1", "这件怎么搭配", product="P1")
    assert shown(answer) >= {"P2"} and "没有" not in words(answer)

"""The hand-written files of the sample shop: complete, consistent and fit to be said to a buyer."""

import re
import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from xml.etree import ElementTree

import pytest

from xiaoer.app.demo.generate import DemoShop, generate

NOW = datetime(2026, 6, 18, 6, 30, tzinfo=UTC)
CATEGORIES = ("服装", "美妆", "食品", "家居", "母婴", "数码")
# Absolute words of 广告法 art. 9, and the over-used address the house style avoids.
FORBIDDEN = re.compile("最好|最佳|最高级|第一|国家级|顶级|亲[，,。！!~～ ]|亲亲")
TOKEN = re.compile(r"\{\{|\}\}")


@pytest.fixture(scope="module")
def shop() -> DemoShop:
    return generate(NOW)


def test_every_category_has_at_least_thirteen_products(shop: DemoShop) -> None:
    counts = Counter(product["category"] for product in shop.products)
    assert len(shop.products) >= 84
    assert all(counts[category] >= 13 for category in CATEGORIES), counts
    assert counts["宠物"] >= 3


def test_counts_of_variants_and_knowledge(shop: DemoShop) -> None:
    assert len(shop.variants) >= 260
    assert len(shop.knowledge) >= 260


@pytest.mark.parametrize("kind", ["products", "variants", "knowledge", "buyers", "orders"])
def test_ids_are_unique(shop: DemoShop, kind: str) -> None:
    ids = [row["id"] for row in getattr(shop, kind)]
    assert len(ids) == len(set(ids))


def test_products_answer_what_buyers_ask(shop: DemoShop) -> None:
    for product in shop.products:
        assert 8 <= len(product["attributes"]) <= 15, product["id"]
        assert all(key and value for key, value in product["attributes"].items()), product["id"]
        assert product["url"] == f"/item/{product['id']}"
        assert product["tags"], product["id"]


def test_references_of_the_catalogue_resolve(shop: DemoShop) -> None:
    products = {product["id"] for product in shop.products}
    assert {variant["product_id"] for variant in shop.variants} == products
    assert {entry["product_id"] for entry in shop.knowledge if entry["product_id"]} <= products
    for product in shop.products:
        assert set(product["related"]) <= products - {product["id"]}, product["id"]


def test_sizes_of_variants_are_in_the_size_chart(shop: DemoShop) -> None:
    charts = {p["id"]: {row["size"] for row in p["size_chart"]} for p in shop.products}
    for variant in shop.variants:
        chart = charts[variant["product_id"]]
        size = variant["spec"].get("尺码") or variant["spec"].get("鞋码")
        assert not chart or size in chart, variant["id"]


def test_someone_of_170_finds_a_size_of_p1001(shop: DemoShop) -> None:
    coat = next(product for product in shop.products if product["id"] == "P1001")
    fitting = [
        row["size"]
        for row in coat["size_chart"]
        if row["height_cm"][0] <= 170 <= row["height_cm"][1] and row["weight_kg"][0] <= 60 <= row["weight_kg"][1]
    ]
    assert fitting == ["L"]


def test_some_variants_are_sold_out_or_nearly(shop: DemoShop) -> None:
    stocks = [variant["stock"] for variant in shop.variants]
    assert sum(stock == 0 for stock in stocks) >= 10
    assert sum(0 < stock <= 3 for stock in stocks) >= 10
    for variant in shop.variants:
        assert re.fullmatch(r"\d+\.\d{2}", variant["price"]), variant["id"]
        if variant["restock_at"]:
            assert variant["stock"] == 0
            assert datetime.fromisoformat(variant["restock_at"]) > NOW


def test_every_knowledge_entry_has_four_other_wordings(shop: DemoShop) -> None:
    seen: dict[str, str] = {}
    for entry in shop.knowledge:
        wordings = [entry["question"], *entry["similar"]]
        assert len(entry["similar"]) >= 4, entry["id"]
        for wording in wordings:
            assert seen.setdefault(wording, entry["id"]) == entry["id"], wording
        assert len(set(wordings)) == len(wordings), entry["id"]


def test_answers_are_short_and_free_of_forbidden_words(shop: DemoShop) -> None:
    for entry in shop.knowledge:
        answer = entry["answer"]
        assert not FORBIDDEN.search(answer), (entry["id"], answer)
        assert "亲" not in answer, entry["id"]
        assert 1 <= len(re.findall("[。？！]", answer)) <= 4, (entry["id"], answer)
        assert len(answer) <= 100, (entry["id"], len(answer))


def test_titles_and_attributes_use_no_absolute_words(shop: DemoShop) -> None:
    for product in shop.products:
        text = product["title"] + "".join(product["attributes"].values())
        assert not FORBIDDEN.search(text), product["id"]


def test_knowledge_covers_the_shop_and_its_goods(shop: DemoShop) -> None:
    counts = Counter(entry["category"] for entry in shop.knowledge)
    for category in ["发货", "物流", "售后", "发票", "优惠", "商品", "会员", "支付", "店铺", "下单"]:
        assert counts[category] >= 8, (category, counts[category])
    assert sum(1 for entry in shop.knowledge if entry["product_id"]) >= 100


@pytest.mark.parametrize(
    "wrong",
    ["拆封就不能退", "拆封不退", "一律不退", "从付款算", "激活后不能退", "只能退到余额"],
)
def test_no_answer_contradicts_the_law(shop: DemoShop, wrong: str) -> None:
    assert not [entry["id"] for entry in shop.knowledge if wrong in entry["answer"]]


def test_the_seven_days_count_from_the_day_after_signing(shop: DemoShop) -> None:
    entry = next(e for e in shop.knowledge if e["question"] == "支持七天无理由退货吗")
    assert "签收第二天开始算7天" in entry["answer"]


def test_twelve_promotions_point_at_real_goods(shop: DemoShop) -> None:
    promotions = tomllib.loads(shop.promotions)["promotions"]
    assert len({promotion["id"] for promotion in promotions}) == len(promotions) == 12
    products = {product["id"] for product in shop.products}
    variants = {variant["id"] for variant in shop.variants}
    for promotion in promotions:
        scope = promotion["scope"]
        assert set(scope.get("items", [])) | set(scope.get("exclude_items", [])) <= products
        assert set(scope.get("skus", [])) <= variants
        assert set(scope.get("categories", [])) <= {*CATEGORIES, "宠物"}
        starts_at = datetime.fromisoformat(promotion["starts_at"])
        assert starts_at <= NOW < datetime.fromisoformat(promotion["ends_at"])


def test_answers_about_promotions_state_the_promotions_own_terms(shop: DemoShop) -> None:
    promotions = {p["id"]: p for p in tomllib.loads(shop.promotions)["promotions"]}
    answers = {entry["question"]: entry for entry in shop.knowledge}
    full = answers["现在有什么优惠活动"]
    for tier in promotions["PM01"]["tiers"]:
        words = f"满{float(tier['threshold']):.0f}减{float(tier['benefit']):.0f}"
        assert words in full["answer"]
    for question, promotion_id in [
        ("现在有什么优惠活动", "PM01"),
        ("食品有什么活动", "PM02"),
        ("第二件半价怎么算", "PM03"),
        ("防晒衣和耳机现在多少钱", "PM05"),
        ("有赠品吗", "PM08"),
        ("2件9折3件8折有哪些", "PM09"),
        ("99元任选3件怎么买", "PM10"),
    ]:
        entry, promotion = answers[question], promotions[promotion_id]
        assert entry["valid_from"] == promotion["starts_at"], question
        assert entry["valid_to"] == promotion["ends_at"], question


def test_shipping_promises_agree_with_the_profile(shop: DemoShop) -> None:
    answers = {entry["question"]: entry["answer"] for entry in shop.knowledge}
    assert f"{shop.profile['ship_within_hours']}小时内" in answers["什么时候发货"]
    assert shop.profile["same_day_cutoff"] in answers["什么时候发货"]
    assert "满59元包邮" in answers["运费多少"]
    assert (shop.profile["free_shipping_from"], shop.profile["freight"]) == ("59.00", "8.00")


def test_pictures_exist_and_are_small_svgs(shop: DemoShop) -> None:
    folder = files("xiaoer.app.demo") / "data" / "images"
    names = {product["image"].removeprefix("/demo/images/") for product in shop.products}
    assert len(names) >= 14
    for name in names:
        text = (folder / name).read_text(encoding="utf-8")
        assert len(text.encode()) <= 4096, name
        assert ElementTree.fromstring(text).tag.endswith("svg"), name


def test_no_date_token_is_left(shop: DemoShop) -> None:
    assert not TOKEN.search(shop.promotions)
    for entry in shop.knowledge:
        assert not TOKEN.search("".join(str(value) for value in entry.values())), entry["id"]
    assert not [v["id"] for v in shop.variants if TOKEN.search(v["restock_at"] or "")]


def test_spoken_dates_follow_now() -> None:
    def cut_ends(now: datetime) -> str:
        entries = generate(now).knowledge
        return str(next(e["answer"] for e in entries if "现在多少钱" in e["question"]))

    assert "6月19日晚上24:00" in cut_ends(NOW)
    assert "6月29日晚上24:00" in cut_ends(NOW + timedelta(days=10))

"""The questions that are asked most, as chips (猜你想问): an intent as a buyer would type it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from xiaoer.kernel.commerce import Product

CHIPS = {
    "product.size_advice": "我该选哪个尺码",
    "product.size_chart": "有尺码表吗",
    "product.material": "是什么材质的",
    "product.color": "有哪些颜色",
    "product.quality": "质量怎么样",
    "product.stock": "现在有货吗",
    "product.restock": "什么时候补货",
    "product.usage": "怎么洗、怎么用",
    "product.safety": "敏感肌、孕妇能用吗",
    "product.warranty": "质保多久",
    "product.authenticity": "是正品吗",
    "product.shelf_life": "保质期到什么时候",
    "product.package": "包装里有什么",
    "product.compatibility": "我的型号能用吗",
    "product.install": "包安装吗",
    "price.query": "现在到手多少钱",
    "promo.discount": "有什么优惠",
    "promo.bundle": "和别的一起买更划算吗",
    "promo.coupon": "有优惠券吗",
    "ship.when": "什么时候发货",
    "ship.eta": "几天能到",
    "ship.fee": "包邮吗",
    "ship.carrier": "发什么快递",
    "after.return": "不合适能退吗",
    "after.freight": "有运费险吗",
}
ANYWHERE = ("promo.discount", "ship.when", "ship.fee")  # where no product is in sight
# of which the sheet must tell something: parts of its keys
_OF_SHEET = {
    CHIPS["product.material"]: ("材质", "面料", "材料", "填充"),
    CHIPS["product.compatibility"]: ("适用", "兼容", "型号", "机型", "接口"),
    CHIPS["product.install"]: ("安装",),
    CHIPS["product.safety"]: ("孕", "敏感", "肤质", "儿童", "婴"),
    CHIPS["product.shelf_life"]: ("保质期",),
    CHIPS["product.warranty"]: ("质保", "保修", "三包"),
}
LEAST = 2  # a question of one buyer is not yet what buyers ask


def most_asked(intents: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The chips of the intents that came up most; at equal counts in the order of the table."""
    counts = Counter(intent for intent in intents if intent in CHIPS)
    order = list(CHIPS)
    best = sorted((i for i, n in counts.items() if n >= LEAST), key=lambda i: (-counts[i], order.index(i)))
    return tuple(CHIPS[intent] for intent in best[:limit])


def usual_questions(product: Product | None) -> tuple[str, ...]:
    """What is asked about such goods as long as too few buyers have asked about this one."""
    if product is None:
        return tuple(CHIPS[intent] for intent in ANYWHERE)
    told = [CHIPS["product.size_advice"]] if product.size_chart else []
    told += [CHIPS["product.material"]] if "材质" in product.attributes else []
    return (*told, CHIPS["product.quality"], CHIPS["ship.when"], CHIPS["price.query"])


def that_fit(chips: Iterable[str], product: Product) -> tuple[str, ...]:
    """The chips that make sense of a product by what its sheet tells: no 型号 of a T-shirt, no 材质 of a cleanser."""
    fitting = []
    for chip in chips:
        asked = _OF_SHEET.get(chip)
        if asked is None or any(word in key for key in product.attributes for word in asked):
            fitting.append(chip)
        elif chip == CHIPS["product.material"]:
            fitting += [f"{word}有哪些" for word in ("成分", "配料") if any(word in key for key in product.attributes)][
                :1
            ]
    return tuple(fitting)


def three_chips(*sources: Sequence[str]) -> tuple[str, ...]:
    """Three chips, from the first source that has some, filled up from the next ones."""
    return tuple(dict.fromkeys(chip for source in sources for chip in source))[:3]

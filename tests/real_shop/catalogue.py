"""What the real shops sell: the same thirty products everywhere, so that their answers can be compared.

Prices in fen. The coat (299) and the shirt (159) are the two that every price example uses.
"""

from dataclasses import dataclass

COAT, COAT_RED, SHIRT = "COAT-BK-M", "COAT-RD-XL", "SHIRT-WH-L"
SEARCH = "羽绒服"

_MORE = (
    "加绒卫衣 男款", "加绒卫衣 女款", "高腰直筒牛仔裤", "高腰阔腿牛仔裤", "法式碎花连衣裙", "法式纯色连衣裙",
    "冰丝防晒衣", "羊毛混纺围巾", "羊毛混纺针织帽", "轻便跑步鞋", "厚底小白鞋", "软底一脚蹬", "真皮乐福鞋",
    "帆布托特包", "通勤双肩包", "抗皱衬衫", "速干运动短裤", "瑜伽长裤", "纯棉四件套 1.5米", "纯棉四件套 1.8米",
    "记忆棉枕头", "可水洗地垫", "玻璃保鲜盒 三只装", "不粘平底锅 28厘米", "保温杯 500毫升", "保温杯 750毫升",
    "婴儿连体衣", "儿童雨靴",
)  # fmt: skip


@dataclass(frozen=True)
class Sku:
    """One variant; `colour` and `size` are its spec."""

    id: str
    title: str
    colour: str
    size: str
    price: int
    stock: int


SKUS = (
    Sku(COAT, "轻薄羽绒服 女款", "黑色", "M", 29_900, 60),
    Sku(COAT_RED, "轻薄羽绒服 女款", "红色", "XL", 29_900, 0),
    Sku(SHIRT, "纯棉短袖T恤", "白色", "L", 15_900, 60),
    *(Sku(f"MORE-{n:02d}", title, "本色", "均码", 5_900 + 700 * n, 3 + n % 9) for n, title in enumerate(_MORE)),
)


def titles() -> list[str]:
    """Product titles, each once."""
    return list(dict.fromkeys(sku.title for sku in SKUS))


def skus_of(title: str) -> list[Sku]:
    return [sku for sku in SKUS if sku.title == title]


def sku(id: str) -> Sku:
    return next(sku for sku in SKUS if sku.id == id)

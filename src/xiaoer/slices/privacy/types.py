"""What personal data looks like to the product (个人信息)."""

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """Kinds of personal data that are recognised in running text; the value names the placeholder."""

    PHONE = "PHONE"  # 手机号
    LANDLINE = "LANDLINE"  # 座机
    ID_CARD = "ID_CARD"  # 身份证号
    BANK_CARD = "BANK_CARD"  # 银行卡号
    EMAIL = "EMAIL"  # 邮箱
    WAYBILL = "WAYBILL"  # 运单号
    ADDRESS = "ADDRESS"  # 地址
    NAME = "NAME"  # 收件人姓名


class Finding(Struct, frozen=True):
    """One piece of personal data: `text[start:end]`."""

    kind: Kind
    start: int
    end: int


class Hidden(Struct, frozen=True):
    """Text whose personal data is replaced by placeholders; `values` brings it back, placeholder to original."""

    text: str
    values: dict[str, str]

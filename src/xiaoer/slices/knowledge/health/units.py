"""Units of what answers claim (单位): how a number and its unit are written, what one counts in common. Pure."""

import re

DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MANY = 10_000  # 万
NUMBER = r"(\d+(?:\.\d+)?万?|半|[零一二两三四五六七八九十百千]+万?)"


ANY_PIECE = "piece.个"
OTHER_PIECE = "piece."  # counted with other words: 1200颗, 800片
_COUNTED = "件片包瓶支盒双张袋粒枚次期层份款种颗根罐卷套台段格本枝朵杯排页抽节条把串速泡道门键册步头"


def _unit(words: str, more: str = "") -> re.Pattern[str]:
    return re.compile(rf"{more}{NUMBER}\s*(?:(?:{words})?\s*(?:到|至|-|~|～|—)\s*{NUMBER})?\s*(?:{words})")


UNITS: tuple[tuple[str, re.Pattern[str], float], ...] = (
    ("workdays", _unit("个?工作日"), 1.0),
    ("hours", _unit("分钟"), 1 / 60),
    ("hours", _unit("个?小时|个?钟头|h(?![a-z])"), 1.0),
    ("hours", _unit("天|日(?=内|之内|后|发|到|[，,。；;]|$)"), 24.0),
    ("hours", _unit("(?:个星期|星期|个礼拜|礼拜|周)(?![二三四五六日天末岁年]|一(?!次|回|换|洗|遍))"), 168.0),
    ("hours", _unit("个月"), 720.0),
    ("hours", _unit("年|周?岁"), 8640.0),
    ("yuan", re.compile(r"[¥￥]\s*(\d+(?:\.\d+)?)()"), 1.0),
    ("yuan", _unit("元|块(?![\u4e00-\u9fff]?布)", r"(?<![满\d])"), 1.0),
    ("yuan", re.compile(r"(?:费用?|收|补|加|付|返|价)\s*(\d+(?:\.\d+)?)()(?=[，,。；;！!\s]|左右|起|$)"), 1.0),
    ("yuan", _unit("毛|角(?![度落])", r"(?<!\d)"), 0.1),
    (
        "threshold",
        re.compile(rf"(?:花|消费|买|凑|用)(?:够|满|到|足)\s*{NUMBER}()\s*(?:元|块)?(?![天年月件个份只双盒瓶袋])"),
        1.0,
    ),
    ("threshold", re.compile(r"(?:满|超过)\s*(\d+(?:\.\d+)?)()\s*(?:元|块)?(?![天年月件])"), 1.0),
    ("degrees", re.compile(rf"{NUMBER}()\s*(?:度|℃|[%％]\s*vol)"), 1.0),
    ("percent", re.compile(r"(\d+(?:\.\d+)?)()\s*[%％]"), 1.0),
    ("percent", re.compile(rf"百分之{NUMBER}()"), 1.0),
    ("percent", re.compile(r"(\d|[一二三四五六七八九])()成(?![品人年分功本套员立为就])"), 10.0),
    ("times", re.compile(rf"(?:假一(?:赔|罚)){NUMBER}()"), 1.0),
    ("times", _unit("倍"), 1.0),
    ("grams", _unit("公斤|千克|kg"), 1000.0),
    ("grams", _unit("斤"), 500.0),
    ("grams", _unit("克|g(?![a-z])"), 1.0),
    ("watts", _unit("千瓦|kw"), 1000.0),
    ("watts", _unit("瓦|w(?![a-z])"), 1.0),
    ("lumens", _unit("流明|lm(?![a-z])"), 1.0),
    ("hertz", _unit("赫兹|hz(?![a-z])"), 1.0),
    ("horsepower", _unit("匹"), 1.0),
    ("volts", _unit("伏特?|v(?![a-z])"), 1.0),
    ("kcal", _unit("大卡|千卡|卡路里|kcal"), 1.0),
    ("kjoule", _unit("千焦|kj"), 1.0),
    ("pixels", _unit("像素"), 1.0),
    ("speed", _unit("转(?![账人接让卖发动移])"), 1.0),
    ("memory", _unit("t(?![a-z])|tb"), 1024.0),
    ("mah", _unit("毫安时?|mah"), 1.0),
    ("points", _unit("个?积分|分(?![钟之期开类体别享装离批成层贝])"), 1.0),
    ("decibels", _unit("分贝|db"), 1.0),
    ("pounds", _unit("磅"), 1.0),
    ("area", _unit("平方米?|平米|平(?![铺放整时均常])|㎡"), 1.0),
    ("cm", _unit("公里|千米|km"), 100_000.0),
    ("cm", _unit("厘米|公分|cm"), 1.0),
    ("cm", _unit("毫米|mm"), 0.1),
    ("inch", _unit("英?寸"), 1.0),
    ("cm", _unit("米|m(?![a-z])"), 100.0),
    ("ml", _unit("毫升|ml"), 1.0),
    ("ml", _unit("升|l(?![a-z])"), 1000.0),
    ("people", _unit("个?人(?![工为群民一])|名(?:学生|乘客|成人)", r"(?<!一)"), 1.0),
    ("piece.档", _unit("个?档位?|挡位?"), 1.0),
    *((f"piece.{word}", _unit(word), 1.0) for word in _COUNTED),
    (ANY_PIECE, _unit("个(?!人|小时|工作日|月|星期|礼拜|包裹|地址|订单)", r"(?<![一\d半])(?!一)"), 1.0),
)

# Units in which a thing has one measure: what the question is called hardly matters.
ONCE = frozenset({
    "watts", "lumens", "hertz", "horsepower", "volts", "kcal", "kjoule", "pixels", "speed", "memory", "mah", "area",
    "inch", "decibels", "pounds", "points", "ml", "degrees", "times", "discount", "threshold", "year", ANY_PIECE,
    *(f"piece.{word}" for word in _COUNTED),
})  # fmt: skip

_UNIT_NAMES = {
    "workdays": "工作日", "hours": "时间", "yuan": "金额", "threshold": "满额", "percent": "比例", "times": "倍数",
    "discount": "折扣", "clock": "钟点", "degrees": "度数", "grams": "重量", "cm": "尺寸", "ml": "容量",
    "date": "日期", "year": "年份", "day": "日期",
    "watts": "功率", "mah": "电池容量", "area": "面积", "inch": "尺寸",
    "lumens": "亮度", "hertz": "频率", "horsepower": "匹数", "volts": "电压", "kcal": "热量", "kjoule": "热量",
    "pixels": "像素", "speed": "转速", "memory": "容量", "points": "积分", "decibels": "音量", "pounds": "磅数",
    "people": "人数",
}  # fmt: skip


def value_of(text: str) -> float:
    """The number that a text writes in digits or Chinese numerals; 半 is a half."""
    if text == "半":
        return 0.5
    if text[-1] == "万":
        return value_of(text[:-1]) * _MANY
    if text[0].isdigit():
        return float(text)
    total = digit = 0
    for letter in text:
        if letter in _TENS:
            total += (digit or 1) * _TENS[letter]
            digit = 0
        else:
            digit = DIGITS[letter]
    return float(total + digit)


_ANY_NUMBER = re.compile(
    r"\d+(?:\.\d+)?|(?:半|[一二两三四五六七八九十百千]+)"
    r"(?=[个天年月周小分秒元块斤克米升人件只包瓶盒次片度岁码支条颗粒枚款层倍寸成折点号日折页键孔套])"
)


def numbers_in(text: str) -> frozenset[float]:
    """All numbers that a text counts with, whatever they count."""
    return frozenset(map(value_of, _ANY_NUMBER.findall(text)))


def name_of(unit: str) -> str:
    """What a unit measures, in Chinese."""
    return "数量" if unit.startswith("piece.") else "等级" if unit.startswith("grade.") else _UNIT_NAMES[unit]

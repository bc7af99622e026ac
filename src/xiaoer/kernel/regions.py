# ruff: noqa: E501  a table reads better unbroken
"""Provinces and what lies in them (地区): 乌鲁木齐 is in 新疆, so what holds for 新疆 holds there.

All 333 divisions of the second level by their short names (民政部, 行政区划代码, 2023), the divisions that a province holds
directly, and the cities of the third level that buyers name by themselves. Pure data and how it is read in words.
"""

import re
from typing import NamedTuple

CITIES: dict[str, str] = {
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安盟 锡林郭勒 阿拉善",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛",
    "吉林": "长春 吉林市 四平 辽源 通化 白山 松原 白城 延边",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西",
    "广东": "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚 三沙 儋州",
    "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山",
    "贵州": "贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南",
    "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆",
    "西藏": "拉萨 日喀则 昌都 林芝 山南 那曲 阿里",
    "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南",
    "青海": "西宁 海东 海北 黄南 海南州 果洛 玉树 海西",
    "宁夏": "银川 石嘴山 吴忠 固原 中卫",
    "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 阿勒泰",
}
_SMALLER: dict[str, str] = {
    "河北": "雄安",
    "内蒙古": "内蒙 满洲里",
    "吉林": "延吉",
    "江苏": "昆山 江阴 张家港 常熟",
    "浙江": "义乌 余杭 萧山",
    "四川": "西昌 会理 九寨沟 康定 稻城",
    "福建": "晋江 石狮",
    "河南": "济源",
    "湖北": "仙桃 潜江 神农架 武昌 汉口",
    "广东": "顺德 番禺 宝安",
    "广西": "防城",
    "海南": "五指山 琼海 屯昌 澄迈 临高 陵水 琼中 万宁 文昌",
    "甘肃": "敦煌",
    "青海": "格尔木 德令哈 海南藏族",
    "新疆": "石河子 阿拉尔 图木舒克 五家渠 铁门关 可克达拉 胡杨河 库尔勒 博乐 奎屯 阿图什 伊宁 巴州 博州 克州",
    "台湾": "台北 高雄 台中 新北 台南 新竹 基隆",
}
_WHOLE = ("北京", "天津", "上海", "重庆", "香港", "澳门", "台湾")
PROVINCES = (*CITIES, *_WHOLE)
# Names that are other words too: only with what makes them a place (白银市, 寄到白银).
_OTHER_WORDS = frozenset(
    (
        *(
            "朝阳",
            "白银",
            "来宾",
            "安康",
            "中山",
            "开封",
            "日照",
            "阿里",
            "山南",
            "海北",
            "海西",
            "黄南",
            "普洱",
            "红河",
            "文山",
        ),
        *(
            "白山",
            "白城",
            "大同",
            "周口",
            "德州",
            "六安",
            "泰安",
            "黔南",
            "甘南",
            "凉山",
            "临高",
            "文昌",
            "天水",
            "中卫",
            "新北",
        ),
        *("台中", "新竹", "万宁", "东营", "河源", "南平", "安阳", "新乡"),
    )
)
_TO_THERE = r"(?<=[到去往寄发在])"
_ENDING = r"(?:地区|[市州盟县]|那边|这边)"
_GOES_ON = "[了过的后前茶装扒瓜欧炭]"
# What stands before or after where the letters of a name belong to other words (东西安全吗, 长沙发, 变成都是, 适宜春秋).
_BROKEN_OFF = {
    "西安": ("东", ""), "上海": ("[网线]", ""), "成都": ("[变做当换改弄分制完看]", ""), "长沙": ("", "发(?![货到吗不得])"),
    "大连": ("", "[衣体帽裤]"), "长春": ("", "[秋装夏款天节]"), "宜春": ("适", "[秋夏天季装]"), "三明": ("[第十周]", "治"),
    "哈密": ("", "瓜"), "和田": ("", "[玉枣]"), "宁德": ("", "时代"), "大理": ("", "[石由]"), "金华": ("", "火腿"), "黄山": ("", "毛峰"),
    "阿克苏": ("", "苹果"), "库尔勒": ("", "香梨"), "吐鲁番": ("", "葡萄"), "宁夏": ("", "枸杞"), "新疆": ("", "[棉枣]|葡萄|羊毛|长绒|大枣|红枣"),
    "烟台": ("", "苹果"), "重庆": ("", "小面|火锅"), "武汉": ("", "热干面"), "柳州": ("", "螺"), "桂林": ("", "米粉"), "兰州": ("", "拉面|牛肉面"),
    "内蒙古": ("", "牛|羊"), "内蒙": ("", "牛|羊"), "西藏": ("", "牦牛"), "海南": ("", "椰|鸡|芒果"), "北京": ("", "烤鸭"), "南京": ("", "板鸭"),
}  # fmt: skip


class Region(NamedTuple):
    """A place as words name it, its province, both by their short names, and where it begins; a province lies in itself."""

    name: str
    province: str
    start: int = 0


_PROVINCE_OF = {
    **{name: province for table in (CITIES, _SMALLER) for province, names in table.items() for name in names.split()},
    **{province: province for province in PROVINCES},
}
NAMES = tuple(_PROVINCE_OF)


def _ways(name: str) -> str:
    if name in _OTHER_WORDS:
        return f"{_TO_THERE}{name}(?!{_GOES_ON})|{name}(?={_ENDING})"
    before, after = _BROKEN_OFF.get(name, ("", ""))
    return f"{f'(?<!{before})' if before else ''}{name}{f'(?!{after})' if after else ''}"


def _by_first() -> dict[str, re.Pattern[str]]:
    """Names in running words by their first character, longest first: 海南州 lies in 青海, 吉林市 in 吉林."""
    ways: dict[str, list[str]] = {}
    for name in sorted(NAMES, key=len, reverse=True):
        ways.setdefault(name[0], []).append(_ways(name))
    return {first: re.compile("|".join(some)) for first, some in ways.items()}


_NAMED = _by_first()
_FIRST = re.compile(f"[{''.join(_NAMED)}]")


def region_in(text: str) -> Region | None:
    """The first place that words name (我在喀什，能寄吗); None where they name none that is known."""
    for first in _FIRST.finditer(text):
        found = _NAMED[first[0]].match(text, first.start())
        if found:
            return Region(found[0], _PROVINCE_OF[found[0]], found.start())
    return None


def regions_in(text: str) -> list[Region]:
    """All places that words name, in their order."""
    found: list[Region] = []
    while (one := region_in(text)) is not None:
        begins = found[-1].start + len(found[-1].name) if found else 0
        found.append(one._replace(start=begins + one.start))
        text = text[one.start + len(one.name) :]
    return found


def province_of(place: str) -> str:
    """The province of a place that is known to be one (an entity, the head of an address); "" when it is not known."""
    if place in _PROVINCE_OF:
        return _PROVINCE_OF[place]
    found = region_in(place)
    return found.province if found else ""

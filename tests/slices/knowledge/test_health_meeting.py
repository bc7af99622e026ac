"""When two entries answer one question, whatever their words, and what their answers deny of each other."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import xiaoer
from xiaoer.slices.knowledge.health.differing import in_words
from xiaoer.slices.knowledge.health.findings import contradict, spoken
from xiaoer.slices.knowledge.health.kinds import read_kinds
from xiaoer.slices.knowledge.health.meeting import Reading, read_goods, read_wording
from xiaoer.slices.knowledge.health.news import read_news
from xiaoer.slices.knowledge.health.sayings import Reader, Saying, lead_of
from xiaoer.slices.knowledge.health.verdicts import verdict_of
from xiaoer.slices.knowledge.retrieval.vectors import direction_of
from xiaoer.slices.knowledge.types import EntryDraft
from xiaoer.slices.policies.sides.space import space_of
from xiaoer.slices.understanding.api import Understanding

_PACK = Path(xiaoer.__file__).parent / "packs" / "ecommerce"


def _rows(path: str) -> dict[str, Any]:
    return tomllib.loads((_PACK / path).read_text(encoding="utf-8"))


_KINDS = read_kinds(_rows("knowledge/kinds.toml"), _rows("lexicons/entities.toml"))
_UNDERSTANDING = Understanding.shipped()
_READING = Reading(
    _KINDS,
    read_wording(_rows("knowledge/asking.toml")),
    read_news(_rows("knowledge/news.toml")),
    *read_goods(_rows("knowledge/goods.toml")["words"]),
)


def _read(questions: tuple[str, str], answers: tuple[str, str]) -> tuple[Saying, Saying]:
    reader = Reader(_READING, lambda text: direction_of(_UNDERSTANDING.forms(text)), space_of("matters").place)
    one, other = (reader.read(*said) for said in zip(questions, answers, strict=True))
    return one, other


def _contradict(questions: tuple[str, str], answers: tuple[str, str]) -> str:
    return contradict(*_read(questions, answers), _READING)


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        ("可以开发票吗", "可以开发票。", 1),
        ("可以开发票吗", "不能开发票。", -1),
        ("支持货到付款吗", "暂不支持货到付款。", -1),
        ("掉毛吗", "放心，不掉毛的。", -1),
        ("能机洗吗", "只能干洗，不能水洗。", -1),
        ("能开专票吗", "只能开普通发票。", -1),
        ("开电子发票吗", "只开电子发票。", 1),
        ("孕妇能用吗", "孕期不建议使用。", -1),
        ("周末发货吗", "周末正常发货。", 1),
        ("狗窝能拆洗吗", "外套可拆洗。", 1),
        ("能退吗", "没拆封的7天内可以退。", 0),
        ("有弹力吗", "没有弹力的。", -1),
        ("怎么样", "大约20分钟。", 0),
    ],
)
def test_the_first_clause_that_decides_says_yes_or_no(question: str, answer: str, verdict: int) -> None:
    assert verdict_of(question, answer, _READING.wording) == verdict


@pytest.mark.parametrize(
    ("questions", "answers", "differs"),
    [
        (("加湿器水箱多大", "加湿器容量多少"), ("水箱4升", "2.5L大水箱"), "容量"),
        (("退货运费谁承担", "退货邮费谁出"), ("运费由买家承担", "我们店承担来回运费"), "运费由谁出"),
        (("发票是电子的吗", "开的是什么发票"), ("是电子发票", "纸质发票，随货寄出"), "发票类型"),
        (("婴儿车能上飞机吗", "婴儿车可以登机吗"), ("可以登机", "尺寸超了，不能登机"), "是否"),
        (("书桌送装吗", "书桌包安装吗"), ("免费上门安装", "不包安装，需要自己组装"), "由谁安装"),
        (("水杯什么材质", "水杯什么料子的"), ("Tritan 材质", "食品级PP"), "材质"),
        (("水杯什么材质", "水杯什么料子的"), ("塑料的", "食品级PP塑料"), ""),
        (("猫粮保质期多久", "狗粮保质期多久"), ("18个月", "12个月"), ""),
        (("面膜保质期多久", "面霜保质期多久"), ("3年", "2年"), ""),
        (("无人机飞多远", "无人机飞多高"), ("5公里", "120米"), ""),
        (("没发货能取消吗", "发货后能取消吗"), ("可以取消", "不能取消"), ""),
        (("需要自己安装吗", "包安装吗"), ("不需要，师傅上门", "包安装"), ""),
    ],
)
def test_entries_that_answer_one_question_differently_meet_whatever_their_words(
    questions: tuple[str, str], answers: tuple[str, str], differs: str
) -> None:
    assert _contradict(questions, answers) == differs


@pytest.mark.parametrize(
    ("answer", "news"),
    [
        ("抗黄材质，一直透亮", 1),
        ("用久了会微微发黄", -1),
        ("不用另外付钱", 1),
        ("另外收费", -1),
        ("才能用洗衣机洗", 0),
        ("不起球，也不掉色", 1),
        ("蓝色的", 0),
    ],
)
def test_an_answer_is_good_or_bad_news_whatever_was_asked(answer: str, news: int) -> None:
    told = _READING.news.told(answer)
    assert (told > 0) - (told < 0) == news


@pytest.mark.parametrize(
    ("questions", "answers", "differs"),
    [
        (("鞋底滑吗", "雨天走会不会摔"), ("橡胶大底，防滑", "下雨地面会滑"), True),
        (("桌面怕烫吗", "烫的东西放上面行不行"), ("耐高温，热锅直接放", "要垫隔热垫，直接放会烫白"), True),
        (("能用手机开不", "带猫眼吗"), ("支持手机远程开锁", "这款没有猫眼"), False),
        (("花瓶送吗", "几天换一次水"), ("花瓶需另买", "两天换一次"), False),
    ],
)
def test_good_and_bad_news_about_one_matter_contradict(
    questions: tuple[str, str], answers: tuple[str, str], differs: bool
) -> None:
    assert bool(_contradict(questions, answers)) == differs


def test_entries_are_compared_as_each_channel_says_them() -> None:
    one = EntryDraft("多久发货", "48小时内发", channel_answers={"douyin": "24小时内发"})
    other = EntryDraft("什么时候发货", "两天内发")
    assert dict(spoken(one, other)) == {"": ("48小时内发", "两天内发"), "douyin": ("24小时内发", "两天内发")}
    assert dict(spoken(one, EntryDraft("多久发", "两天内发", channel="taobao"))) == {"": ("48小时内发", "两天内发")}


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("鲁班锁几天能拼好", "鲁班锁要几天拼好", False),
        ("T恤什么面料的", "这件T恤是什么材质", False),
        ("运费多少钱", "邮费怎么收", False),
        ("付款后多久发货", "什么时候寄出", False),
        ("现在有什么优惠活动", "新客有什么优惠", True),
        ("没发货能改地址吗", "发货后能改地址吗", True),
        ("M码多少钱", "L码多少钱", True),
        ("孕妇能用吗", "宝宝能用吗", True),
        ("有黑色吗", "有白色吗", True),
        ("猫能吃吗", "狗能吃吗", True),
        ("包邮吗", "包不包邮", False),
    ],
)
def test_what_questions_ask_about_is_told_apart_from_how_they_ask(one: str, other: str, apart: bool) -> None:
    assert (_READING.apart(one, other) > 1) is apart


@pytest.mark.parametrize(
    ("questions", "answers", "differs"),
    [
        (("可以货到付款吗", "能收到再给钱吗"), ("支持货到付款。", "不支持货到付款，需要先付款。"), "先付还是后付"),
        (("锅能用电磁炉吗", "适用什么炉灶"), ("电磁炉、明火都能用。", "只适合明火，电磁炉不行。"), "是否"),
        (("有赠品吗", "拍了送什么"), ("下单送小样两份。", "没有赠品。"), "是否"),
        (("月饼几个一盒", "一盒里有多少个月饼"), ("8枚。", "一盒6个。"), "数量"),
        (("蓝色有吗", "绿色有吗"), ("蓝色有货。", "绿色没货。"), ""),
        (("保修多久", "电机保修多久"), ("整机一年。", "电机保三年。"), ""),
        (("几点前付款当天发", "几点前能拦截"), ("下午四点前。", "晚上八点前。"), ""),
        (("敏感肌能用不", "脸容易泛红用了会不会刺激"), ("敏感肌可用。", "敏感皮肤请不要用这款。"), "是否"),
        (("有实体店吗", "可以去店里看货吗"), ("我们在杭州有实体店。", "我们只做线上，没有门店。"), "是否"),
        (("退货运费怎么算", "寄回去邮费算谁的"), ("亲，退货邮费由您承担哦。", "我们包来回运费。"), "运费由谁出"),
        (("你家手机是国行吗", "这个是水货还是行货"), ("都是国行全新。", "是港版。"), "版本"),
        (("奶粉产地哪里", "是国产的奶粉吗"), ("产地新西兰。", "黑龙江生产的国产奶粉。"), "产地"),
        (("运费怎么收", "邮费多少"), ("全场包邮。", "每单运费8元。"), "金额"),
        (("这款是什么等级的板", "板材什么等级"), ("用的是E0级板材。", "用的是E1级板材。"), "等级"),
        (("敏感肌能用吗", "痘痘肌能用吗"), ("可以用。", "不建议用。"), ""),
        (("支持花呗吗", "支持信用卡吗"), ("支持花呗。", "暂不支持信用卡。"), ""),
        (("客服几点上班", "客服几点下班"), ("早上9点上班。", "晚上10点下班。"), ""),
        (("面膜多久敷一次", "面膜一次敷多久"), ("一周两到三次。", "每次15分钟。"), ""),
        (("店铺券满多少用", "平台券满多少用"), ("满200减20。", "满300减50。"), ""),
        (("换货运费谁出", "退货运费谁出"), ("换货我们出运费。", "退货买家承担运费。"), ""),
        (("发什么快递", "可以发顺丰吗"), ("默认中通。", "补10元可以发顺丰。"), ""),
        (("包邮吗", "新疆包邮吗"), ("全场包邮。", "新疆补运费15元。"), ""),
        (("支持七天无理由退货吗", "超过七天还能退吗"), ("支持退货。", "不能退货。"), ""),
    ],
)
def test_what_contradicts_is_found_without_a_shared_word_and_what_only_looks_alike_is_not(
    questions: tuple[str, str], answers: tuple[str, str], differs: str
) -> None:
    assert _contradict(questions, answers) == differs


@pytest.mark.parametrize(
    ("answer", "lead"),
    [
        ("亲，您好！48小时内发货。有问题找客服。", "48小时内发货"),
        ("不好意思，小店暂时开不了发票。", "小店暂时开不了发票"),
        ("感谢咨询。可以的，七天内可换。", "可以的，七天内可换"),
    ],
)
def test_the_sentence_that_answers_comes_after_the_greeting(answer: str, lead: str) -> None:
    assert lead_of(answer) == lead


@pytest.mark.parametrize(
    ("questions", "answers", "about"),
    [
        (("发什么快递", "用哪家快递"), ("默认发顺丰。", "统一发中通。"), "快递"),
        (("发什么快递", "用哪家快递"), ("发顺丰，不发中通。", "江浙沪顺丰，其他中通。"), ""),
        (("什么面料", "什么材质"), ("纯棉的。", "涤纶的。"), "材质"),
        (("什么面料", "什么材质"), ("棉95%，氨纶5%。", "纯棉。"), ""),
        (("什么面料", "什么材质"), ("纯棉。", "棉和涤纶混纺。"), "材质"),
        (("能水洗吗", "怎么洗"), ("可以机洗。", "只能手洗。"), "洗法"),
        (("退货寄到哪里", "退货地址"), ("浙江省杭州市文一路9号", "浙江省杭州市建国路9号"), "地址"),
        (("退货寄到哪里", "退货地址"), ("杭州文一路9号", "文一路9号，杭州"), ""),
        (("从哪发货", "发货地在哪"), ("杭州仓。", "义乌发出。"), "地点"),
        (("从哪发货", "发货地在哪"), ("浙江发。", "义乌发出。"), ""),
        (("从哪发货", "发货地在哪"), ("喀什仓。", "浙江发出。"), "地点"),
        (("多久发货", "几天发货"), ("杭州仓2天发。", "48小时从义乌发。"), ""),
        (("联系电话", "客服电话多少"), ("0571-88886666", "400-123-4567"), "号码"),
    ],
)
def test_values_of_one_kind_deny_each_other_where_the_question_asks_for_them(
    questions: tuple[str, str], answers: tuple[str, str], about: str
) -> None:
    for asked, said in ((questions, answers), (questions[::-1], answers[::-1])):
        assert list(in_words(*_read(asked, said), _READING)) == ([about] if about else [])


@pytest.mark.parametrize(
    ("questions", "answers", "denied"),
    [
        (("会掉色吗", "掉不掉色"), ("不掉色。", "深色会掉色。"), True),
        (("会掉色吗", "掉不掉色"), ("不掉色。", "不会掉色，放心。"), False),
        (("定金能退吗", "定金可以退吗"), ("定金不退。", "定金退的。"), True),
        (("怎么退货", "如何退货"), ("不用退货，先联系我们。", "订单里点退货。"), False),
    ],
)
def test_what_is_asked_about_is_denied_by_one_and_affirmed_by_the_other(
    questions: tuple[str, str], answers: tuple[str, str], denied: bool
) -> None:
    assert bool(_contradict(questions, answers)) is denied


@pytest.mark.parametrize(
    ("questions", "answers"),
    [
        (("冬被几斤重", "吹风机多重"), ("冬被6斤。", "480克。")),
        (("桌子承重多少", "吹风机多重"), ("桌面承重80公斤。", "480克。")),
        (("鞋子偏大偏小", "衣服偏大偏小"), ("正码。", "偏大一码。")),
        (("蛋糕几寸够四个人", "十个人要几寸"), ("6寸够4个人。", "10个人订10寸。")),
        (("投100寸要多远", "投80寸要多远"), ("2.7米。", "2.2米。")),
        (("G500能连蓝牙吗", "T12能连蓝牙吗"), ("能连。", "不能，没有蓝牙。")),
        (("普通会员打几折", "金卡会员几折"), ("普通会员98折。", "金卡95折。")),
        (("周末发货吗", "春节发货吗"), ("周末照常发。", "春节放假七天不发货。")),
        (("绿萝多久浇一次水", "多肉多久浇一次水"), ("七到十天浇一次。", "半个月浇一次。")),
        (("土蜂蜜会结晶吗", "洋槐蜜会结晶吗"), ("会结晶。", "不容易结晶。")),
    ],
)
def test_questions_about_other_goods_figures_or_days_are_no_conflict(
    questions: tuple[str, str], answers: tuple[str, str]
) -> None:
    assert _contradict(questions, answers) == ""


@pytest.mark.parametrize(
    ("questions", "answers"),
    [
        (("毛毯能机洗吗", "毯子可以丢进洗衣机吗"), ("可以机洗。", "不能机洗，只能干洗。")),
        (("坐垫机洗会变形吗", "丢进洗衣机会不会变形"), ("机洗不变形。", "机洗会变形，要手洗。")),
        (("雨靴码数准吗", "鞋子要不要买大点"), ("偏小，建议买大一码。", "正码，按平时穿的买就好。")),
    ],
)
def test_goods_under_another_name_are_the_same_goods(questions: tuple[str, str], answers: tuple[str, str]) -> None:
    assert _contradict(questions, answers) != ""

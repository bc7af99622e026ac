"""What an agent must not write (合规提醒): checked while he types and again when he sends.

Sources: 广告法 9 (绝对化用语), 16-18 (医疗、保健功效); the platforms' rules against leading buyers away (导流) and
against rewarded reviews (好评返现); the shop's own rule that only a person with the right may promise money.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

from xiaoer.slices.assist.types import Finding, Level


class _Rule(Struct, frozen=True):
    id: str
    level: Level
    pattern: str
    advice: str
    unless: str = ""


_SEP = r"[\s\-_.·*,，。、~～]*"
_DIGIT = "[0-9０-９①-⑨⓪零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]"  # a number is a number in any writing
_AFTER_V = r"(?=[\s:：，,。!！?？]|$|我|吧|一下|聊|说|[a-z0-9_]{4})"
_RULES = (
    _Rule(
        "leak.phone",
        "block",
        rf"(?<![\d.])(?:\+?86{_SEP})?[1１①一幺壹]{_SEP}[3-9３-９③-⑨三四五六七八九叁肆伍陆柒捌玖](?:{_SEP}{_DIGIT}){{9}}(?!{_DIGIT})",
        "不要在聊天里留手机号，平台会判导流。",
    ),
    _Rule(
        "leak.wechat",
        "block",
        r"(?:加|➕|\+|扫|留)(?:一?下|个|我|您)?(?:的)?\s*(?:微信|微.{0,2}信号|vx|wx|v信|薇信|威信|卫星|企微|qq|扣扣|叩叩|wei\s?xin)|"
        rf"(?:加|➕|\+)(?:一?下|个|我)?(?:的)?\s*[v微薇]{_AFTER_V}|微[^\w\s，,。、；;！!？?（）()「」]{{1,3}}信|(?:联系|找|私)我?\s*wei\s?xin|"
        r"(?:微信|vx|wx|v信|薇信|qq|扣扣)\s*(?:号|同号)?(?:是|[:：])?\s*[a-z0-9_\-]{5,}|扫(?:一?下)?(?:二维)?码(?:加|进)|(?:加|进)(?:我们的?|下|个)?(?:粉丝|福利|微信|qq|vip|内部)?群",
        "不要引导买家加微信或 QQ，平台会判导流。",
    ),
    _Rule(
        "leak.link",
        "block",
        r"(?:https?://|www\.)(?![\w.\-]*(?:taobao|tmall|jd|douyin|jinritemai|pinduoduo|yangkeduo|kuaishou|xiaohongshu|1688)\.com)[^\s]{3,}",
        "不要发站外链接。",
    ),
    _Rule(
        "leak.offline_pay",
        "block",
        r"(?:私下|线下|直接|微信|支付宝).{0,4}(?:转账|转钱|打款|付款|付钱|红包)|(?:转|打|发|给)(?:到|给)?我(?:的)?(?:支付宝|微信|卡)|(?:微信|支付宝|银行卡)(?:转|打|付)(?:给)?我",
        "不要谈平台外付款。",
    ),
    _Rule(
        "ad.absolute",
        "warn",
        # 最好 before a deed is advice (最好您先量一下), before a quality or at the end it is a boast.
        r"国家级|世界级|最高级|最好(?!的办法|[您你我先别在把再多少提能不是问选拍试让给量按等去和跟由要带拿留写放存]|看(?:一下|下|看|清))|"
        r"最(?:佳|优|强|低价|便宜|安全|先进|高端|火|畅销|权威)(?!的办法|是|先|不要|能|提前|看|问)|"
        r"第一(?:品牌|名(?!买|下单|付|评))|全网最低|(?:王牌|领导|领先)(?:产品|品牌)|比(?:别家|别人家|其他店|同行|某[宝东多])[^，。,]{0,8}(?:好|强|正宗|正品)|(?:全网|全国|行业|销量|排名|口碑|世界)第一|top1|顶级|极品|独一无二|史无前例|绝无仅有|(?:100%|百分百|百分之百)(?:有效|正宗|正品|安全|纯(?!棉|羊|毛|亚麻|桑))|"
        r"万能(?!的?充)|永久|国家免检|驰名商标|独家|(?:全网|全国|市面上?)?唯一(?:的)?(?:官方|品牌|正品|一家|授权)",
        "广告法不允许绝对化用语，换个说法。",
    ),
    _Rule(
        "ad.medical",
        "block",
        r"(?:根治|治愈|治疗|(?:保证|包|能|可以)治好?|药到病除|祖传秘方|疗效|消炎|杀菌率100|抗癌|防癌|降血[压糖脂]|壮阳|丰胸|减肥(?:有效|不反弹)|包治|"
        r"(?:百分百|百分之百|100%|彻底|包|保证|快速)[^，。,]{0,3}(?:治|根除|祛[斑痘疤湿]|见效)|(?:保证|包|[一二三四五六七八九十两半\d]+(?:个)?(?:天|周|月|星期))[^，。,]{0,5}(?:瘦[一二三四五六七八九十两\d]|减[一二三四五六七八九十两\d]+斤|掉秤|长高|祛[斑痘]|变白)|"
        r"(?:治|改善|缓解|根除|告别|喝了不|吃了不)[^，。,]{0,3}(?:失眠|脚气|湿疹|痔疮|鼻炎|痛风|关节炎|便秘|脱发|血压|血糖|三高|糖尿病|颈椎|腰椎)|(?:提高|增强|提升)免疫力|降(?:三高|尿酸)|立竿见影|[一二三四五六七八九十两半\d]+(?:个)?(?:天|周|月)(?:就|能|可以)?(?:美白|见效)|"
        r"(?:药|保健品|胶囊|口服液|膏药)[^，。,]{0,4}(?:效果|功效)[^，。,]{0,3}(?:好|强|显著|明显))",
        "普通商品不能说治疗或保健功效。",
        unless=r"不能(?:代替|替代)|不(?:具有|具备|能|可以)?.{0,2}治|没有.{0,4}(?:功效|疗效)|遵医嘱|建议.{0,4}(?:就医|医生)",
    ),
    _Rule(
        "promise.review",
        "block",
        r"(?:好评|五星|晒图|追评).{0,8}(?:返|红包|送|奖励|现金|优惠券)|(?:返|红包|送).{0,6}(?:好评|五星|晒图)",
        "不能用好处换好评。",
    ),
    _Rule(
        "promise.review_pressure",
        "block",
        r"(?:删|改|撤)(?:一下|掉|除|下|了)?(?:您的|你的|那条|这条)?(?:差评|评价|中评|投诉)",
        "不能要求买家删改评价或撤诉。",
    ),
    _Rule(
        "promise.time",
        "warn",
        r"(?:保证|肯定|一定|绝对|包)(?:今天|明天|后天|[一二两三四五六七1-7]天内?|当天|准时)?.{0,4}(?:到货|能到|送到|到账|发出|发货|收到)|准时[^，。,]{0,5}(?:送?到|送达)|承诺.{0,6}(?:必到|必达|送到)|(?:今天|明天|后天|[一二两三四五六七1-7]天内?)(?:之?内)?(?:保证|肯定|一定|绝对|准)(?:能)?(?:给您)?(?:到|发|送|收)|(?:天|日)必达",
        "时间别打包票，说「预计」并报系统里的承诺时间。",
    ),
    _Rule(
        "promise.never",
        "warn",
        r"(?:绝对?|百分百|100%|保证|肯定|一定|包)(?:都)?(?:不会?|没有?|无)(?:过敏|掉色|褪色|起球|变形|坏|缩水|开裂|副作用|刺激|质量问题|问题)",
        "别打包票，说「一般不会，有问题按售后处理」。",
    ),
    _Rule(
        "promise.money",
        "warn",
        r"(?:赔|补偿|退|返|减|优惠|便宜)(?:您|你)?(?:给您|给你)?\s*(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百千]+)\s*(?:元|块|倍)|假一赔|(?:双|两|三|十)倍(?:退|赔|返)",
        "金额先确认权限和订单，再写给买家。",
    ),
    _Rule(
        "promise.forever",
        "warn",
        r"终身(?:保修|质保|免费)|永不|包退包换|无条件退|无效(?:全额|包)?退(?:款|货|钱)?",
        "按店里售后规则写，别超出。",
    ),
    _Rule(
        "tone.blame",
        "warn",
        r"你(?:自己|怎么|到底|能不能|有完没完|看不懂|没看)|爱(?:买|要)不(?:买|要)|爱退不退|(?:眼睛|脑子|耳朵)(?:有|出)(?:问题|毛病)|不关我们?的?事|不归我管|跟我没关系|随便你|关我什么事|你急什么",
        "语气生硬，换个说法。",
    ),
    _Rule(
        "tone.admit",
        "warn",
        r"(?:确实|就)是(?:假货|我们的责任|我们造假)|我们(?:全责|违法|造假)",
        "涉及责任认定，先请主管确认再答。",
    ),
)
_COMPILED = tuple((rule, re.compile(rule.pattern, re.IGNORECASE), re.compile(rule.unless)) for rule in _RULES)


def check_text(text: str) -> tuple[Finding, ...]:
    """Everything that should not be sent, in the order of the text. Prices are judged in `flows/check_writing`."""
    found: list[Finding] = []
    for rule, pattern, unless in _COMPILED:
        if rule.unless and unless.search(text):
            continue
        found += [
            Finding(rule.level, rule.id, m.start(), m.end(), m.group(), rule.advice) for m in pattern.finditer(text)
        ]
    return tuple(sorted(found, key=lambda finding: (finding.start, finding.rule_id)))


def blocking(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.level == "block")

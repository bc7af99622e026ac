# ruff: noqa: E501  patterns and tables read better unbroken
"""Reading what a buyer answers to a question of the bot (读取回答): yes, no, four digits, an address, a reason.

A bare yes counts only for the question that was asked last (`memory.asking`); that is decided by the caller. Here only
words are read: None means that they do not answer.
"""

import re

_SOFT = r"[\s,，。.!！~～?？、啊呀哦噢呢哈吧嘛了的]*"
_YES = re.compile(
    rf"^{_SOFT}(?:嗯+{_SOFT})?(?:(?:我)?确认|确定|是|对|没错|好|好嘞|行|可以|同意|ok|要|需要|麻烦(?:你|您)?|就这样|没问题|办|帮我)"
    rf"(?:{_SOFT}(?:确认|确定|全退|都退|全部|整单|退掉|退了|取消|修改|改|提交|申请|登记|办理?|退货?|退款|换货?|订单|帮我|帮忙|吧|您|你|谢谢|麻烦|要|好|撤销|备注|通知|告诉|提醒|我|一声|一下|是))*{_SOFT}$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^(?:嗯|哦|噢|那|还是|我)*(?:不(?:用|要|是|对|需要|取消|改|退|换|办|申请|提交|撤|麻烦)?|先不|别|没有?|不了)"
    r"(?:取消|改|退|换|办|提交|申请|撤销|麻烦|用|要|了|先)*(?:谢谢|哈|吧|啊|呀|呢)*$"
)
_DROP = re.compile(
    r"^(?:嗯|哦|噢|那|那就|就|要不|还是|我)*(?:算了|不用了?|按?原来的(?:发|寄|来)?(?:就行|就好)?|当我没说|再说吧?|没事了|不弄了|先这样|不办了|"
    r"(?:这[单个件])?还?是?留着|"
    r"我?先?不(?:改|取消|退|换|开|要|撤销?|提醒|备注|催)了?|不要提醒了?)+(?:谢谢|吧|哈|啊|呀)*$"
)
_PAUSES = re.compile(r"[\s,，。.!！~～?？、]+")
_DIGITS = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_ENDING = re.compile(r"(?:尾号|后四位|后4位|末四位|手机|电话|号码)\D{0,6}(\d{4})(?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_PLACE = re.compile(
    r"(?:[\u4e00-\u9fff]{2,}(?:省|自治区|市|州|县|区|旗|镇|乡|街道|路|街|大道|巷|弄|村|小区|花园|公寓|大厦|广场|家园|苑|科技园|工业园|产业园|软件园|新区|开发区|校区|学校|大学|公司))"
    r".*(?:\d|号|栋|幢|单元|室|楼|层|座|村|组|门|店|驿站|路|街|小区|大厦|校区|大学|公司)"
)
_PROVINCES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|"
    "台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_PROVINCE = re.compile(rf"(?:{_PROVINCES})(?:省|市|自治区|壮族|回族|维吾尔|特别行政区)?[\u4e00-\u9fff]{{2}}")
_PLACE_NAME = re.compile(
    rf"(?:{_PROVINCES})|[\u4e00-\u9fff]{{2,}}(?:省|自治区|市|州|县|区|旗|镇|乡|街道|路|街|大道|巷|弄|村|小区|花园|公寓|大厦|广场|家园|苑|园)"
)
_BEFORE_ADDRESS = re.compile(
    r"^.*(?:改(?:成|到|为|送到|寄到|送)|换(?:成|到)|寄(?:到|去|往)|送(?:到|去)|发到|地址(?:是|为|[:：])|收货地址|新地址|^是)[:：,，\s]*",
    re.S,
)
_RECEIVER = re.compile(
    r"(?:收件人|收货人|姓名|名字|联系人)(?:[:：是为叫改成\s]{0,4})([\u4e00-\u9fff]{2,4}?)(?=[,，。;；\s\d电手]|$)"
)
_NEW_CONTACT = re.compile(
    r"(?:电话|手机号?|号码|收[货件]人|姓名|名字)[^，。]{0,4}(?:换|改|写错|错了)|(?:换|改)(?:成|为|个|一下)?[^，。]{0,4}(?:电话|手机号?|收[货件]人|姓名|名字)"
)
_CORRECTS = re.compile(r"不是|写错|写成|错了|打错")  # 是建设路不是建社路: of an address that is not told
_SAME_AS_BEFORE = re.compile(r"我|还是|不变|没变|不用|不改|原来|照旧|一样|就是|本人|自己|之前")  # 收货人还是我
_NOTE = re.compile(
    r"(?:备注(?:一下)?|留言|注明|写上|写个|附(?:上|一?张)?)(?:[:：,，\s]|说|是|为|上|信息|内容)*(.+)$", re.S
)

# reason code -> words; the reason decides freight and evidence (facts of the trade), first match wins
_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("假货", r"假货|仿的|不是正品|高仿"),
        ("少件", r"少(?:了|发|给|寄)|漏(?:发|了|寄)|缺(?:了|件|少)|没有?(?:配件|赠品|送的)|只(?:有|收到|发了?)[一1两2]"),
        ("错发", r"发错|错发|寄错|不是我(?:拍|买|要)的|(?:颜色|尺码|款式|型号)(?:发|给)?(?:错|不对)|发成"),
        ("破损", r"破|碎|裂|压坏|压扁|摔|漏液|漏了出|洒|变形|磕"),
        ("质量", r"松动|晃动|开胶|脱胶|断(?!货|码)了?|不匀|不均匀|不转|转不|卡住|漏[水气电油]|生锈|起泡|掉漆|发霉|异响|开不了机|连不上|(?:把手|手柄|螺丝|盖子?|轮子?|扣子?|拉链|腿|脚|头|柄|绳|带子)[^，。脚肚腿]{0,2}松"),
        ("尺码", r"大了|小了|偏大|偏小|太大|太小|太紧|太松|紧了|松了|尺码|码数|穿不(?:下|上|了)|不合身|太长|太短|勒|挤脚|不合脚|有点(?:大|小|紧|松|长|短)"),
        ("描述不符", r"色差|描述|跟图|和图|图片不|与图|颜色不(?:一样|对|像)|不一样|不符|实物"),
        ("质量", r"质量|坏|烂[了掉的]|馊|变质|发[霉黑臭]|蔫|过期|开线|脱线|线头|起球|掉色|褪色|缩水|不能用|用不了|瑕疵|故障|没反应|不(?:亮|转|响|热|制冷|通电|充电)|充不(?:进|了)|味道|异味|有洞|污渍|脏"),
        ("未按时发货", r"一直不发|还(?:没|不)发货|不发货|发货太慢|等不及|太慢"),
        ("快递问题", r"快递|物流|派送|没收到|没到"),
        ("价格", r"降价|买贵|便宜了|差价|别家便宜"),
        ("不想要", r"不想要|不要了|不喜欢|不合适|买错|拍错|多拍|买多|重复|后悔|用不(?:上|着)|无理由|不好看|不好[吃喝闻]|难[吃喝闻]|磨脚|磨破|硌脚|打脚|不舒服|没啥|不需要|扎(?:人|得|手|脖|肉|皮)|太扎|有点扎|显(?:胖|黑|老|矮)|难看|太[厚薄硬软丑]"),
    )
)  # fmt: skip


def is_yes(text: str) -> bool:
    """Whether the words agree, in so many words: 「嗯」 alone does not."""
    return bool(_YES.match(text.strip())) and not is_no(text)


def corrects(text: str) -> bool:
    """Whether the words take back what was said before them (不是，是卫衣)."""
    return re.match(r"(?:啊|哦|噢|呃|额|等等|\W)*(?:不是|不对|错了|说错|搞错|弄错|选错|点错)", text) is not None


def is_reason_only(text: str) -> bool:
    """不想要了, 不要了, 不喜欢: a reason by itself."""
    return bool(re.match(r"^我?(?:不想要|不要|不喜欢|用不上|不需要)(?:了|啦)*$", _bare(text)))


def is_confirm(text: str) -> bool:
    """确认, 确认取消, 确认提交: the very words that the bot asks for."""
    return bool(re.match(r"^(?:我)?确认(?:取消|提交|修改|改|退货?|换货?|撤销|备注|申请|登记)?$", _bare(text)))


def cancels(text: str) -> bool:
    """取消, 退了吧: what was asked whether it be done."""
    return bool(
        re.match(
            r"^(?:那|就|我|直接|赶紧|马上|给我|帮我|还是|确定|要)*(?:取消|退(?:款|钱|了|掉)?|不要了)(?:订单|这单|掉|吧|了|呗|啊)*$",
            _bare(text),
        )
    )


def asks_of_it(text: str) -> bool:
    """A question about what was just proposed (退多少, 运费谁出): it is said again."""
    return bool(re.search(r"退多少|多少钱|运费谁|谁出(?:运|邮)费|运费.{0,4}(?:谁|我)出", text))


def is_unsubscribe(text: str) -> bool:
    """不要提醒了, 取消到货提醒: the one message is not wanted any more."""
    return bool(
        re.match(
            r"^(?:那|就|还是)?(?:不(?:要|用)(?:再)?(?:到货)?(?:提醒|通知)|取消(?:到货)?(?:提醒|通知))我?(?:了|吧)*$",
            _bare(text),
        )
    )


_NO_NUMBER = re.compile(
    r"(?:不知道|忘|不记得|记不(?:得|住)|找不(?:到|着)|没有|没得|冇|换(?:了|过)?(?:手机)?号|停机|注销|哪里看|哪儿看|在哪看|怎么看|怎么查|是(?:啥|什么)|咋查)"
)
_POINTS = re.compile(
    r"(?:最近|最新|刚刚?|刚才|上一?|昨天|唯一|只有|就)(?:买|拍|下)?了?的?(?:那|这|一)一?(?:个?订?单|笔|次)"
)
_SHORT = 14


def is_value_only(text: str) -> bool:
    """A number, an e-mail address, letters and digits: a value and nothing else."""
    return bool(re.fullmatch(r"[0-9A-Za-z@._+\-\s]{6,}", text.strip()))


def lacks_number(text: str) -> bool:
    """Whether the buyer has no order number at hand (忘了, 不知道在哪看), or means an order without it (就最近那单)."""
    return bool(_NO_NUMBER.search(text) or _POINTS.search(text)) and len(text) <= _SHORT


def is_murmur(text: str) -> bool:
    """嗯, 哦, 额: heard, but neither yes nor no; nothing is done on it."""
    return bool(re.fullmatch(r"[嗯恩哦噢喔额呃昂啊]+", _bare(text)))


def is_no(text: str) -> bool:
    return bool(_NO.match(_bare(text)))


def is_drop(text: str) -> bool:
    """Whether the buyer takes the open matter back (算了)."""
    return bool(_DROP.match(_bare(text)))


def _bare(text: str) -> str:
    return _PAUSES.sub("", text)


def digits_of(text: str) -> str:
    """The last four digits of a phone number: named as such, the end of a whole number, or alone."""
    named = _ENDING.search(text)
    if named:
        return named.group(1)
    phone = _PHONE.search(text)
    if phone:
        return phone.group()[-4:]
    alone = _DIGITS.fullmatch(_bare(re.sub(r"[\u4e00-\u9fff:：]", "", text)))
    return alone.group(1) if alone else ""


def said_ending(text: str, named_only: bool = False) -> str:
    """Four digits that are named as the end of a phone number, or the end of a whole number unless `named_only`; else
    empty."""
    named, phone = _ENDING.search(text), None if named_only else _PHONE.search(text)
    return named.group(1) if named else phone.group()[-4:] if phone else ""


def address_of(text: str) -> dict[str, str]:
    """Address, receiver and phone of a new delivery place; empty without a street. An invoice title is none."""
    found: dict[str, str] = {}
    if re.search(r"抬头|税号", text):
        return found
    phone = _PHONE.search(text)
    rest = text
    if phone:
        found["phone"] = phone.group()
        rest = text.replace(phone.group(), " ")
    receiver = _RECEIVER.search(rest)
    if receiver:
        if not _SAME_AS_BEFORE.search(receiver.group(1)):
            found["receiver"] = receiver.group(1)
        rest = rest.replace(receiver.group(), " ")
    rest = rest.replace("\n", " ")
    start = _PROVINCE.search(rest)
    rest = rest[start.start() :] if start else _BEFORE_ADDRESS.sub("", rest, count=1)
    rest = _from_place(rest)
    rest = re.split(r"(?:可以吗|行吗|能改吗|谢谢|麻烦|帮我改|[,，。]\s*(?:电话|手机|联系))", rest)[0]
    rest = re.sub(r"(?:电话|手机号?|联系电话)[:：是为]*\s*$", "", rest.strip()).strip(" ,，。.；;：:")
    if "receiver" not in found and phone:
        tail = re.search(r"[\s,，]+([\u4e00-\u9fff]{2,4})$", rest)
        head = re.match(r"([\u4e00-\u9fff]{2,4})[\s,，]+(?=[\u4e00-\u9fff])", rest)
        name = tail or (head if head and not _PLACE.search(head.group(1)) else None)
        if name:
            found["receiver"] = name.group(1)
            rest = rest.replace(name.group(1), "", 1).strip(" ,，")
    if len(rest) >= 6 and _PLACE.search(rest) and not _CORRECTS.search(rest):
        found["address"] = rest[:200]
    return found if "address" in found else {}


def contact_of(text: str) -> dict[str, str]:
    """A new phone or receiver for a parcel, without an address (收货电话换成138…)."""
    phone, receiver = _PHONE.search(text), _RECEIVER.search(text)
    found = {"phone": phone.group()} if phone and _NEW_CONTACT.search(text) else {}
    if receiver and _NEW_CONTACT.search(text) and not _SAME_AS_BEFORE.search(receiver.group(1)):
        found["receiver"] = receiver.group(1)
    return found


def _from_place(text: str) -> str:
    """The words from the first clause on that names a place: what goes before is talk (已经发了还能改不 …)."""
    clauses = re.split(r"([\s,，。？?]+)", text)
    first = next((at for at in range(0, len(clauses), 2) if _PLACE_NAME.search(clauses[at])), 0)
    return "".join(clauses[first:]).strip()


# A wish to wait is the note itself: 先别发货，我下周才回家.
_WAITS = re.compile(
    r"((?:先|暂时?)(?:别|不要?)发.*|(?:过|晚|迟|等)[^，。?？]{1,10}发货?.*|[^，。?？\s]{0,10}才(?:在家|回家|回来|有人|方便收)[^，。?？]{0,8})"
)


def note_of(text: str) -> str:
    """The words of an order note; empty when only the wish for one was said."""
    match = _NOTE.search(text.strip()) or _WAITS.search(text.strip())
    words = match.group(1) if match else ""
    words = re.sub(r"^(?:加|写|说|填|注明)(?:上|个|一下|一?句)*(?:话)?\s*[:：,，]\s*", "", words)
    words = re.sub(r"(?:可以吗|可不可以|行不行|行吗|行不|好吗|吧|吗|谢谢|哈)*[\s。.!！?？]*$", "", words).strip(
        " ,，:：「」\"'"
    )
    return words[:100] if len(words) >= 2 else ""


_SWAP = re.compile(r"(?:换|改)(?:成|为)(?:一?[个件款台双])?(.{2,80}?)(?:可以吗|行吗|好吗|吧|吗|谢谢|[。！!？?]|$)")


def swap_of(text: str) -> str:
    """What is wanted instead, in the buyer's words (想换成80升的那款); empty when it is not named."""
    found = _SWAP.search(text)
    return found.group(1).strip(" ,，") if found else ""


_CONTACT = re.compile(
    r"(?<!\d)1\d{10}(?!\d)|(?:这|本|下)?(?:周|星期|礼拜)[一二三四五六日天末]|今天|明天|后天|\d{1,2}(?:月|日|号|点|:|：)|早上|上午|中午|下午|晚上"
    r"|联系|电话|手机|号码|姓名|名字|上门|时间|我的|[是为:：,，。、\s半]"
)


def is_contact_only(text: str) -> bool:
    """A phone number, a day or both and nothing else (周六上门，联系电话 138…): it belongs to the wish before it."""
    left = _CONTACT.sub("", text)
    return len(left) <= 3 and left != text.strip()


def reason_of(text: str) -> str:
    """The reason code that the words name; empty when they name none."""
    return next((name for name, pattern in _REASONS if pattern.search(text)), "")


def choice_of(text: str, options: list[str]) -> str:
    """Which of several things is meant: by number (第二个, 2), or by words that only one title has."""
    bare = _bare(text)
    number = re.match(r"^(?:第|选)?([1-9一二两三四五六七八九])(?:个|单|件|款|号|的|吧)*$", bare)
    if number:
        at = (
            "123456789".find(number.group(1))
            if number.group(1).isdigit()
            else "一二三四五六七八九".find(number.group(1))
        )
        at = 1 if number.group(1) == "两" else at
        return options[at] if 0 <= at < len(options) else ""
    if len(bare) == 1:
        having = [option for option in options if bare in option]
        return having[0] if len(having) == 1 else ""
    pairs = {bare[at : at + 2] for at in range(len(bare) - 1)}
    scores = [sum(pair in option for pair in pairs) for option in options]
    if not any(scores):  # 椅子, of a 人体工学电脑椅
        things = {bare[at - 1] for at in range(1, len(bare)) if bare[at] == "子"}
        scores = [sum(thing in option for thing in things) for option in options]
    best = max(scores, default=0)
    return options[scores.index(best)] if best and scores.count(best) == 1 else ""

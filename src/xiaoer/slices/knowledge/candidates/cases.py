"""What an agent said about one buyer's case (个案): true for that parcel, wrong for the next buyer.

「您这单昨天发出了，单号 YT…」 and 「已经帮您登记了」 are no knowledge, however often they are said. Clauses that only
gain time (「帮您查一下」「稍等」) are left out of an answer; a sentence about a case makes the whole answer one.
Sentences that speak of every buyer (如果, 一般, 签收后, 可以) may name an order or a parcel.
"""

import re

_CLAUSE = re.compile(r"[^，,。！!？?；;~～\n]+[，,。！!？?；;~～]*")
_SENTENCE = re.compile(r"[^。！!？?；;\n]+")
_LONGEST_STALL = 22  # characters; a longer clause says something besides

_ME = r"(我|我们|这边|小妹|妹子|客服|专员)(这边)?"
_YOU = r"(您|你|亲)"
_STALL = re.compile(
    rf"(请|麻烦)?{_YOU}?(稍等|稍候|稍后再|等一?下|耐心等待一?下)|不要着急|别着急"
    rf"|(帮|给|为|替){_YOU}?(这边)?(来|去|再)?(看|查|核实|问|确认|催|了解|反馈)"
    rf"|{_ME}(先|马上|去|来|再|正在)?(看|查|核实|问|确认|了解|联系)(看|询|一?下|下|一下哦)"
    rf"|(正在|马上)(为|给|帮){_YOU}"
    rf"|我是.{{0,8}}(客服|专员|小二)|(前面|之前|上面|刚才)的.{{0,4}}(记录|聊天|情况|问题).{{0,6}}(看|了解)|{_YOU}说的.{{0,4}}(看|了解)"
    r"|(前面|之前|上面|刚才)[聊说问]的.{0,4}(看|了解|来处理|来办)|^我?先(核对|核实)一?下|(马上|尽快|稍后)就?回(复|答)?[您你]|跟到底"
    r"|^(我是|这里是)[\u4e00-\u9fff]{1,4}[，,。.！!~～\s]*$"
    r"|^(让?我|我们|这边)来(处理|跟进|负责|看看?|安排)[下吧的一]*[，,。.！!~～\s]*$"
    r"|(请问|麻烦)?(提供|发|报)(我|给我|过来)?一?下?.{0,6}(订单号|订单|单号|编号|手机号|电话|照片|图片|截图|地址|姓名)"
    r"|请问.{0,12}(订单|单号|商品|问题)|(很|非常)?高兴为您|有什么(可以|能)|还有(什么|其他)|(祝|感谢)您|不客气|为您服务|(让|叫)您久等|久等了|(满意|评价).{0,6}(五星|好评|一下)"
)
_EVERYBODY = re.compile(
    r"如果|若|的话|一般|通常|正常|都(是|会|可以)|均|每|(?<![今明])[天时日]内|(?<![售稍然最])后|可以|支持|需要"
)
_CASE = re.compile(
    rf"(帮|为|给|替){_YOU}.{{0,4}}(登记|备注|反馈|催|申请|修改|改|取消|处理|安排|补发|退|核实|查|联系|升级|提交|记录|加急|拦截|转接?)"
    rf"|(帮|为|给|替){_YOU}.{{0,8}}(办|处理|安排|加急|提交)(好|完|过)?了"
    r"|(昨天|昨晚|前天|刚刚|刚才|今早).{0,10}(发出|发走|发的?了?|签收了|到了|寄出|揽收|退了|付的|下的|拍的)"
    r"|今天.{0,6}(发出|寄出|发走|签收|退)了"
    r"|(退款|退货|换货|补发|申请|售后|赔付|差价|发票|工单|投诉)[^，,。；;]{0,6}已经?[^，,。；;]{0,4}(通过|同意|打款|提交|登记|处理|办|到账)[好完]?了"
    rf"|{_YOU}(现在)?(的|这|这个|那个|上一)(订单|单子?|包裹|快递|货|件|退款).{{0,10}}"
    r"(显示|正在|还在|已经?(发|寄|出|到|签|退|揽|派|打包|取消|被)|预计|没有?(发|出|到|签|付)|是?(昨|今|明)天)"
    r"|(看到|查到|显示|核实到|查询到).{0,6}(您|你|亲|这|该|物流|快递|包裹|订单)"
    rf"|(退|补|返|赔|转)(给|还)?{_YOU}?\s*\d+(\.\d+)?\s*(元|块)"
    rf"|{_YOU}(这个|的)?(订单|单子?|包裹)(里|中)有|给{_YOU}算(的|了)|还?没有?(寄|发)出|(有|出)(运单号|单号)了"
    r"|尾号\s*[为是]?\s*\d{3,}|(单号|编号)\s*[是为:：]?\s*[A-Za-z]*\d{5,}|(?<![A-Za-z0-9])[A-Za-z]{1,4}\d{8,}"
    r"|(收件人|收货人|姓名)\s*[:：是为]\s*[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff](先生|女士|小姐)(?!们|们的|装|鞋|款|士)"
)
# Told from today on (明天到, 已经发出了), words hold for the day and the parcel they were said about; a rule names its
# condition instead (今天下单明天发, 每天四点前).
_TODAY = re.compile(
    r"(?:今天|今晚|今早|明天|明早|明晚|后天|大后天|昨天|昨晚|前天|[这本下]周[一二三四五六日]|刚刚?|马上|正在|稍后|待会|一会儿?|等下).{0,8}"
    r"(?:到|送|发|寄|派|揽|收到|处理|退|补|打款)"
    rf"|周[一二三四五六日](?:能|就|可以|会)?到(?!周)|{_YOU}[这那]一?单"
    r"|(?:预计|应该|大概).{0,4}(?:今天|明天|后天|\d{1,2}[号日]).{0,4}(?:到|送|发)"
    r"|已经?(?:发|寄|出|到|签收|退|揽收|派|打包|处理|登记|备注)[货出走库好件]?了"
    r"|(?:在|正在)?(?:路上|派送中|配送中|运输中|途中)了?"
)
_RULE = re.compile(
    r"如果|若|的话|下单|拍下|现拍|付款|购买|每[天周日]|前(?!天)|一般|通常|正常|都是|均|支持|的订单|的包裹不"
)
_ALWAYS = re.compile(
    r"尾号|单号\s*[是为:：]?\s*[A-Za-z]*\d{5,}|(?<![A-Za-z0-9])[A-Za-z]{1,4}\d{8,}|\d{8,}|先生|女士|小姐|(收件|收货)人[:：]"
)


_LEANS = re.compile(
    r"^(那么?|可是|但是?|就是|因为|所以|然后|直接|不然|除了|还有|而且|这样|打这个|他|它|她|是不是|对|嗯|好)|https?:|[【\[〔]"
)


def leans_on_talk(question: str) -> bool:
    """Whether a question goes on with what was said before and asks nothing by itself (「那要多久咯」, a link)."""
    return bool(_LEANS.search(question))


def is_about_one_case(text: str) -> bool:
    """Whether the words hold for one buyer's order only."""
    for sentence in _SENTENCE.findall(text):
        if _TODAY.search(sentence) and not _RULE.search(sentence):
            return True
        if _CASE.search(sentence) and (_ALWAYS.search(sentence) or not _EVERYBODY.search(sentence)):
            return True
    return False


def without_stalling(line: str) -> str:
    """A line without the clauses that only gain time; "" when there is nothing else."""
    clauses = _CLAUSE.findall(line)
    kept = [one for one in clauses if not (len(one) <= _LONGEST_STALL and _STALL.search(one))]
    if len(kept) == len(clauses):
        return line
    return "".join(kept).strip(" ，,~～")

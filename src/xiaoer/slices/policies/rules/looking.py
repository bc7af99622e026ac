# ruff: noqa: E501  patterns and tables read better unbroken
"""A second look (再看一眼): wordings so explicit that they decide what is asked, whatever the model made of them.

The model reads a sentence as a whole and may weigh the greater part of it; these phrases of the trade name one matter
only. What is not in the table stays as it was heard.
"""

import re

from msgspec.structs import replace

from xiaoer.kernel.asking import asks_of_goods, thing_asked_for
from xiaoer.kernel.counting import PIECE
from xiaoer.kernel.heard import Segment
from xiaoer.kernel.quick_pattern import Sieve
from xiaoer.slices.policies.rules import products, unit_prices
from xiaoer.slices.policies.rules.needs import LISTS
from xiaoer.slices.policies.rules.wish_words import by_own_orders, gives_back

_OFFER = r"(?:满减|优惠券?|券|折扣|打折|立减|活动价|会员价|红包|满\d+减\d+|第二件半价|赠品)"
_STAFF = r"客服|店长|老板|经理|主管|同事|主播|店员|你们|机器人"
_HUNDREDS = r"[一二两三四五六七八九]百(?:[一二三四五六七八九]十?)?"
_TABLE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (intent, re.compile(pattern))
    for intent, pattern in (
        # What sounds like a call for a person and is none.
        # Said in so many words, whatever was talked about just before.
        ("ship.track", r"^(?:帮我(?:查|看)一?下)?(?:我的?)?(?:订单|快递|包裹|东西|货)(?:现在|到底)?(?:走|送|寄|运)?到哪(?:儿|里|了)*(?:啊|呀|呢|了)?\W*$"),
        ("after.freight", r"^(?:退货|换货|寄回|来回)?(?:的)?(?:运费|邮费)(?:是|由|该|算)?谁(?:来)?(?:出|付|承担|掏|负责)的?(?:啊|呀|呢)?\W*$"),
        ("service.complaint", r"是(?:给)?人(?:能)?[穿吃用喝住睡戴]的(?:东西|衣服)?[吗么嘛]"),  # 这裙子是人穿的吗
        ("product.detail", r"真人(?:图|照|实拍|上身|试穿|试戴|秀|出镜|效果)"),
        ("service.hours", r"^(?:请问|那|你们)*(?:什么时候|啥时候|几点|周末|晚上)(?:才|会|能|还)?(?:有|在)人工(?:客服|服务)?(?:在线|在|上班)?(?:啊|呀|呢|吗)?[?？。！!]*$"),
        ("promo.gift", r"好评[^，。]{0,3}(?:返现|返利|返多少|返不返|红包|有礼|送)"),
        ("promo.not_applied", rf"{_OFFER}.{{0,18}}(?:没|未|不)(?:有)?(?:显示|生效|减|用上|抵|享受|体现|算|优惠|打折|自动|弹出来|出来)"),
        ("promo.not_applied", rf"(?:没|未|不)(?:有)?(?:显示|减掉?|享受到?|用上|抵扣?|给我?算|自动减?).{{0,6}}{_OFFER}"),
        ("product.restock", r"(?:到货|补货|有货).{0,4}(?:提醒|通知|告诉|喊|叫|联系|说一声)|(?:提醒|通知|告诉)我.{0,4}(?:到货|有货|补货)"),
        ("ship.when", r"^(?:我的|我买的|那个)?(?:东西|货|宝贝|衣服|订单|快递)?(?:发货|发出来?|寄出?|发)(?:了)?(?:没有?|吗|么|不)[?？]?$"),
        ("order.invoice", r"^(?:什么时候|多久|啥时候).{0,3}(?:能)?开(?:好|出来)|发票.{0,4}(?:开好|好了没|开了没)"),
        ("order.cancel", r"(?:没|未)发(?:货|出)?的?(?:那[单个]|订单)?[^，。？?]{0,4}(?:给我)?(?:退了|退掉|退吧|取消|不要了)"),
        ("after.refund_progress", r"退(?:款|钱)[^，。]{0,4}(?:咋样|怎么样|进度|到哪|办得|处理得)"),
        ("after.refund_progress", r"(?:什么时候|多久|几天|啥时候|还没|没有?).{0,4}到账"),
        ("ship.eta", r"^(?:今天|今晚|明天|后天|周[一二三四五六日末])(?:之?前)?(?:能|会|可以)?(?:不能)?(?:送到|送达|收到|到货?)(?:吗|么|不|嘛)"),
        ("ship.eta", r"(?:拍|买|下单)[^，。？?]{0,6}(?:什么时候|啥时候|啥辰光|几号|几天|几时|多久)(?:能|可以|会)?到(?!货|店)"),
        ("ship.eta", r"^(?:那|大概|最快|到底|它|这单|货|东西)*(?:啥|什么)(?:时候|时间|时辰)?(?:能|会|可以|才)*(?:送?到|收到|到货)(?:货|家|手)?(?:了|啊|呀|呢|\W)*$"),
        ("price.query", r"(?:买|拍|要|拿)(?:[两二三四五六]|[2-9])(?:件|个|双|条|套|盒|瓶|箱|包|台)(?:怎么|咋|如何)算"),
        ("product.detail", r"^(?:这个?|它|这[款件])?(?:有)?(?:多重|重多少|多沉)(?:啊|呀|呢|\W)*$"),
        ("promo.bundle", r"凑单|凑多少|凑点什么|还差多少.{0,8}(?:减|包邮|优惠|券)|差多少(?:可以|能|就)"),
        ("promo.bundle", r"(?:一起|一块|两[件个]都|都)买.{0,10}(?:优惠|便宜|划算|多少|减)"),
        ("promo.price_protect", r"价保|保价|(?:降价|便宜).{0,10}(?:退差|补差|差价|退我|退给)|(?:退|补)(?:一下)?差价"),
        ("after.return", r"^(?!.*(?:差|价|券|降|款)).*(?:一起|都|全)退(?:货|了|掉)?.{0,6}(?:吗|么|不|吧)?$"),
        ("after.return", r"退[^，。]{1,8}(?:的话)?[，,]?[^，。]{0,10}[，,]?退(?:我|给我)?多少"),
        ("ship.track", r"(?:一起|一块儿?|同时|分开)(?:到|送到|送来)(?:的)?(?:吗|么|不|嘛)"),
        ("ship.track", r"是(?:一起|分开|一块儿?)[发寄]的(?:吗|么|不|嘛)|[发寄]了?几个(?:包裹|快递|件)"),
        ("ship.redirect", r"^(?!.*(?:如果|要是)).{0,8}(?:先|也|都|再)?别(?:再)?(?:给我)?送(?:过?来)?了"),
        ("after.progress", r"^我?(?:已经?|刚刚?|昨天|今天|早就?)[^，。]{0,4}寄(?:回去?|出去?|走|过去)?了(?!几|吗|没)"),
        ("after.progress", r"^(?:那|我|都|已经)*寄(?:出去?|回去?|走)了\W*$"),
        ("order.change_item", r"(?:想|要)[换改][^，。]{1,6}[，,\s]*(?:还)?来得及|(?:帮|给)我?(?:调|换|改)(?:成|为)(?:[a-zA-Z]{1,4}|\d)"),
        ("ship.urge", r"\d{1,2}[号日](?:的|那天的?)?(?:单|订单)\W*(?:都|已经|这都|到现在)*[一二两三四五六七八九十\d]+天"),
        ("order.note", r"(?:周|星期|礼拜)[一二三四五六日天末][^，。]{0,2}才(?:在家|回家|回来|有人|方便收)"),
        ("order.cancel", rf"(?:能|可以|想|要|给我|帮我)(?:不能|不可以)?(?:减|少|去掉?|取消)(?:掉|去|要)?[一二两三四五1-9]{PIECE}(?:吗|么|不|$|\W)"),
        ("order.change_item", r"(?:不要|去掉|删掉)[^，。]{1,8}?了?[，,\s]*(?:只|就|光)要"),
        ("after.refund_progress", r"(?:还不|还没|迟迟不|拖着不)(?:给我?|帮我)?退(?!货|换)"),
        ("ship.urge", r"(?:付的?款?钱?|下的?单|拍的|买的)[^，。？]{0,4}[，,\s]*(?:咋|怎么|为啥|为什么)?(?:还|都)?(?:没|没有)(?:一?点)?(?:动静|反应|消息|音信)"),
        ("after.missing", r"空(?:盒|包裹|箱|袋)|里面(?:啥|什么)?(?:都|也)?(?:没有?东西|是空的)|(?:少|漏|缺|没见|没收到|没有?给)(?:了|发|给|寄)?[^，。]{0,3}(?:赠品|配件|螺丝|说明书|零件|遥控器|充电器|数据线)"),
        ("ship.track", r"(?:不小心|误|点错|手滑|手快)[^，。]{0,4}(?:确认)?收货"),
        ("order.pay", r"先[试用穿收][^，。]{0,2}(?:后|再)付|货到付款"),
        ("ship.urge", r"加急(?!费)|催(?:一下|下)?(?:发货|仓库)|(?:赶紧|赶快|尽快|快点|快些|抓紧)(?:给我|帮我)?发(?:货|出|一下)"),
        # 别的客服答应我200元: a claim about the price is haggling, whoever is named in it
        ("promo.bargain", rf"(?:{_STAFF})[^,，。]{{0,8}}(?:答应|说|承诺|同意|许|给)(?:过|了|好)?(?:的|我|给我?|可以|能)*[^,，。]{{0,4}}(?:(?:[2-9]\d|\d{{3,}}|{_HUNDREDS})(?:块|元|的)?(?:$|[,，。了成])|[一二三四五六七八九\d](?:\.\d)?折|免单)"),
        ("order.how_to_buy", r"(?:帮|替|给|代)我(?:直接)?(?:下个?单|拍下)"),
        ("price.query", r"(?:买|拍|要|拿|来)(?:[两二三四五六]|[2-9])(?:件|个|双|条|套|盒|瓶|箱|包|台).{0,6}(?:能)?(?:便宜|优惠|减|省)(?:了|掉)?(?:多少|几)"),
        ("price.query", rf"比[^，。？?]{{1,8}}(?:划算|合算|实惠)|{unit_prices.COMPARES}"),
        ("product.detail", r"(?:单独?|另外)(?:能|可以)?(?:买|卖|配|购)(?:到)?(?:吗|不|么|得)"),
        ("product.detail", r"最(?:高|低|矮|长|短|大|小|重|轻|远|宽|窄|快|慢)(?:能|可以|是|到|调)*(?:到)?多少(?!钱|元|价|优惠|折)"),
        ("product.stock", rf"还(?:剩|有)(?:下)?(?:几|多少){PIECE}|还剩(?:几|多少)"),
        ("price.query", r"[和跟与比][^，。？?]{1,10}差(?:几块|几元|多少钱|价)"),
        ("price.query", rf"(?:\d|[一两二三四五六七八九十]){PIECE}[^。？?]{{0,16}}(?:一共|总共|合计|加起来)(?:多少|几钱|几块)?\W*$"),
        ("price.query", r"比[^，。？?]{1,8}(?:便宜|贵)(?:了)?(?:多少|几)"),
        ("product.size_advice", r"(?:\d|[一二两半])(?:米|平|㎡|斤|公斤|寸|人)[^，。？?]{0,6}(?:买|选|用|拍|要)哪[个种款]"),
        ("product.size_advice", r"(?:用|选|拍|买|要|戴|配)(?:哪[个种一]|啥|什么|几|多大|多少)的?(?:号|码|瓦数?|尺码|尺寸|型号|规格|大小)(?![^，。]{0,2}(?:到|送|收))"),
        ("order.status", LISTS.pattern),
        ("price.query", r"(?:多少|几多|几两|几个|要几)(?:个)?(?:银子|大洋|软妹币|毛爷爷|rmb)"),
        ("price.query", r"各(?:来|要|买|拍|拿)?[一二两三四五六七八九十\d]{1,2}[\u4e00-\u9fff].{0,6}(?:一共|总共|合计|多少|加起来)"),
        ("price.query", r"到手(?:价|多少|几多|几钱|几块|[啥什]么?价)|(?:一共|总共|算下来|拍下来).{0,6}多少钱"),
    )
)  # fmt: skip
_SIEVE = Sieve([pattern for _, pattern in _TABLE])


_EITHER = re.compile(r"(.{1,2})不\1")  # 打折不打折 asks, and denies nothing
_SWAPS = re.compile(r"(?:换|改)(?:成|为|一?个)")  # 订单…想换成 and a long title: the title says nothing about the wish
# Whether it makes a good present; what comes with it for nothing is another matter.
_AS_PRESENT = re.compile(
    r"送(?:礼|人|长辈|领导|老师|客户|朋友|闺蜜|女友|男友|爸|妈|老婆|老公|丈母娘|婆婆)[^，。]{0,6}(?:好看|合适|体面|行|可以|拿得出手|有面|档次|寒碜)"
)
# A telephone that is spoken of, not asked for: 接听电话声音为啥小, 昨天给我打电话说今天送.
_SPOKEN_OF = re.compile(
    r"(?:接听|打|通|接)电话[^，。]{0,8}(?:声音|音量|清楚|清晰|卡顿|断|听不)|电话手表|(?:打|来)(?:了|过)?电话(?:来)?(?:说|告诉|讲|通知)"
)
_WHAT_IS_SOLD = re.compile(
    r"^(?:请问|你们?家?|咱家|店里|这里?|这店)*(?:是|都|主要)*卖(?:些|点)?(?:啥|什么|什么东西)(?:的|呀|啊|呢|东西)*\W*$"
)
# 有哪些器具，都多少钱: the goods are asked for, each with its price.
_WHICH_ONES = re.compile(
    r"有(?:哪些|些?什么|些?啥)(?!优惠|活动|券|折扣|套餐|颜色|尺码|规格|区别|不同)[\u4e00-\u9fff]{2,}"
)
_ROBOT = re.compile(r"机器人(?:玩具|模型|手办|积木|编程)|(?:玩具|扫地|擦窗|遥控)机器人")
_OWN_FAULT = re.compile(
    r"(?:买的|拍的|收到|用了|上次|上个?月|去年|前阵)[^，。]*(?:坏|故障|失灵|没反应|不能用|用不了|不[亮转响热动])"
)
_OF_GOODS = ("product.usage", "product.detail", "product.quality", "product.install")
_BROKE = re.compile(
    r"(?:松|坏|断|裂|碎|破|歪|脱胶|脱落|开胶|开线|开裂|起泡|变形|失灵|卡住|[掉漏](?:下来|出来)?)了[^，。?？]{0,8}(?:怎么[办弄修整]|咋[办弄修整]|如何|能修|给修|帮修|管不管|怎么处理)"
    r"|(?:没反应|不[亮转响动热冷]|不出水|不制冷|不加热|开不了机|充不进电)了?[，, ]?(?:怎么[办弄修整]|咋[办弄修整]|如何|能修|给修|管不管)"
)
_SPOILT = re.compile(
    r"(?:送来|送到|收到|到手|拿到|签收|打开)[^，。]{0,4}(?:都|就|已经|全)?(?:化|软|坏|碎|漏|烂|馊|臭|裂|瘪)"
)
_MISHAP = re.compile(r"[碎坏破裂烂]了[^，。?？]{0,8}(?:[补赔换退]不[补赔换退]|[能会给][补赔换退])")
_WOULD = re.compile(r"如果|万一|要是|会不会|容易|会[坏断裂碎松掉漏]|的话")
_PERSON = re.compile(r"^(?:就?开|抬头)?(?:是|写|开)?个人(?:的|抬头|发票|就行|吧)*$")


_PAYS_MORE = re.compile(r"我(?:们)?(?:可以|来|自己|愿意|能)*(?:补|出|加)(?:个|点)?(?:差价|运费|邮费|钱)")
_OF_A_THING = ("product.detail", "product.safety")
_RETURN = re.compile(r"(?:我要|我想要?|我还是要|帮我|申请|要求)(?:申请)?退货")


def look_again(segment: Segment) -> Segment:
    """The segment with the intent that its wording names; unchanged when it names none."""
    if segment.intent == "service.human" and _PERSON.match(segment.text.strip(" ,，。.!！")):
        return replace(segment, intent="order.invoice", confidence=0.9, by="wording")
    if segment.intent == "service.human" and _SPOKEN_OF.search(segment.text):
        other = next((code for code, _ in segment.alternatives if code != "service.human"), "oos.unclear")
        return replace(segment, intent=other, confidence=0.4, by="wording")
    if segment.intent in _OF_A_THING and thing_asked_for(segment.text):  # 有竹笛吗
        return replace(segment, intent="product.stock", by="wording")
    if segment.intent == "product.stock" and asks_of_goods(segment.text):  # 有没有防水认证
        return replace(segment, intent="product.detail", by="wording")
    if _WHAT_IS_SOLD.match(segment.text) or (segment.intent == "price.query" and _WHICH_ONES.search(segment.text)):
        return replace(segment, intent="product.recommend", confidence=0.9, by="wording")
    if segment.intent == "promo.gift" and _AS_PRESENT.search(segment.text):
        return replace(segment, intent="product.detail", confidence=0.9, by="wording")
    if segment.intent == "service.bot" and _ROBOT.search(segment.text):  # goods, not who is speaking
        return replace(segment, intent="product.recommend", confidence=0.9, by="wording")
    if segment.intent in ("product.restock", "product.stock") and _MISHAP.search(segment.text):
        return replace(segment, intent="after.defect", confidence=0.8, by="wording")  # 碎了一个杯子补不补
    if segment.intent.startswith("ship.") and segment.entities.defect and _SPOILT.search(segment.text):
        return replace(segment, intent="after.defect", confidence=0.8, by="wording")  # 饺子化了，送来都软了
    if segment.intent in _OF_GOODS and _BROKE.search(segment.text) and not _WOULD.search(segment.text):
        return replace(segment, intent="after.defect", confidence=0.8, by="wording")  # 扶手松了咋弄
    if segment.intent == "product.warranty" and _OWN_FAULT.search(segment.text):
        return replace(segment, intent="after.repair", confidence=0.9, by="wording")
    if segment.entities.order_no and segment.intent.startswith(("product.", "price.")) and _SWAPS.search(segment.text):
        return replace(segment, intent="order.change_item", confidence=0.9, by="wording")
    if not segment.intent.startswith(("after.", "order.", "service.complaint", "service.human")) and _RETURN.search(
        segment.text
    ):
        return replace(segment, intent="after.return", confidence=0.9, by="wording")
    if segment.intent == "promo.price_protect" and _PAYS_MORE.search(segment.text):
        return replace(segment, intent="chat.ack", by="wording")  # 能指定顺丰不，我补差价
    if by_own_orders(segment.text):  # 看看我买过啥，再给我搭个
        return replace(segment, intent="product.recommend", confidence=0.9, by="wording")
    if segment.entities.defect and not segment.intent.startswith(("after.", "order.")) and gives_back(segment.text):
        return replace(segment, intent="after.return", confidence=0.8, by="wording")  # 围巾掉毛，黑大衣全是毛，不想要了
    sure = segment.intent.startswith(("product.", "price.")) and segment.confidence >= 0.6
    if (not sure or segment.intent == "product.recommend") and products.asks_how_it_is(segment.text):
        return replace(segment, intent="product.detail", confidence=0.9, by="wording")  # 介绍一下
    text = _EITHER.sub(r"\1吗", segment.text) if "不" in segment.text else segment.text
    for intent, pattern in map(_TABLE.__getitem__, _SIEVE.worth(text)):
        if segment.intent != intent and pattern.search(text):
            return replace(segment, intent=intent, confidence=max(segment.confidence, 0.9), by="wording")
    return segment

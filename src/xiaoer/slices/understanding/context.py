# ruff: noqa: E501  patterns and tables read better unbroken
"""Context (上下文): what a message means after the turns before it.

「那M呢」 after a question about stock is about stock; 「165 110斤」 after "请问身高体重" answers it. Five readings
compete for every segment, and a small trained `gate` says how much each, and a sixth of its own, is to be believed:

    own      the words mean what they say by themselves
    open     they continue the buyer's open matter (the last business asked about)
    agent    they continue what the agent or bot was just talking about
    answer   they give what was asked for, or confirm: `chat.ack`
    both     own words, open matter and agent's talk agree on it, though none says it clearly

Beside them the `listener`, when there is one, hears the words of all turns at once, and has half the say.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from xiaoer.slices.understanding import split
from xiaoer.slices.understanding.arrays import Floats, softmax
from xiaoer.slices.understanding.features import canonical
from xiaoer.slices.understanding.gate import Gate

READINGS = ("own", "open", "agent", "answer", "both")
# How much the open matter and the agent's talk count beside the own words in the last reading.
_OPEN_SHARE, _AGENT_SHARE = 0.6, 0.4
_MAX_AGENT = 80
# Of what the agent said, the end tells what the talk is about; the rest only costs time.
AGENT_CHARS = 120
# Between these confidences the words by themselves take over from the turns before.
CLEAR, CERTAIN = 0.6, 0.9
# Words that leave something out (那M呢, 黑的, 几天) need more.
CLEAR_SHORT, CERTAIN_SHORT = 0.98, 0.999
# The same where the listener has heard the turns: on talks of writers that it did not learn from it is right more often
# than clear words.
CLEAR_HEARD, CERTAIN_HEARD = 0.9, 0.98
# The listener's say beside the gate, of 1; and what a reading leaves at least to every code.
HEARD, LEAST = 0.5, 1e-5
_ELLIPTIC = re.compile(r"^\W*(?:[\w]{1,4}|(?:那|这|它).{0,8}|.{1,8}呢)\W*$")

# What the agent's last words ask for. Wording seen in every shop; the shop's own bot sets `asked_for` instead.
_ASKS = (
    ("order", r"订单(?:号|编号)?.{0,8}(?:发|提供|是|吗|哪|下|复制)|(?:哪|什么)(?:个|一个|一?单)?订单|单号"),
    ("phone", r"手机号|电话|联系方式|号码"),
    ("address", r"地址|省市|哪里的|哪个(?:城市|地区|站点)|所在地|收件人|哪儿的|区县"),
    ("when", r"什么时候|几点|哪天|时间|多久|多长|几号"),
    ("body", r"身高|体重|三围|脚长|尺码|多重|多高|几斤|胸围|腰围"),
    ("choice", r"还是|哪(?:个|款|种|一|件|项|张)|或者|选择"),
    ("reason", r"原因|为什么|怎么(?:了|回事)|哪里不|什么问题|具体(?:是|情况)"),
    ("picture", r"图片|照片|截图|拍(?:个|张|一下)|视频"),
    ("confirm", r"是(?:这个|不是|否)|对(?:吗|吧|不对)|可以吗|好吗|行吗|吗[?~ 哦呢亲]*$|是吧|吗?[?]|确认"),
    ("give", r"提供|告诉|告知|发(?:一下|下|我|给|过来)|说(?:一?下)|输入|留(?:一?下)|报(?:一?下)|登记|填写|描述"),
    ("more", r"还有(?:什么|其他|别的)|其他(?:问题|可以|需要)|别的问题|可以帮|帮(?:到|助)您|有什么(?:问题|可以)"),
    ("wait", r"稍等|正在|马上(?:为|帮|给)|查一?下|核实|等一下|耐心"),
    ("sorry", r"抱歉|不好意思|对不起|理解|谅解"),
    ("done", r"已经(?:为|帮|给)|已为您|提交了|处理了|登记了|反馈了|催促了|申请了"),
    ("told", r"需要您|您可以|建议您|请您|麻烦您|辛苦您"),
)
_ASKS_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _ASKS)

_SHAPES = (
    r"^(?:那么?|这|它|所以|然后)",
    r"^(?:但是?|可是?|不过|只是|而且|因为|就是|还是|或者|反正)",
    r"^(?:还|也|又|再|都)",
    r"呢\??$",
    r"\?$",
    r"吗|么\??$|吧\??$|不\?$|没\?$|是不是|有没有|能不能|可不可以|会不会",
    r"什么|怎么|多少|几|哪|谁|为何|咋|如何|多久|多大",
    r"^(?:不|没|别|无)",
    r"了[啊呀哦呢吧的?]*$",
    r"我",
    r"[你您]",
    r"0|〔",
    r"^(?:是|对|嗯|好|行|可以|不是|没有|有)",
    r"帮|麻烦|请|给我|要求|我要|我想|需要",
    r"的$",
)
_SHAPES_COMPILED = tuple(re.compile(pattern) for pattern in _SHAPES)
_VALUE = re.compile(
    r"^(?:我|是|在|就|的|用|选|要|那|收货|地址|电话|手机号?|姓名|名字|订单号?|单号|编号|号码|:|款|色|码|号|0|〔[^〕]*〕|[a-z])+$"
)
_NAMES = ("bias", "p1", "p2", "entropy", "p_ack", "p_unclear", "p_of_open", "open_max", "p_of_agent", "agent_max",
          "open_is_agent", "own_is_open", "has_buyer", "has_agent", "len<=2", "len<=4", "len<=7", "len<=12", "len<=20",
          "len>20", "in_agent", "in_buyer", "value", "slot", "asked_slot", "value&ask", "short&confirm", "short&choice",
          "long&own", "question&open", "statement&own", "p1>.8", "p1<.3", "own_is_chat", "own_is_oos")  # fmt: skip
# Wordings with which the agent waits for an answer, and with which the buyer reports a thing done.
_WAITS = re.compile(r"[?？]|吗|呢\W*$|什么|哪|多少|几|提供|告|发(?:一?下|我|给)|还是")
_DONE = re.compile(r"已经|过了$|了$|[好完]了")
_MATTERS = ("after", "chat", "oos", "order", "price", "product", "promo", "service", "ship", "")
_MORE = ("waits", "question", "request", "told", "told&waits", "question&waits", "echo", "echo&waits", "shared",
         "shared&waits&told", "done", "done&told", "p1&told", "p1&question", "p1&request", "own~open", "own~agent",
         "open~agent", "open/own", "agent/own", "ack/own", "agent talks", "length", "length2", "agent_max",
         "told&agent talks")  # fmt: skip
SIZE = len(_NAMES) + len(_ASKS) + len(_SHAPES) + 4 * len(_SHAPES) + len(_MORE) + 3 * len(_MATTERS)


@dataclass(frozen=True, slots=True)
class Before:
    """The turns before, as the gate needs them. Distributions are None when nothing usable was said.

    `buyer` spreads over business codes only; `buyer_mass` is how much of the earlier message was business at all.
    `asked_slots` is true when the shop's own bot asked for values; then the agent's words need no guessing. `heard` is
    what the words of the turns add to the hidden layer of the `listener`.
    """

    buyer_text: str = ""
    buyer: Floats | None = None
    buyer_mass: float = 0.0
    agent_text: str = ""
    agent: Floats | None = None
    asked_slots: bool = False
    heard: Floats | None = None

    @property
    def nothing(self) -> bool:
        return self.buyer is None and not self.agent_text and not self.asked_slots


def signals(normal: str, own: Floats, before: Before, labels: tuple[str, ...], has_value: bool) -> Floats:
    """The gate's view of one segment, `SIZE` numbers of about unit size."""
    text = canonical(normal)
    size = len(text)
    order = np.argsort(own)
    top, second = int(order[-1]), float(own[order[-2]])
    p1 = float(own[top])
    entropy = float(-(own * np.log(own + 1e-9)).sum()) / 4.0
    ack, unclear = labels.index("chat.ack"), labels.index("oos.unclear")
    open_top = -1 if before.buyer is None else int(before.buyer.argmax())
    agent_top = -1 if before.agent is None else int(before.agent.argmax())
    open_max = 0.0 if before.buyer is None else float(before.buyer.max()) * before.buyer_mass
    agent_max = 0.0 if before.agent is None else float(before.agent.max())
    agent_tail, asks = _heard_from(before.agent_text)
    shapes = [1.0 if pattern.search(text) else 0.0 for pattern in _SHAPES_COMPILED]
    value = 1.0 if _VALUE.match(text) else 0.0
    asked = dict(zip((name for name, _ in _ASKS), asks, strict=True))
    short = 1.0 if size <= 6 else 0.0
    question = max(shapes[3], shapes[4], shapes[5], shapes[6])
    has_buyer = 0.0 if before.buyer is None else 1.0
    has_agent = 1.0 if before.agent_text else 0.0
    group = labels[top].split(".")[0]
    row = [
        1.0, p1, second, entropy, float(own[ack]), float(own[unclear]),
        0.0 if open_top < 0 else float(own[open_top]), open_max,
        0.0 if agent_top < 0 else float(own[agent_top]), agent_max,
        1.0 if open_top == agent_top >= 0 else 0.0, 1.0 if open_top == top else 0.0, has_buyer, has_agent,
        float(size <= 2), float(2 < size <= 4), float(4 < size <= 7), float(7 < size <= 12), float(12 < size <= 20),
        float(size > 20), _overlap(text, agent_tail), _overlap(text, canonical(before.buyer_text)), value,
        float(has_value), float(before.asked_slots),
        max(value, float(has_value)) * max(asked["give"], asked["order"], asked["phone"], asked["address"], asked["body"]),
        short * asked["confirm"], short * asked["choice"], float(size > 12) * p1, question * has_buyer,
        (1.0 - question) * p1, float(p1 > 0.8), float(p1 < 0.3), float(group == "chat"), float(group == "oos"),
    ]  # fmt: skip
    row.extend(asks)
    row += shapes
    for mix in (p1, has_agent, has_buyer * (1.0 - p1), asked["confirm"]):
        row += [mix * shape for shape in shapes]
    row += _talk(normal, text, own, before, labels)
    groups = (labels[top].split(".")[0], *("" if at < 0 else labels[at].split(".")[0] for at in (open_top, agent_top)))
    for worth, group in zip((p1, 1.0, 1.0), groups, strict=True):
        row += [worth * (group == matter) for matter in _MATTERS]
    return np.array(row, np.float32)


def _talk(normal: str, text: str, own: Floats, before: Before, labels: tuple[str, ...]) -> list[float]:
    """How the words stand to what the agent said, and to the open matter: the numbers named in `_MORE`."""
    said = before.agent_text[-60:]
    waits = float(_WAITS.search(said[-25:]) is not None)
    question, request = float(split.is_question(normal)), float(split.is_request(normal))
    told = float(not question and not request)
    heard = canonical(said)
    echo = _overlap(text, heard[-30:])
    shared = len(set(text) & set(heard)) / max(1, len(set(text)))
    done = float(_DONE.search(normal) is not None)
    p1, logs = float(own.max()), np.log(own + 1e-4)
    has_agent, length = float(before.agent is not None), min(len(text), 30) / 30

    def beside(other: Floats | None, than: Floats | None) -> float:
        return 0.0 if other is None or than is None else float(np.minimum(other, than).sum())

    def behind(other: Floats | None) -> float:
        return 0.0 if other is None else float(logs[int(other.argmax())] - logs.max()) / 5

    return [
        waits, question, request, told, told * waits, question * waits, echo, echo * waits, shared, shared * waits * told,
        done, done * told, p1 * told, p1 * question, p1 * request, beside(own, before.buyer), beside(own, before.agent),
        beside(before.agent, before.buyer), behind(before.buyer), behind(before.agent),
        float(logs[labels.index("chat.ack")] - logs.max()) / 5, has_agent * (1 - waits), length, length**2,
        0.0 if before.agent is None else float(before.agent.max()), told * (1 - waits) * has_agent,
    ]  # fmt: skip


@lru_cache(maxsize=2_048)
def _heard_from(agent_text: str) -> tuple[str, tuple[float, ...]]:
    """The end of what the agent said and what it asks for."""
    tail = canonical(agent_text)[-_MAX_AGENT:]
    return tail, tuple(1.0 if pattern.search(tail) else 0.0 for _, pattern in _ASKS_COMPILED)


@lru_cache(maxsize=64)
def _is_business(labels: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.array([not label.startswith("chat.") and label != "oos.unclear" for label in labels])


def business(earlier: Floats, labels: tuple[str, ...]) -> tuple[Floats, float]:
    """A distribution without greetings, thanks and noise, and how much of it that left."""
    kept = earlier * _is_business(labels)
    mass = float(kept.sum())
    return (kept / (mass + 1e-9)).astype(np.float32), mass


def readings(own: Floats, before: Before, labels: tuple[str, ...]) -> NDArray[np.float32]:
    """The five readings as distributions over the labels, one row each, in the order of `READINGS`."""
    answer = np.zeros_like(own)
    answer[labels.index("chat.ack")] = 1.0
    matter = own if before.buyer is None else _continued(before.buyer, own)
    talk = own if before.agent is None else _continued(before.agent, own)
    power = np.log(own + 1e-3)
    if before.buyer is not None:
        power = power + _OPEN_SHARE * np.log(before.buyer + 0.01)
    if before.agent is not None:
        power = power + _AGENT_SHARE * np.log(before.agent + 0.01)
    return np.stack([own, matter, talk, answer, softmax(power)])


def blend(
    gate: Gate,
    view: Floats,
    own: Floats,
    before: Before,
    labels: tuple[str, ...],
    normal: str,
    listened: Floats | None = None,
) -> Floats:
    """The final distribution: the readings weighted by the gate, and what the listener made of it (log chances)."""
    result = gate(view, readings(own, before, labels), own, spoken_before(before, len(own)))
    # Words that are clear by themselves mean what they say, whatever was talked about before.
    floor = np.float32(_clearness(own, normal, listened is not None))
    result = result * (1 - floor) + own * floor
    if listened is None:
        return result
    return softmax((1 - HEARD) * np.log(result + LEAST) + HEARD * listened)


def spoken_before(before: Before, size: int) -> Floats:
    """The open matter and the agent's talk, one row each; zeros where nothing was said."""
    nothing = np.zeros(size, np.float32)
    return np.stack([nothing if spread is None else spread for spread in (before.buyer, before.agent)])


def is_clear(own: Floats, normal: str, heard: bool = False) -> bool:
    """Whether the turns before cannot change what the words mean; `heard`: by a listener too."""
    return _clearness(own, normal, heard) >= 1.0


def _clearness(own: Floats, normal: str, heard: bool) -> float:
    if _ELLIPTIC.search(normal):
        clear, certain = CLEAR_SHORT, CERTAIN_SHORT
    else:
        clear, certain = (CLEAR_HEARD, CERTAIN_HEARD) if heard else (CLEAR, CERTAIN)
    return min(1.0, max(0.0, (float(own.max()) - clear) / (certain - clear)))


def _continued(earlier: Floats, own: Floats) -> Floats:
    """The earlier matter, tilted towards what the words themselves may mean."""
    mixed = earlier * np.power(own + 0.01, 0.3)
    result: Floats = mixed / mixed.sum()
    return result


def _overlap(text: str, other: str) -> float:
    """Share of the text's pairs of characters that stand in the other."""
    if len(text) < 2 or not other:
        return 1.0 if text and text in other else 0.0
    pairs = [text[at : at + 2] for at in range(len(text) - 1)]
    return sum(pair in other for pair in pairs) / len(pairs)

"""Entries that people have answered already (从聊天里找): real questions, put together, with the best human answer.

Only what a person answered counts: a bot's words would teach it its own mistakes. Questions whose answer lies in the
buyer's own order are left to the live systems. Clusters are ranked by the conversations that asked, not by messages, so
that one insistent buyer does not look like many; a question of one conversation is no pattern. What an agent said to
many wins; answers that only greet, ask back, hold personal data or speak of one case (`cases`) are not answers.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from xiaoer.kernel.heard import TextAnalyser
from xiaoer.slices.knowledge.candidates.cases import is_about_one_case, leans_on_talk, without_stalling
from xiaoer.slices.knowledge.candidates.chatlog import Talk
from xiaoer.slices.knowledge.candidates.clusters import cluster, leading
from xiaoer.slices.knowledge.candidates.sameness import say_the_same
from xiaoer.slices.knowledge.candidates.types import Evidence, Proposal
from xiaoer.slices.knowledge.types import EntryDraft

# what the live systems answer from the buyer's own order, parcel or size; an entry would be wrong for the next buyer
OWN_CASE = frozenset(
    {
        "ship.track", "ship.stuck", "ship.lost", "ship.urge", "ship.redirect", "ship.deliver", "order.status",
        "order.cancel", "order.change_address", "order.change_item", "order.note", "after.progress",
        "after.refund_progress", "after.cancel", "after.missing", "after.wrong_item", "product.size_advice",
        "product.stock", "price.query", "promo.bargain", "service.human", "service.complaint", "service.bot",
    }
)  # fmt: skip
_EMPTY_WORDS = re.compile(
    r"^(您好|你好|亲|亲亲|在的?|在呢|嗯+|好的?|是的?|对的?|哦|稍等|请稍等|稍等一下|马上|不客气|谢谢|感谢|欢迎光临|收到|可以|没有|有的?|抱歉|不好意思|哈|呢|呀|哦|了|下"
    r"|帮您?(看|查)一?下|麻烦(您)?|请问|有什么可以帮(到|助)?您的?吗?|[，,。.!！~～、\s])+$"
)
_GREETING = re.compile(
    r"^\s*(?:(?:亲爱的(?:顾客|买家)?|亲亲?|宝子?|家人|您好呀?|你好(?!好)[呀啊]?|哈喽|哈啰|嗨|hello|hi|早上好|上午好|中午好|下午好|晚上好|早安"
    r"|在的?(?:呢|哦|哈|呀)(?=[，,~～!！。\s亲您]|$)|在的(?=[，,~～!！。\s亲您]|$)|欢迎光临[^，,~～!！。\s]{0,12}|欢迎来到[^，,~～!！。\s]{0,12}"
    r"|嗯+|好的呢?|好哒|收到|明白了?)(?:[，,~～!！。\s]+|(?=亲|您好|你好|在的|在呢|可以|能|有|是|不)))+",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\s*(?:(?:在吗|在么|在不在|在不|有人吗|有人在吗|客服|亲|您好|你好|哈喽|hello|hi)[呀啊]?[，,。.？?！!~～\s]+|(?:请问|问一?下|想问一?下)[，,]?)+",
    re.IGNORECASE,
)  # what a buyer says before asking
_PET_WORDS = re.compile(r"(哦|呢|哈|呀|喔|噢)?[~～]+|(?:呢|哦|哈|呀)?(亲亲?)(?=[，,。！!？?\s]|$)")
_OWN_NUMBER = re.compile(r"\d{8,}|\[(姓名|电话|地址|数字|订单|ORDERID)[^\]]*\]", re.IGNORECASE)
_SHORTEST, _LONGEST = 4, 500  # characters of an answer
_LONGEST_ASK = 60
_ALIKE = 0.6  # share of common letter pairs from which two answers say the same
_MOST_ANSWERS = 200  # of one cluster that are compared
_MANY = 5  # conversations from which an answer must have been given twice
_FUNCTION = frozenset("的了吗呢吧啊呀哦么我你您他们这那个是不有没在可以能要会就都也还什怎多少几请问一下,，。.？?！! \n")
_EXAMPLES = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Understand = Callable[[Sequence[str]], Sequence[tuple[str, str]]]


class Exchange(Struct, frozen=True):
    """What a buyer asked in one burst, and what a person then said."""

    talk: Talk
    asked: tuple[str, ...]
    answer: str
    agent_name: str
    at: datetime | None


def exchanges_of(talk: Talk) -> list[Exchange]:
    """Bursts of the buyer with the agent's words after them; what only the bot answered is left out."""
    found: list[Exchange] = []
    asked: list[str] = []
    said: list[str] = []
    name, at = "", None
    for line in talk.lines:
        if line.author == "buyer":
            if asked and said:
                found.append(Exchange(talk, tuple(asked), "\n".join(said[:4]), name, at))
                asked, said = [], []
            if not asked:
                at = line.at
            asked.append(line.text)
        elif line.author == "agent" and asked:
            said.append(line.text)
            name = line.name
    if asked and said:
        found.append(Exchange(talk, tuple(asked), "\n".join(said[:4]), name, at))
    return found


class _Asked(Struct, frozen=True):
    question: str
    intent: str
    exchange: Exchange
    alone: bool


_Answered = tuple[list[_Asked], str, list[_Asked]]  # who asked, the best answer, and who got it


def mine(
    talks: Sequence[Talk],
    understand: Understand,
    analyser: TextAnalyser,
    mask: Callable[[str], str],
    *,
    least_conversations: int = 2,
    most: int = 500,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Proposal, ...]:
    """Proposals from old talks, asked in most conversations first.

    `understand` cuts a burst into (question, intent) pairs; `mask` hides personal data in what is shown as evidence;
    `tell` hears how many talks are understood, of how many.
    Takes about two milliseconds a question: run it in a thread.
    """
    asks = _asks(talks, understand, tell)
    questions = [ask.question for ask in asks]
    intents = {ask.question: ask.intent for ask in asks}
    answered: list[_Answered] = []
    by_word: dict[str, list[int]] = {}
    for group in cluster(questions, analyser, lambda text: intents.get(text, "")) if asks else ():
        members = [asks[at] for at in group]
        best = _best_answer(members, analyser, mask)
        if best is not None:
            _join(answered, by_word, members, *best)
    proposals = []
    for members, answer, backers in answered:
        conversations = {ask.exchange.talk.id for ask in members}
        if len(conversations) < least_conversations:
            continue
        general = [q for q in (a.question for a in members) if not (is_about_one_case(q) or leans_on_talk(q))]
        if not general:
            continue
        question = leading(general)
        others = dict.fromkeys(
            ask.question
            for ask in members
            if ask.question in general and ask.question != question and len(ask.question) >= 4
        )
        products = {ask.exchange.talk.product_id for ask in members}
        product = products.pop() if len(products) == 1 else ""
        shown = [*backers, *(ask for ask in members if ask not in backers)]
        draft = EntryDraft(_tidy_question(question), answer, tuple(map(_tidy_question, list(others)[:10])), product)
        evidence = tuple(_evidence(ask, mask) for ask in shown[:_EXAMPLES])
        buyers = {ask.exchange.talk.buyer_id or ask.exchange.talk.id for ask in members}
        note = f"{len({a.exchange.talk.id for a in backers})} 段会话里人工这样回答"
        proposals.append(Proposal(draft, "chat", evidence, len(conversations), len(buyers), note=note))
    proposals.sort(key=lambda found: (-found.conversations, -found.buyers, found.draft.question))
    return tuple(proposals[:most])


def _join(
    answered: list[_Answered],
    by_word: dict[str, list[int]],
    members: list[_Asked],
    answer: str,
    backers: list[_Asked],
) -> None:
    """Keep a group, or put it to one to which people said the same and that speaks of the same thing.

    需要开锅不 and 第一次用要开锅吗 got one answer: they are one entry, however unlike they look. `by_word` tells the
    places of groups by the words of their questions.
    """
    words = _words_of(members)
    near = dict.fromkeys(place for word in sorted(words) for place in by_word.get(word, ()))
    at = next((place for place in near if say_the_same(answered[place][1], answer)), len(answered))
    if at < len(answered):
        answered[at][0].extend(members)
        answered[at][2].extend(backers)
    else:
        answered.append((members, answer, backers))
    for word in words:
        if at not in (places := by_word.setdefault(word, [])):
            places.append(at)


def _words_of(members: Sequence[_Asked]) -> set[str]:
    """Pairs of letters of the questions that are no everyday ones."""
    pairs = {text[at : at + 2] for text in {ask.question for ask in members} for at in range(len(text) - 1)}
    return {pair for pair in pairs if not set(pair) & _FUNCTION}


def _asks(talks: Sequence[Talk], understand: Understand, tell: Callable[[int, int], None]) -> list[_Asked]:
    found = []
    for number, talk in enumerate(talks):
        tell(number, len(talks))
        for exchange in exchanges_of(talk):
            segments = [
                (text.strip(" ，,。.~～!！"), intent)
                for text, intent in understand([_OPENING.sub("", line) or line for line in exchange.asked])
                if not intent.startswith(("chat.", "oos.")) and 3 <= len(text.strip()) <= _LONGEST_ASK
            ]
            for question, intent in segments:
                if intent not in OWN_CASE and not _OWN_NUMBER.search(question):
                    found.append(_Asked(question, intent, exchange, len(segments) == 1))
    return found


class Said(Struct, frozen=True):
    """What a person answered in one conversation."""

    text: str
    conversation_id: str
    agent_name: str = ""
    at: datetime | None = None


def rank_answers(
    said: Sequence[Said], analyser: TextAnalyser, mask: Callable[[str], str]
) -> list[tuple[str, list[int]]]:
    """Different answers, best first: what most conversations got, then most agents, then the newest.

    Each with the positions in `said` that say the same. What only greets, asks back or holds personal data is left out.
    """
    groups: list[tuple[set[str], list[tuple[str, int]]]] = []
    for number, one in enumerate(said[:_MOST_ANSWERS]):
        answer = tidy_answer(one.text)
        if not _tells(answer) or mask(answer) != answer:
            continue
        compact = analyser.forms(answer).compact
        pairs = {compact[at : at + 2] for at in range(len(compact) - 1)}
        for known, held in groups:
            if len(pairs & known) >= _ALIKE * max(1, min(len(pairs), len(known))):
                held.append((answer, number))
                break
        else:
            groups.append((pairs, [(answer, number)]))

    def weight(group: tuple[set[str], list[tuple[str, int]]]) -> tuple[int, int, float]:
        held = [said[number] for _, number in group[1]]
        newest = max((one.at or _EPOCH for one in held), default=_EPOCH)
        return len({one.conversation_id for one in held}), len({one.agent_name for one in held}), newest.timestamp()

    ranked = []
    for _, held in sorted(groups, key=weight, reverse=True):
        counted = Counter(answer for answer, _ in held)
        best = max(counted, key=lambda text: (counted[text], min(len(text), 120), text))
        ranked.append((best, [number for _, number in held]))
    return ranked


def _best_answer(
    members: Sequence[_Asked], analyser: TextAnalyser, mask: Callable[[str], str]
) -> tuple[str, list[_Asked]] | None:
    """The answer that people gave in most conversations, and the exchanges behind it."""
    alone = [ask for ask in members if ask.alone]
    said = [Said(a.exchange.answer, a.exchange.talk.id, a.exchange.agent_name, a.exchange.at) for a in alone]
    ranked = rank_answers(said, analyser, mask)
    if not ranked:
        return None
    asked = len({ask.exchange.talk.id for ask in members})
    words = {letter for ask in members for letter in ask.question} - _FUNCTION
    for answer, backers in ranked:
        # What one conversation said may have been meant for that buyer: it must speak of what was asked, and where
        # many asked, a rule of the shop would have been said twice.
        talks = {said[number].conversation_id for number in backers}
        if len(talks) > 1 or (asked < _MANY and words & set(answer)):
            return answer, [alone[number] for number in backers]
    return None


def _tells(answer: str) -> bool:
    """Whether an answer says something by itself."""
    if not _SHORTEST <= len(answer) <= _LONGEST or _OWN_NUMBER.search(answer) or _EMPTY_WORDS.match(answer):
        return False
    if is_about_one_case(answer):
        return False
    return not (answer.rstrip().endswith(("?", "？", "吗")) and len(answer) <= 40)


def tidy_answer(answer: str) -> str:
    """An agent's words as an entry says them: no greeting in front, no pet names, no waves."""
    lines = [_PET_WORDS.sub("", _GREETING.sub("", f"{line.strip()} ")).strip() for line in answer.split("\n")]
    lines = [without_stalling(line) for line in lines]
    kept = [line for line in lines if line and not _EMPTY_WORDS.match(line)]
    return "\n".join(dict.fromkeys(kept))


def _tidy_question(question: str) -> str:
    return " ".join(_GREETING.sub("", question).strip(" ，,。.~～!！").split()) or question


def _evidence(ask: _Asked, mask: Callable[[str], str]) -> Evidence:
    exchange = ask.exchange
    return Evidence(
        conversation_id=exchange.talk.id,
        at=exchange.at,
        buyer=mask("\n".join(exchange.asked))[:500],
        agent=mask(exchange.answer)[:500],
        agent_name=exchange.agent_name,
    )

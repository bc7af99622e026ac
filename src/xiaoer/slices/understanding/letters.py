# ruff: noqa: E501  patterns and tables read better unbroken
"""Letters for words (拼音缩写): fh → 发货, kuaidi → 快递, shenme shihou → 什么时候.

A run of Latin letters is read only when the whole run is either a known set of initials or the toneless pinyin of
known words; English words and model names stay as they are.
"""

from collections.abc import Iterable, Mapping

from xiaoer.slices.understanding.sounds import syllables

# Single syllables that glue pinyin words together; never read on their own.
_GLUE = {
    "wo": "我", "ni": "你", "ta": "他", "de": "的", "le": "了", "ma": "吗", "ne": "呢", "ba": "吧", "a": "啊", "ya": "呀",
    "yao": "要", "xiang": "想", "neng": "能", "hui": "会", "shi": "是", "zai": "在", "dao": "到", "fa": "发", "mai": "买",
    "tui": "退", "huan": "换", "qian": "钱", "jian": "件", "ge": "个", "zhe": "这", "na": "哪", "dou": "都", "hai": "还",
    "bu": "不", "mei": "没", "you": "有", "jiu": "就", "gei": "给", "ji": "几", "tian": "天", "hao": "好", "da": "大",
    "xiao": "小", "ling": "领", "kai": "开", "shou": "收", "kuai": "快", "dian": "点", "yong": "用",
}  # fmt: skip
_MIN_LETTERS = 4


class Letters:
    """Reads letter runs. Built once from the initials and the trade words."""

    def __init__(self, initials: Mapping[str, str], terms: Iterable[str]) -> None:
        self._initials = {key.lower(): word for key, word in initials.items()}
        self._spelled: dict[str, str] = {}
        for term in terms:
            sounds = syllables(term)
            if len(sounds) == len(term) and len(term) > 1:
                self._spelled.setdefault("".join(sounds), term)
        self._longest = max((len(s) for s in self._spelled), default=0)

    def read(self, run: str) -> str | None:
        """The Chinese of a run of letters (words may be split by single spaces), or None."""
        if run.islower() or run.isupper() or run.istitle():
            whole = self._word(run.replace(" ", "").lower())
            if whole is not None:
                return whole
            if " " in run:
                words = [self._word(word.lower()) for word in run.split(" ")]
                if any(words):
                    return " ".join(new or old for new, old in zip(words, run.split(" "), strict=True))
        return None

    def _word(self, letters: str) -> str | None:
        known = self._initials.get(letters)
        if known is not None:
            return known
        return self._spell(letters) if len(letters) >= _MIN_LETTERS else None

    def _spell(self, letters: str) -> str | None:
        """Splits the run into pinyin of trade words and glue; None unless every letter is used."""
        size = len(letters)
        if size > 60:
            return None
        # best[i]: (number of glue syllables, words) for the first i letters.
        best: list[tuple[int, tuple[str, ...]] | None] = [None] * (size + 1)
        best[0] = (0, ())
        for start in range(size):
            here = best[start]
            if here is None:
                continue
            for end in range(start + 1, min(size, start + self._longest) + 1):
                piece = letters[start:end]
                word, cost = self._spelled.get(piece), 0
                if word is None:
                    word, cost = _GLUE.get(piece), 1
                if word is None:
                    continue
                there = best[end]
                if there is None or here[0] + cost < there[0]:
                    best[end] = (here[0] + cost, (*here[1], word))
        done = best[size]
        if done is None or done[0] == len(done[1]):
            return None
        return "".join(done[1])

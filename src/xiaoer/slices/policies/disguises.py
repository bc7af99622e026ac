"""Disguises (伪装): how buyers write round a filter, and the plain words below.

Five ways leave the words readable for people and none for a pattern: a character written as its parts (扌殳讠斥),
characters written twice each (投投诉诉), a letter or numbers set between characters (投x诉, 转1人2工), a character
written by its sound (绿师函, 消xie, 报j), the small words of a dialect (恁那儿有喘气嘞冇). Each is undone over the
whole text, so what comes out is not good Chinese: it is only for looking for words that are a red line anyway.

By sound, one character of the word must stand as it is, and the others must be no word's end or beginning:
小鞋子 is no 消协, because 鞋子 is a word. Letters are a whole syllable, or one letter beside the right character.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import rjieba

# Parts as buyers type them: what looks like the left side, with what stands at the right.
_PARTS = {
    "投": ("扌殳", "才殳", "手殳", "口殳"),
    "投诉": ("殳诉", "殳斥"),
    "机器人": ("机械人",),
    "客服": ("k服", "客f", "kefu", "kf"),
    "诉": ("讠斥", "言斥", "訁斥", "口斥"),
    "报": ("扌卩又", "扌𠬝"),
    "评": ("讠平", "言平", "訁平"),
    "律": ("彳聿",),
    "人工": ("亻二工", "亻工", "人二工"),
    "转": ("车专", "車专", "车専", "車專"),
    "假": ("亻叚",),
    "骗": ("马扁", "馬扁"),
    "诈": ("讠乍", "言乍"),
    "维": ("纟隹", "糸隹"),
    "诽": ("讠非",),
    "证": ("讠正", "言正"),
    "法": ("氵去", "三点水去"),
    "仿": ("亻方",),
    "服": ("月𠬝",),
}
_PART = {parts: whole for whole, ways in _PARTS.items() for parts in ways}
_IN_PARTS = re.compile("|".join(sorted(_PART, key=len, reverse=True)))
# Signs that are no characters of their own trade but stand for one.
_ALIKE = str.maketrans({"亻": "人", "亼": "人", "亽": "人", "𠆢": "人", "エ": "工", "丄": "工", "𠂇": "左", "銀": "银"})
# Words written by ear, with their sound. Behind the sign: homophones that stand by themselves beside the others.
_BY_EAR = {
    "转人工": "zhuan ren gong",
    "人工": "ren gong",
    "真人": "zhen ren-针阵震枕镇认",
    "活人": "huo ren-货获或认",
    "客服": "ke fu-付副富",
    "投诉": "tou su-素速",
    "举报": "ju bao-句据剧包宝抱",
    "差评": "cha ping-平瓶屏查",
    "消协": "xiao xie-小写鞋些",
    "工商局": "gong shang ju",
    "市监局": "shi jian ju",
    "假货": "jia huo-家加价架火佳嘉",
    "律师": "lv shi-是时事试石诗",
    "法院": "fa yuan-发元原园远",
    "法庭": "fa ting-发听停",
    "起诉": "qi su-其素速",
    "报警": "bao jing-包宝保竟净镜抱",
    "曝光": "bao guang-包保",
    "媒体": "mei ti-没每美梅提题替梯",
    "抖音": "dou yin-都豆因",
    "微博": "wei bo-位为",
    "过敏": "guo min-国锅",
    "疹子": "zhen zi-针枕阵",
    "疙瘩": "ge da-个各",
    "高仿": "gao fang-放房方防",
    "冒牌": "mao pai-毛帽拍排",
    "仿品": "fang pin",
    "骗人": "pian ren-片",
    "赔钱": "pei qian",
    "中毒": "zhong du-种重读度",
    "骗子": "pian zi-片字",
    "诈骗": "zha pian-炸片",
    "退一赔三": "tui yi pei san",
    "假的": "jia de-家加价架夹嫁佳驾嘉贾甲",
}
# Characters that look like one of these words, for eyes in a hurry.
_BY_EYE = {
    "诉": "斥拆折坼",
    "投": "役",
    "报": "扱",
    "评": "坪抨泙",
    "律": "津",
    "师": "帅",
    "货": "贷",
    "假": "暇",
    "曝": "瀑",
    "媒": "谋",
    "仿": "彷",
}
# Sounds that accents and voice input mix up: flat and curled tongue, the end of the nose.
_CURLED, _NASAL = re.compile("(?<=^[zcs])h"), re.compile("(?<=[aei]n)g$")
_TELLING = 3  # letters, or syllables, from which a spelt word is told without one character of it
# Small words as dialects have them; what comes out is only looked at for red lines.
_SAID = {
    "有没有": "有没得",
    "有": "有得",
    "没有": "没得 莫得 木有 么得 冇得 冇",
    "你家": "你屋头",
    "家": "屋头",
    "你们": "你哋 恁",
    "你": "侬",
    "的": "嘞 滴 哩 嘅",
    "找": "揾 搵 寻",
    "给": "畀 俾",
    "跟我": "同我 同吾",
    "我": "吾 俺 阿拉",
    "聊": "倾 谝 唠 摆龙门阵",
    "不": "唔 勿",
    "叫": "喊",
    "怎么": "啷个 咋个",
    "为什么": "点解",
    "在": "喺度 喺",
    "行吗": "中不中 得唔得 要得不",
    "啊": "噻 嗦 嘎 撒 咯 哈",
    "吗": "咩",
}
_DIALECT = {said: plain for plain, ways in _SAID.items() for said in ways.split()}
_HAN = r"[\u3400-\u9fff]"
# Syllables that buyers write in letters behind a character: 脸烂le, 肚zi疼, 冒牌huo.
_SYLLABLE = {
    "le": "了",
    "zi": "子",
    "de": "的",
    "huo": "货",
    "tu": "吐",
    "zhai": "寨",
    "hong": "红",
    "xie": "协",
    "men": "们",
}
_IN_LETTERS = re.compile(rf"(?<={_HAN})({'|'.join(_SYLLABLE)})(?![a-z])")
# One doubled character is ordinary (妈妈, 谢谢, 天天); two beside each other are not.
_DOUBLED = re.compile(rf"(?:({_HAN})\1){{2,}}")
_TWICE = re.compile(r"(.)\1")
_SAID_AGAIN = re.compile(rf"^({_HAN}{{2,6}})\1+$")  # 差评差评: all that is said, over and over
_LONE_LETTER = re.compile(rf"(?<={_HAN})[a-z](?={_HAN})")
_THREADED = re.compile(rf"{_HAN}(?:[a-z0-9]{_HAN}){{2,}}")
_THREAD = re.compile(r"[a-z0-9]")
# 投个诉, 差一评: a measure word put into the word.
_MEASURED = re.compile("(投)[一个了](诉)|(举)[一个了](报)|(差)[一个](评)|(曝)[一个了](光)|(维)[一个了](权)")
# What law and shops owe for a fake, in whatever numerals: 退1赔3, 假1陪10.
_OWED = re.compile("([退缺假少])[1一壹][赔陪](10|[34三四十叁肆拾])")
_NUMERAL = str.maketrans({"3": "三", "叁": "三", "4": "四", "肆": "四", "拾": "十"})


class _Word:
    """One word of `_BY_EAR`: its characters, its syllables, the homophones that do not count."""

    def __init__(self, word: str, heard: str) -> None:
        sounds, _, others = heard.partition("-")
        self.word, self.sounds, self.others = word, tuple(sounds.split()), frozenset(others)
        self._accented = tuple(map(_accentless, self.sounds))
        initials = "".join(f"{sound[0]}(?:{sound[1:]})?" for sound in self.sounds)
        some = "|".join(sound for sound in self.sounds if len(sound) >= _TELLING)
        self._shortened = re.compile(f"(?=.*(?:{some})){initials}") if some and len(word) >= _TELLING else None

    def is_written(self, pieces: Sequence[str], sounds: Sequence[str], is_all: bool) -> bool:
        """Whether these pieces are the word in disguise, as far as can be told without their neighbours.

        `is_all`: nothing else is said."""
        as_it_is = [piece == char for piece, char in zip(pieces, self.word, strict=True)]
        if all(as_it_is) or not (any(as_it_is) or self._is_spelt(pieces, is_all)):
            return False
        return all(right or self._is_meant(at, pieces[at], sounds[at]) for at, right in enumerate(as_it_is))

    def _is_spelt(self, pieces: Sequence[str], is_all: bool) -> bool:
        """Whether letters alone tell the word: all of it and nothing else, or a syllable of a long one (zhuan r g)."""
        if not all(piece.isascii() for piece in pieces):
            return False
        if len(self.word) >= _TELLING:
            return any(
                len(piece) >= _TELLING and piece == sound for piece, sound in zip(pieces, self.sounds, strict=True)
            )
        return is_all and tuple(map(_accentless, pieces)) == self._accented

    def is_shortened(self, run: str) -> bool:
        """Whether a run of letters is a long word, some syllables by their first letter: zhuanrg, zrengong."""
        return self._shortened is not None and self._shortened.fullmatch(run) is not None

    def _is_meant(self, at: int, piece: str, heard: str) -> bool:
        if piece.isascii():
            return piece == self.sounds[at][0] or _accentless(piece) == self._accented[at]
        if piece in _BY_EYE.get(self.word[at], ""):
            return True
        return piece not in self.others and _accentless(heard) == self._accented[at]


@lru_cache(maxsize=2_048)  # Mandarin has some four hundred syllables
def _accentless(syllable: str) -> str:
    return _NASAL.sub("", _CURLED.sub("", syllable))


_WORDS: dict[str, list[_Word]] = {}
for _text, _heard in _BY_EAR.items():
    _word = _Word(_text, _heard)
    for _start in {_accentless(_word.sounds[0]), _word.sounds[0][0]}:
        _WORDS.setdefault(_start, []).append(_word)
_LONG_WORDS = [word for words in _WORDS.values() for word in words if len(word.word) >= _TELLING]
_DIALECTAL = re.compile("|".join(sorted(_DIALECT, key=len, reverse=True)))


def undisguise(text: str) -> str:
    """The text (no spaces, no punctuation) with its disguises undone; most texts come back as they are."""
    text = _SAID_AGAIN.sub(r"\1", _IN_LETTERS.sub(lambda found: _SYLLABLE[found[1]], text))
    text = _IN_PARTS.sub(lambda parts: _PART[parts.group()], text.translate(_ALIKE))
    text = _MEASURED.sub(lambda parts: "".join(part or "" for part in parts.groups()), text)
    text = _OWED.sub(lambda owed: f"{owed[1]}一赔{owed[2].replace('10', '十').translate(_NUMERAL)}", text)
    text = _THREADED.sub(lambda run: _THREAD.sub("", run.group()), text)
    text = _DOUBLED.sub(lambda run: _TWICE.sub(r"\1", run.group()), _LONE_LETTER.sub("", text))
    return _DIALECTAL.sub(lambda said: _DIALECT[said.group()], text)


def by_ear(pieces: Sequence[str], sounds: Sequence[str]) -> str | None:
    """The text with the words of `_BY_EAR` as they are spelt; None when none is written by ear.

    `pieces` are its characters and runs of letters, `sounds` what they sound like.
    """
    if len(pieces) == 1 and len(pieces[0]) >= _TELLING:
        return next((word.word for word in _LONG_WORDS if word.is_shortened(pieces[0])), None)
    found: list[tuple[int, _Word]] = []
    for at, sound in enumerate(sounds):
        for word in _WORDS.get(_accentless(sound), ()):
            end = at + len(word.sounds)
            is_all = len(word.sounds) == len(pieces)
            if end <= len(pieces) and word.is_written(pieces[at:end], sounds[at:end], is_all):
                found.append((at, word))
                break
    if not found:
        return None
    edges, position = set(), 0
    for token in rjieba.cut("".join(pieces), False):
        edges.add(position)
        position += len(token)
    begins, position = [], 0
    for piece in pieces:
        begins.append(position)
        position += len(piece)
    plain = list(pieces)
    for at, word in found:
        end = at + len(word.sounds)
        inside = pieces[at:end]
        # Where the characters belong to other words, the sound is an accident; letters belong to none.
        if any(piece.isascii() for piece in inside) or all(begins[i] in edges for i in range(at, end)):
            outside = begins[end] if end < len(begins) else position
            if any(piece.isascii() for piece in inside) or outside == position or outside in edges:
                plain[at:end] = [word.word, *[""] * (end - at - 1)]
    told = "".join(plain)
    return told if told != "".join(pieces) else None

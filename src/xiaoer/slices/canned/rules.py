"""Finding and filling canned replies (话术搜索): by code, words, whole pinyin or initials; variables from the talk."""

import re
from collections.abc import Callable, Mapping, Sequence

from xiaoer.slices.canned.types import Canned, Filled

MOST_IMAGES = 3
_OWN_PICTURE = re.compile(r"/uploads/[\w-]{1,64}/[\w.-]{1,128}")
_VARIABLE = re.compile(r"\{([^{}]{1,20})\}")
Sound = Callable[[str], str]  # one syllable per Han character, space-separated
_LEAST_SHARED = 2  # bigrams that a canned reply must share with the buyer's words to be offered


def search(items: Sequence[Canned], words: str, sound: Sound) -> list[Canned]:
    """Those that match, best first: code, title, sound of the title, text; what is used more comes before."""
    query = words.strip().lower().lstrip("/").replace(" ", "")
    if not query:
        return list(items)
    ranked = [(rank, item) for item in items if (rank := _rank(item, query, sound)) is not None]
    return [item for _, item in sorted(ranked, key=lambda pair: (pair[0], -pair[1].uses, pair[1].position))]


def _rank(item: Canned, query: str, sound: Sound) -> int | None:
    code, title = item.code.lower(), item.title.lower()
    if code and code == query:
        return 0
    if title.startswith(query) or (code and code.startswith(query)):
        return 1
    if query in title:
        return 2
    syllables = sound(title).split()
    whole, initials = "".join(syllables), "".join([syllable[0] for syllable in syllables])
    if whole.startswith(query) or initials.startswith(query):
        return 3
    if query in whole or query in initials:
        return 4
    if query in item.text.lower():
        return 5
    return 6 if query in item.folder.lower() else None


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put values into `{买家昵称}` and the like; what is not known stays and is named."""
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1], "")
        if not found:
            missing.append(match[1])
        return found or match[0]

    return Filled(_VARIABLE.sub(value, text), tuple(dict.fromkeys(missing)))


def is_picture(address: str, shop: str) -> bool:
    """Whether the address can be sent as a picture: one that was uploaded to this shop, or https."""
    if _OWN_PICTURE.fullmatch(address):
        return address.startswith(f"/uploads/{shop}/")
    return address.startswith("https://") and len(address) <= 500 and not re.search(r"[\s<>\"']", address)


def near(items: Sequence[Canned], asked: str, most: int) -> list[Canned]:
    """Canned replies that share words with what the buyer asked, nearest first; none is better than a wrong one."""
    wanted = _bigrams(asked)
    scored = [(len(wanted & _bigrams(f"{item.title}{item.folder}")), item) for item in items]
    good = [(score, item) for score, item in scored if score >= _LEAST_SHARED]
    return [item for _, item in sorted(good, key=lambda pair: (-pair[0], -pair[1].uses))][:most]


def _bigrams(text: str) -> set[str]:
    kept = re.sub(r"[^\w]", "", text.lower())
    return {kept[index : index + 2] for index in range(len(kept) - 1)}

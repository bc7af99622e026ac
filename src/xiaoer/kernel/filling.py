"""Variables in what the shop's people wrote: {商品} and the like, filled without gaps; unknown names are told."""

import re
from collections.abc import Collection, Iterable, Mapping

_VARIABLE = re.compile(r"\{([^{}]{1,20})\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put `values` in. An empty one leaves neither gap nor doubled comma: 「{昵称}，您好」 becomes 「您好」."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    if all(values.values()):
        return text
    return re.sub(r"([，,。！!？?])[，,]+", r"\1", re.sub(r"^[，,、\s]+", "", text))


def unknown_variables(texts: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """Names in braces that nothing fills, so that no buyer ever reads braces."""
    found = (name for text in texts for name in _VARIABLE.findall(text))
    return tuple(dict.fromkeys(name for name in found if name not in known))

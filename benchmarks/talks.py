"""The load of a shop: talks of two to six messages, mixed as an online shop's are, from a fixed seed.

What buyers ask about follows the weights below (parcels and goods most, people and complaints seldom), so about one
message in fifty asks for a person or crosses a red line, and about one talk in ten is handed over. Six of ten talks
begin on a product's page. A third of the buyers are the sample shop's own, whose orders are looked up and whose
history grows; the rest are strangers. Messages of one talk come in order, of different talks mixed, each with an id
of its own. Every text is an utterance of the pack that was not made for this benchmark.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import xiaoer

_INTENTS = Path(xiaoer.__file__).parent / "packs" / "ecommerce" / "intents"
# Shares of what is asked, in per cent. Judgement, not a measurement of one shop.
_WEIGHTS = {"ship": 27, "product": 24, "promo": 9, "price": 5, "order": 12, "after": 10, "chat": 10, "oos": 1}
_PEOPLE = {"service.human": 1, "service.complaint": 0.5, "service.hours": 0.5}
_CHANNELS = ("api", "taobao", "jd", "douyin", "pdd")
_AT_ONCE = 2_000  # talks that go on together: a buyer writes every few seconds, not every few milliseconds
_OWN = 150  # buyers of the sample shop


def talks(total: int, seed: int) -> list[dict[str, object]]:
    """`total` bodies for `POST /api/v1/messages`."""
    draw = random.Random(seed)
    texts: dict[str, list[str]] = defaultdict(list)
    for path in sorted(_INTENTS.glob("*.txt")):
        key = path.stem if path.stem in _PEOPLE else path.stem.split(".")[0]
        lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
        texts[key] += [line for line in lines if line and not line.startswith("#")]
    kinds = [*_WEIGHTS, *_PEOPLE]
    weights = [*_WEIGHTS.values(), *_PEOPLE.values()]
    numbers = iter(range(total))
    open_talks: list[Iterator[dict[str, object]]] = []
    bodies: list[dict[str, object]] = []

    def talk(number: int) -> Iterator[dict[str, object]]:
        own = draw.random() < 1 / 3
        buyer = f"b-{draw.randint(1, _OWN):04d}" if own else f"bench-{seed}-{number}"
        channel = draw.choice(_CHANNELS)
        page = f"P1{draw.randint(0, 5)}{draw.randint(1, 12):02d}" if draw.random() < 0.6 else None
        for _ in range(draw.randint(2, 6)):
            kind = draw.choices(kinds, weights)[0]
            yield {
                "channel": channel,
                "buyer_id": buyer,
                "message_id": f"m-{seed}-{next(numbers)}",
                "content": {"type": "text", "text": draw.choice(texts[kind])},
                "context": {"entry": "product" if page else "home", "product_id": page},
            }

    begun = 0
    while len(bodies) < total:
        while len(open_talks) < min(_AT_ONCE, total // 4 + 1):
            open_talks.append(talk(begun))
            begun += 1
        at = draw.randrange(len(open_talks))
        body = next(open_talks[at], None)
        if body is None:
            open_talks.pop(at)
        else:
            bodies.append(body)
    return bodies

"""What a platform pushes (消息推送): check who sent it, then read it as facts.

A connector's `read_push` is pure: raw request in, `Pushed` out. A wrong signature is `Unauthorised`, a body
that cannot be read `InvalidBody`; both change nothing. Platforms deliver twice, late and in any order:

- every event carries an id made from the platform's own message id, or from the body when there is none, so
  that the second delivery is the same event;
- `should_apply` decides by the platform's time, then by stage, whether a fact is newer than what is known.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from xiaoer.connectors.payload import reading
from xiaoer.kernel.commerce import Shipment
from xiaoer.kernel.errors import InvalidBody, SourceUnavailable, Unauthorised
from xiaoer.kernel.events import Event
from xiaoer.kernel.ids import ShopId

_STAGES = {
    "order.created": 0,
    "order.paid": 1,
    "order.shipped": 2,
    "shipment.updated": 2,
    "order.delivered": 3,
    "order.refund_requested": 4,
    "order.refunded": 5,
    "order.closed": 6,
}


class Push(Struct, frozen=True):
    """One request as it came. Header names are lower case; `received_at` is ours."""

    shop: ShopId
    body: bytes
    received_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


class Pushed(Struct, frozen=True):
    """What a push says. `shipments` are whole traces; an event names in `data` the order or parcel to read again.

    `whole` events tell what those of `POST /api/v1/events` tell, amounts and lines too.
    `reply` is the body that the platform wants to see, always with status 200.
    """

    events: tuple[Event, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    reply: bytes = b'{"code":0,"msg":"success"}'
    reply_type: str = "application/json"
    whole: bool = False


class Version(Struct, frozen=True, order=True):
    """How new a fact is: the platform's time, then the stage, because many platforms count whole seconds."""

    at: datetime
    stage: int = 0


def version_of(event: Event) -> Version:
    return Version(event.at, _STAGES.get(event.type, 0))


def should_apply(old: Version | None, new: Version) -> bool:
    """Say whether a fact replaces what is known: nothing known, or strictly newer. A duplicate is not."""
    return old is None or (new.at, new.stage) > (old.at, old.stage)


def check_signature(expected: str, given: str, sender: str) -> None:
    """Compare signatures in constant time.

    Raises:
        Unauthorised: empty or different.
    """
    if not given or not hmac.compare_digest(expected.encode(), given.encode()):
        raise Unauthorised(f"The signature is not {sender}'s. Check the secret in the connector's settings.")


def secret_of(settings: Mapping[str, str], name: str) -> str:
    """Return the secret that pushes are signed with; an empty one would let anybody sign.

    Raises:
        Unauthorised: not set.
    """
    secret = settings.get(name, "")
    if not secret:
        raise Unauthorised(f"Pushes are refused until the setting {name} is filled in.")
    return secret


def json_body(body: bytes | str) -> Any:
    """Decode a pushed JSON body, keeping decimal numbers as text.

    Raises:
        InvalidBody: not JSON.
    """
    try:
        return json.loads(body, parse_float=str)
    except (ValueError, RecursionError):
        raise InvalidBody("The pushed body is not JSON.") from None


def event_id(platform: str, *parts: str) -> str:
    """A stable id, short enough for every table: platform and a digest of what makes the message one."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]
    return f"{platform}:{digest}"


@contextmanager
def reading_push(sender: str) -> Iterator[None]:
    """Like `reading`, for a push: whatever cannot be read is the sender's bad body, told in the reader's own words."""
    told: InvalidBody | None = None
    try:
        with reading(sender):
            try:
                yield
            except InvalidBody as problem:
                told = problem
                raise
    except SourceUnavailable as problem:
        raise (told or InvalidBody(problem.detail)) from None

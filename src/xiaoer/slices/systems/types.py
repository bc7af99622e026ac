"""A shop's own systems (店铺系统): which connector answers which question."""

from datetime import datetime

from msgspec import Struct, field


class System(Struct, frozen=True):
    """One connected system. `ports` are those it serves here; `settings` hold secrets sealed by the vault.

    `token_ends_at` is known once a token was renewed; `token_refused` is the platform's code when the shop must
    authorise anew.
    """

    id: str
    connector: str
    title: str
    ports: tuple[str, ...]
    settings: dict[str, str] = field(default_factory=dict)
    enabled: bool = True
    updated_at: datetime | None = None
    token_ends_at: datetime | None = None
    token_refused: str = ""

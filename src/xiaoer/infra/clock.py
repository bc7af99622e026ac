"""The real clock, and one that tests and simulations move by hand."""

from datetime import UTC, datetime, timedelta


class SystemClock:
    """Reads the machine's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ManualClock:
    """Stands still until it is moved; shipped because simulations run in virtual time."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by

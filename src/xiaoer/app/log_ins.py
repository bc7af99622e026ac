"""Log-in tries (登录频率): a password cannot be guessed by trying, per account and address."""

import time

from xiaoer.kernel.errors import TooManyRequests

_MOST = 10
_WINDOW_S = 900.0
_KEPT = 10_000  # accounts remembered before the memory is emptied


class LogInTries:
    """Counts tries in this process."""

    def __init__(self) -> None:
        self._tries: dict[str, list[float]] = {}

    def check(self, key: str) -> None:
        """Count one try of `key` (account and address).

        Raises:
            TooManyRequests: more than ten in a row in a quarter of an hour.
        """
        now = time.monotonic()
        recent = [at for at in self._tries.get(key, []) if now - at < _WINDOW_S]
        if len(recent) >= _MOST:
            wait = int(_WINDOW_S - (now - recent[0])) + 1
            raise TooManyRequests("Too many log-ins. Wait some minutes.", retry_after_s=wait)
        self._tries[key] = [*recent, now]
        if len(self._tries) > _KEPT:
            self._tries.clear()

    def forget(self, key: str) -> None:
        """The password was right: the tries before it do not count."""
        self._tries.pop(key, None)

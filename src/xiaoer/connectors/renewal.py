"""Access tokens that a platform lets end (授权续期): how a connector renews them, and what it says when it may not.

Life times as the platforms give them: 淘宝 up to a year (only apps of its service market may renew), 京东 and 拼多多
a day and more, 抖店 seven days, 聚水潭 thirty. The refresh token may change with each renewal, so both are kept anew.
抖店 gives the same pair until an hour before the end; asking sooner changes nothing.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from xiaoer.connectors.payload import Json, instant, needed, text
from xiaoer.connectors.spec import Setting
from xiaoer.kernel.errors import XiaoerError

REFRESH = Setting("refresh_token", "Refresh Token（填了会在到期前自动续期）", secret=True, default="")


class Tokens(Struct, frozen=True):
    """What a renewal gave; `ends_at` is when `access` stops to hold."""

    access: str
    refresh: str
    ends_at: datetime


class RenewalRefused(XiaoerError):
    """The platform gives no new token: the shop must authorise anew. `said` is the platform's code."""

    code = "renewal_refused"
    status = 409

    def __init__(self, platform: str, said: str) -> None:
        super().__init__(f"{platform} gave no new token ({said}). Authorise the shop anew and enter the tokens.")
        self.said = said


def read_tokens(given: Json, old_refresh: str, now: datetime, *ends_at: str) -> Tokens:
    """A platform's answer: an instant in one of the fields `ends_at`, else seconds in `expires_in`.

    Raises:
        KeyError, ValueError: no token or no end in it.
    """
    end = next((found for name in ends_at if (found := instant(given.get(name)))), None)
    end = end or now + timedelta(seconds=_seconds(given["expires_in"]))
    return Tokens(needed(given, "access_token"), text(given, "refresh_token") or old_refresh, end)


def _seconds(value: Any) -> int:
    seconds = int(value)
    if seconds <= 0:
        raise ValueError("a token without a life")
    return seconds

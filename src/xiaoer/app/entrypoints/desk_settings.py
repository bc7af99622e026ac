"""`/api/v1/desk/settings`: business hours, holidays, limits of the desk, ratings (接待设置)."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from xiaoer.app.entrypoints.agents import BODY
from xiaoer.app.entrypoints.caller import caller, wiring
from xiaoer.app.http import describe, read_body, reply
from xiaoer.app.wiring import Wiring
from xiaoer.kernel.errors import InvalidBody
from xiaoer.kernel.ids import ShopId
from xiaoer.kernel.worktime import BusinessHours, clock_of, is_open, minutes_of, next_opening
from xiaoer.slices.desk.types import DeskSettings
from xiaoer.slices.shops.service import require_role
from xiaoer.slices.shops.types import Role

router = APIRouter(prefix="/api/v1/desk")
_Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_Span = tuple[_Clock, _Clock] | None
_Short = Annotated[str, Meta(min_length=1, max_length=64)]
_Seconds = Annotated[int, Meta(ge=10, le=86_400)]


class Hours(Struct, frozen=True):
    """When people are on duty. `weekly` by weekday (Monday "0"), `special` by date; null: nobody. A span that closes
    before it opens ends the next morning, equal times are the whole day."""

    opens: _Clock = "09:00"
    closes: _Clock = "23:00"
    weekly: Annotated[dict[_Short, _Span], Meta(max_length=7)] = {}
    special: Annotated[dict[_Short, _Span], Meta(max_length=400)] = {}


class SettingsIn(Struct, frozen=True, omit_defaults=True):
    """What changes; what is not named stays."""

    hours: Hours | None = None
    alarm_s: Annotated[int, Meta(ge=10, le=3600)] | None = None
    alarm_by_channel: Annotated[dict[_Short, Annotated[int, Meta(ge=10, le=3600)]], Meta(max_length=20)] | None = None
    reroute_s: _Seconds | None = None
    most_reroutes: Annotated[int, Meta(ge=0, le=10)] | None = None
    any_skill_after_s: _Seconds | None = None
    give_up_after_s: _Seconds | None = None
    idle_close_s: _Seconds | None = None
    handle_s: _Seconds | None = None
    csat: bool | None = None
    csat_bot: bool | None = None


class Settings(Struct, frozen=True):
    """What is in force, and whether somebody should be there now."""

    hours: Hours
    alarm_s: int
    alarm_by_channel: dict[str, int]
    reroute_s: int
    most_reroutes: int
    any_skill_after_s: int
    give_up_after_s: int
    idle_close_s: int
    handle_s: int
    csat: bool
    csat_bot: bool
    open_now: bool
    opens_at: datetime | None


@router.get("/settings", **describe("How the desk works", response=Settings, errors=(401,)))
async def get_settings(request: Request) -> Response:
    who, product = await caller(request), wiring(request)
    return reply(await _view(product, who.shop, await product.desk.set_up.settings(who.shop)))


@router.patch("/settings", **describe("Change how the desk works", request=SettingsIn, response=Settings,
              example={"alarm_s": 80, "hours": {"opens": "09:00", "closes": "22:00", "special": {"2026-10-01": None}}},
              errors=(401, 403, 422)))  # fmt: skip
async def change_settings(request: Request) -> Response:
    """By those who lead; kept in the audit. `hours` are changed as a whole."""
    who, product = await caller(request), wiring(request)
    require_role(who, Role.SUPERVISOR)
    body = await read_body(request, SettingsIn, BODY)
    hours = _hours(body.hours) if body.hours is not None else None
    named = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not None}
    named.pop("hours", None)
    changed = await product.desk.set_up.change(who, hours, named)
    await product.desk.forget_settings(who.shop)
    return reply(await _view(product, who.shop, changed))


def _hours(value: Hours) -> BusinessHours:
    """The same in minutes.

    Raises:
        InvalidBody: a weekday or a date that there is not.
    """

    def minutes(span: _Span) -> tuple[int, int] | None:
        return None if span is None else (minutes_of(span[0]), minutes_of(span[1]))

    if any(day not in "0123456" or len(day) != 1 for day in value.weekly):
        raise InvalidBody("`weekly` is keyed by weekday, Monday 0 to Sunday 6.")
    try:
        special = {date.fromisoformat(day).isoformat(): minutes(span) for day, span in value.special.items()}
    except ValueError:
        raise InvalidBody("`special` is keyed by dates such as 2026-10-01.") from None
    weekly = {int(day): minutes(span) for day, span in value.weekly.items()}
    return BusinessHours(minutes_of(value.opens), minutes_of(value.closes), weekly, special)


async def _view(product: Wiring, shop: ShopId, found: DeskSettings) -> Settings:
    kept, now = await product.desk.hours(shop), product.clock.now()

    def clocks(span: tuple[int, int] | None) -> _Span:
        return None if span is None else (clock_of(span[0]), clock_of(span[1]))

    hours = Hours(
        clock_of(kept.opens_min),
        clock_of(kept.closes_min),
        {str(day): clocks(span) for day, span in kept.weekly.items()},
        {day: clocks(span) for day, span in kept.special.items()},
    )
    names = [name for name in SettingsIn.__struct_fields__ if name != "hours"]
    values = {name: getattr(found, name) for name in names}
    return Settings(hours, **values, open_now=is_open(kept, now), opens_at=next_opening(kept, now))

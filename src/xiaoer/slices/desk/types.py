"""Agents, waiting conversations and the desk's settings, as the other rooms see them."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field

from xiaoer.kernel.ids import ConversationId, ShopId

AgentStatus = Literal["online", "paused", "offline"]
Skill = Literal["general", "pre_sale", "after_sales", "logistics", "complaints", "vip"]
Mode = Literal["auto", "assist", "shadow"]


class Agent(Struct, frozen=True):
    """坐席. `load` counts open conversations; no `skills` means all of them; `seen_at` is the last sign of life;
    `team` is the group (小组) whose canned replies he shares; one who left the shop is not `active`."""

    id: str
    name: str
    role: str = "agent"
    status: AgentStatus = "offline"
    capacity: int = 8
    load: int = 0
    skills: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    seen_at: datetime | None = None
    assigned_at: datetime | None = None
    team: str = ""
    active: bool = True


class Case(Struct, frozen=True):
    """What the desk knows of a conversation that people are asked to take. `from_seq` is its message number then;
    `helpers` are colleagues who were asked in: they may speak, the talk stays with the one who has it."""

    shop: ShopId
    conversation_id: ConversationId
    reason: str
    rule_id: str = ""
    skill: str = "general"
    category: str = ""
    language: str = ""
    urgency: str = "normal"
    anger: float = 0.0
    value_fen: int = 0
    vip: bool = False
    queued_at: datetime | None = None
    from_seq: int = 0
    previous_agent: str = ""
    wanted_agent: str = ""
    tried: tuple[str, ...] = ()
    told_position: int = 0
    assigned_at: datetime | None = None
    intents: tuple[str, ...] = ()
    wrap_up: str = ""
    invited_at: datetime | None = None
    helpers: tuple[str, ...] = ()


class Assign(Struct, frozen=True):
    """This agent takes it; `why` goes into the fact."""

    agent: Agent
    why: str


class Wait(Struct, frozen=True):
    """It stays in the queue; `why` is what the supervisor sees (达到接待上限 …)."""

    why: Literal["all_busy", "nobody_online"]


class LeaveTicket(Struct, frozen=True):
    """Nobody is on duty: the question becomes a ticket. `opens_at` is None when no opening is in sight."""

    opens_at: datetime | None


Route = Assign | Wait | LeaveTicket


class Modes(Struct, frozen=True):
    """Who sends: 全自动 the bot, 辅助 a person with the bot's draft, 影子 a person while the bot only records."""

    default: Mode = "auto"
    intents: dict[str, Mode] = field(default_factory=dict)
    auto_send_s: int | None = None


class DeskSettings(Struct, frozen=True):
    """What a shop sets for its desk; seconds unless named otherwise. Defaults follow the trade's conventions."""

    modes: Modes = Modes()
    mode_terms: dict[str, float] = field(default_factory=dict)  # the shop's own thresholds for changing modes
    alarm_s: int = 100  # 千牛 slow-reply reminder
    alarm_by_channel: dict[str, int] = field(default_factory=dict)  # platforms with a limit of their own
    csat: bool = True  # a rating is asked for when an agent closes
    csat_bot: bool = True  # and when a talk that only the bot had has ended
    reroute_s: int = 120
    most_reroutes: int = 2
    any_skill_after_s: int = 60
    give_up_after_s: int = 120  # nobody online in opening hours: the question becomes a ticket after this
    lost_after_s: int = 90
    idle_close_s: int = 1800
    handle_s: int = 240  # mean time of one talk, for the honest wait

    def alarm_of(self, channel: str) -> int:
        """Seconds after which an unanswered buyer of this channel is shown as slow."""
        return self.alarm_by_channel.get(channel, self.alarm_s)


class Mark(Struct, frozen=True):
    """What one agent keeps for himself about a conversation; `typed_at` is when he last wrote at an answer."""

    conversation_id: str
    read_seq: int = 0
    star: str | None = None
    typed_at: datetime | None = None


class Note(Struct, frozen=True):
    """注解: a private remark among colleagues, never shown to the buyer."""

    id: str
    conversation_id: str
    seq: int
    staff_id: str
    staff_name: str
    text: str
    at: datetime


class WrapUp(Struct, frozen=True):
    code: str
    label: str


Values = dict[str, Any]

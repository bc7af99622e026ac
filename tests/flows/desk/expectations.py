"""What the desk's scenarios may expect, any time:
b1 is with lin | bot | queue | closed · b1 is with lin or mei
b1 hears 排在第一位                  in what was said to b1 since b1's last words; `b1 never hears …` in all of it
the bot is silent for b1            since b1's last words
summary of b1 says 退货 · summary of b1 is at most 6 lines
b1 waits at place 2 · b1 waits for an answer · b1 waits for no answer · b1 has 1 unread for lin
b1 has 1 ticket · b1 has a return ticket · b1 has no ticket · a draft for b1
3 × conversation.assigned · b1 asked for skill after_sales · b1 handed over for low_confidence
"""

from tests.flows.desk.script import Play, step

from xiaoer.kernel.clock import SHOP_ZONE
from xiaoer.slices.assist import api as assist
from xiaoer.slices.desk import api as desk
from xiaoer.slices.insights.tables import events


@step(r"(b\d) is with ([\w ]+)")
async def _is_with(play: Play, buyer: str, wanted: str) -> None:
    talk = await play.talk(buyer)
    owner = talk.assigned_to if talk.state == "agent" else {"queued": "queue"}.get(talk.state, talk.state)
    assert owner in wanted.split(" or "), f"{buyer} is with {owner}, not {wanted}"


@step(r"(b\d) hears (.+) (\d) times?")
async def _times(play: Play, buyer: str, words: str, number: str) -> None:
    heard = [m.text for m in await play.said(buyer) if m.author != "buyer"]
    assert sum(words in text for text in heard) == int(number), heard


@step(r"(b\d) hears (.+)")
async def _hears(play: Play, buyer: str, words: str) -> None:
    heard = [m.text for m in await play.since_asked(buyer)]
    assert any(word in text for text in heard for word in words.split(" or ")), heard


@step(r"(b\d) never hears (.+)")
async def _never(play: Play, buyer: str, words: str) -> None:
    heard = [m.text for m in await play.said(buyer) if m.author != "buyer"]
    assert not any(words in text for text in heard), heard


@step(r"the bot (is silent for|answers) (b\d)")
async def _silent(play: Play, how: str, buyer: str) -> None:
    heard = [m.text for m in await play.since_asked(buyer) if m.author == "bot"]
    assert bool(heard) == (how == "answers"), heard


@step(r"summary of (b\d) (says|never says) (.+)")
async def _summary(play: Play, buyer: str, how: str, words: str) -> None:
    found = (await play.product.desk.detail.opened(play.shop, (await play.talk(buyer)).id)).summary
    assert len(found) <= 6, found
    assert (words in "\n".join(found)) == (how == "says"), found


@step(r"(b\d) waits at place (\d+)")
async def _place(play: Play, buyer: str, place: str) -> None:
    row = await play.product.desk.rows.one(play.shop, "lin", (await play.talk(buyer)).id)
    assert row is not None
    assert row.queue_position == int(place), row.queue_position


@step(r"(b\d) waits for (an|no) answer")
async def _waits(play: Play, buyer: str, how: str) -> None:
    row = await play.product.desk.rows.one(play.shop, "lin", (await play.talk(buyer)).id)
    assert row is not None
    assert (row.waiting_since is not None) == (how == "an"), row.waiting_since
    assert how == "an" or row.waiting_s == 0, row.waiting_s


@step(r"(b\d) has (\d+) unread for (\w+)")
async def _unread(play: Play, buyer: str, number: str, name: str) -> None:
    row = await play.product.desk.rows.one(play.shop, name, (await play.talk(buyer)).id)
    assert row is not None
    assert row.unread == int(number), row.unread


@step(r"(b\d) has (no|\d+) tickets?")
async def _tickets(play: Play, buyer: str, number: str) -> None:
    found = [t.title for t in await play.tickets(buyer)]
    assert len(found) == (0 if number == "no" else int(number)), found


@step(r"(b\d) has an? (\w+) ticket(?: due (\S+))?")
async def _ticket(play: Play, buyer: str, type_: str, due: str | None) -> None:
    found = [t for t in await play.tickets(buyer) if t.type == type_]
    assert found, [t.type for t in await play.tickets(buyer)]
    if due:
        at = found[0].due_at
        assert at is not None
        assert at.astimezone(SHOP_ZONE).strftime("%m-%dT%H:%M") == due, at


@step(r"the ticket of (b\d) (tells|never tells) (.+)")
async def _ticket_tells(play: Play, buyer: str, how: str, words: str) -> None:
    told = [f"{t.title} {t.fields}" for t in await play.tickets(buyer)]
    assert any(words in one for one in told) == (how == "tells"), told


@step(r"(a|no) draft for (b\d)(?: says (.+))?")
async def _draft(play: Play, which: str, buyer: str, words: str | None) -> None:
    suggested = await play.product.desk.suggest(play.person("lin"), (await play.talk(buyer)).id)
    drafts = [item.text for item in suggested.items if item.kind == "draft"]
    assert bool(drafts) == (which == "a"), suggested
    assert not words or words in drafts[0], drafts


@step(r"(a|no) suggestion for (b\d) says (.+)")
async def _suggestion(play: Play, which: str, buyer: str, words: str) -> None:
    suggested = await play.product.desk.suggest(play.person("lin"), (await play.talk(buyer)).id)
    assert any(words in item.text for item in suggested.items) == (which == "a"), suggested


@step(r"a next action for (b\d) is (.+)")
async def _action(play: Play, buyer: str, label: str) -> None:
    suggested = await play.product.desk.suggest(play.person("lin"), (await play.talk(buyer)).id)
    assert label in [action.label for action in suggested.next_actions], suggested


@step(r"(\d+) × ([\w.]+)")
async def _facts(play: Play, number: str, type_: str) -> None:
    query = events.select().where(events.c.shop == play.shop, events.c.type == type_)
    found = await play.product.db.read(lambda c: c.execute(query).all())
    assert len(found) == int(number), [row.data for row in found]


@step(r"(b\d) (asked for skill|handed over for) (\w+)")
async def _case(play: Play, buyer: str, what: str, wanted: str) -> None:
    talk = await play.talk(buyer)
    case = await play.product.db.read(lambda c: desk.get_case(c, play.shop, talk.id))
    assert case is not None
    found = case.skill if what == "asked for skill" else case.reason
    assert found == wanted, found


@step(r"(\w+) promised (b\d) until (\S+)")
async def _promised(play: Play, name: str, buyer: str, due: str) -> None:
    talk = await play.talk(buyer)
    found = await play.product.db.read(lambda c: assist.open_promises(c, play.shop, conversation_id=talk.id))
    kept = [(p.staff_id, p.due_at.astimezone(SHOP_ZONE).strftime("%m-%dT%H:%M")) for p in found]
    assert (name, due) in kept, kept


@step(r"nothing is promised to (b\d)")
async def _not_promised(play: Play, buyer: str) -> None:
    talk = await play.talk(buyer)
    found = await play.product.db.read(lambda c: assist.open_promises(c, play.shop, conversation_id=talk.id))
    assert not found, found


@step(r"the bot agreed in (\d+) of (\d+) on ([\w.]+)")
async def _agreed(play: Play, agreed: str, cases: str, intent: str) -> None:
    found = await play.product.db.read(lambda c: assist.agreement(c, play.shop, 0))
    assert (int(agreed), int(cases)) in [(one.agreed, one.cases) for one in found if one.intent == intent], found

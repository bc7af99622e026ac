"""Log-in, tokens and keys: who gets in, who does not, and how access ends."""

from collections.abc import Callable

import pytest

from xiaoer.infra.clock import SystemClock
from xiaoer.infra.crypto import sign_token
from xiaoer.infra.db import Database
from xiaoer.infra.settings import Settings
from xiaoer.kernel.errors import Conflict, Forbidden, InvalidBody, NotFound, Unauthorised
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId, ShopId
from xiaoer.kernel.turn import TurnContext
from xiaoer.slices.shops.service import Shops, require_role
from xiaoer.slices.shops.store import find_staff
from xiaoer.slices.shops.types import Principal, Role, Shop, Visitor

_SECRET = "a-secret-of-at-least-thirty-two-bytes"
_PASSWORD = "correct horse"


@pytest.fixture
def settings() -> Settings:
    return Settings(secret=_SECRET, api_key="")


@pytest.fixture
async def shops(db: Database, settings: Settings, shop: ShopId) -> Shops:
    """The service with one shop and one agent, 小美."""
    service = Shops(db, settings, SystemClock())
    await service.ensure_shop(shop, "小店")
    await service.add_staff(shop, "mei", "小美", Role.AGENT, _PASSWORD)
    return service


@pytest.fixture
def elsewhere(open_db: Callable[[], Database], settings: Settings) -> Callable[[], Shops]:
    """The service of another worker: same data, nothing remembered."""
    return lambda: Shops(open_db(), settings, SystemClock())


async def test_a_shop_is_created_once(shops: Shops, shop: ShopId) -> None:
    await shops.ensure_shop(shop, "另一个名字")
    assert (await shops.shop(shop)).name == "小店"


async def test_a_saved_shop_is_seen_at_once_by_the_same_worker(shops: Shops, shop: ShopId) -> None:
    await shops.save_shop(shop, Shop(shop, "新名字", switches={"burst": False}))
    saved = await shops.shop(shop)
    assert (saved.name, saved.switches) == ("新名字", {"burst": False})


async def test_an_unknown_shop_is_not_found(shops: Shops) -> None:
    with pytest.raises(NotFound):
        await shops.shop(ShopId("nowhere"))


async def test_the_right_password_gives_tokens_of_the_account(shops: Shops, shop: ShopId) -> None:
    pair = await shops.log_in(shop, "mei", _PASSWORD)
    caller = await shops.staff_principal(pair.access_token)
    assert (caller.shop, caller.role, caller.name, caller.staff_id) == (shop, Role.AGENT, "小美", pair.staff.id)


@pytest.mark.parametrize(("username", "password"), [("mei", "wrong"), ("nobody", _PASSWORD), ("mei", ""), ("", "")])
async def test_a_wrong_name_or_password_is_refused_with_the_same_words(
    shops: Shops, shop: ShopId, username: str, password: str
) -> None:
    with pytest.raises(Unauthorised, match="Username or password is wrong"):
        await shops.log_in(shop, username, password)


async def test_an_account_of_one_shop_does_not_open_another(shops: Shops) -> None:
    await shops.ensure_shop(ShopId("s2"), "别家")
    with pytest.raises(Unauthorised):
        await shops.log_in(ShopId("s2"), "mei", _PASSWORD)


async def test_a_short_password_and_a_taken_name_are_refused(shops: Shops, shop: ShopId) -> None:
    with pytest.raises(InvalidBody, match="8 characters"):
        await shops.add_staff(shop, "li", "小李", Role.AGENT, "short")
    with pytest.raises(Conflict, match="taken"):
        await shops.add_staff(shop, "mei", "小梅", Role.AGENT, _PASSWORD)


async def test_passwords_are_stored_as_argon2_hashes(shops: Shops, db: Database, shop: ShopId) -> None:
    found = await db.read(lambda c: find_staff(c, shop, "mei"))
    assert found is not None
    assert found[1].startswith("$argon2id$")
    assert _PASSWORD not in found[1]


async def test_a_refresh_token_works_once(shops: Shops, shop: ShopId) -> None:
    first = await shops.log_in(shop, "mei", _PASSWORD)
    second = await shops.renew(first.refresh_token)
    assert (await shops.staff_principal(second.access_token)).name == "小美"
    with pytest.raises(Unauthorised):
        await shops.renew(first.refresh_token)


async def test_a_refresh_token_used_twice_ends_the_session_for_both_holders(
    shops: Shops, shop: ShopId, elsewhere: Callable[[], Shops]
) -> None:
    first = await shops.log_in(shop, "mei", _PASSWORD)
    second = await shops.renew(first.refresh_token)
    with pytest.raises(Unauthorised):
        await shops.renew(first.refresh_token)
    with pytest.raises(Unauthorised):
        await shops.renew(second.refresh_token)
    with pytest.raises(Unauthorised, match="ended"):
        await elsewhere().staff_principal(second.access_token)


@pytest.mark.parametrize("token", ["", "x", "xr.s1.no-session.00", "xr.s1", "a.b.c.d.e"])
async def test_a_made_up_refresh_token_is_refused(shops: Shops, token: str) -> None:
    with pytest.raises(Unauthorised):
        await shops.renew(token)


async def test_logging_out_ends_the_session(shops: Shops, shop: ShopId) -> None:
    pair = await shops.log_in(shop, "mei", _PASSWORD)
    await shops.log_out(await shops.staff_principal(pair.access_token))
    with pytest.raises(Unauthorised):
        await shops.staff_principal(pair.access_token)
    with pytest.raises(Unauthorised):
        await shops.renew(pair.refresh_token)


async def test_an_account_that_is_switched_off_loses_its_sessions(shops: Shops, shop: ShopId) -> None:
    pair = await shops.log_in(shop, "mei", _PASSWORD)
    await shops.set_active(shop, pair.staff.id, active=False)
    with pytest.raises(Unauthorised):
        await shops.staff_principal(pair.access_token)
    with pytest.raises(Unauthorised):
        await shops.log_in(shop, "mei", _PASSWORD)
    await shops.set_active(shop, pair.staff.id, active=True)
    assert (await shops.log_in(shop, "mei", _PASSWORD)).staff.active


async def test_switching_an_unknown_account_is_not_found(shops: Shops, shop: ShopId) -> None:
    with pytest.raises(NotFound):
        await shops.set_active(shop, "nobody", active=False)


async def test_tokens_of_another_key_or_kind_are_refused(shops: Shops, shop: ShopId) -> None:
    claims = {"sub": "x", "shop": shop, "role": "owner", "sid": "x"}
    now = SystemClock().now()
    for token in (
        sign_token("another-secret-of-thirty-two-bytes!!", "staff", claims, now, 60),
        sign_token(_SECRET, "staff", claims, now, -1),
        shops.visitor_token(shop, BuyerId("b1")),
        "not-a-token",
    ):
        with pytest.raises(Unauthorised):
            await shops.staff_principal(token)


async def test_an_api_key_acts_for_its_shop_until_it_is_revoked(
    shops: Shops, shop: ShopId, elsewhere: Callable[[], Shops]
) -> None:
    key, secret = await shops.create_key(shop, "ERP")
    caller = await elsewhere().key_principal(secret)
    assert (caller.shop, caller.role, caller.key_id) == (shop, Role.OPERATOR, key.id)
    await shops.revoke_key(shop, key.id)
    with pytest.raises(Unauthorised):
        await shops.key_principal(secret)
    assert [(item.name, item.revoked_at is not None) for item in await shops.keys(shop)] == [("ERP", True)]


async def test_a_key_cannot_be_revoked_twice_or_by_another_shop(shops: Shops, shop: ShopId) -> None:
    key, _ = await shops.create_key(shop, "ERP")
    with pytest.raises(NotFound):
        await shops.revoke_key(ShopId("s2"), key.id)
    await shops.revoke_key(shop, key.id)
    with pytest.raises(NotFound):
        await shops.revoke_key(shop, key.id)


async def test_a_key_with_its_shop_changed_is_refused(shops: Shops, shop: ShopId) -> None:
    _, secret = await shops.create_key(shop, "ERP")
    with pytest.raises(Unauthorised):
        await shops.key_principal(secret.replace(f".{shop}.", ".s2."))


@pytest.mark.parametrize("key", ["", "x", "xk.s1", "xk.s1.00", "xr.s1.x.y"])
async def test_a_made_up_key_is_refused(shops: Shops, key: str) -> None:
    with pytest.raises(Unauthorised):
        await shops.key_principal(key)


async def test_the_key_of_the_environment_acts_for_the_default_shop(db: Database) -> None:
    service = Shops(db, Settings(secret=_SECRET, api_key="from-outside"), SystemClock())
    assert (await service.key_principal("from-outside")).shop == DEFAULT_SHOP
    with pytest.raises(Unauthorised):
        await service.key_principal("from-outside-2")


async def test_no_key_in_the_environment_means_no_empty_key(shops: Shops) -> None:
    with pytest.raises(Unauthorised):
        await shops.key_principal("")


def test_a_visitor_token_names_its_buyer_and_nobody_else(shops: Shops, shop: ShopId) -> None:
    context = TurnContext(entry="product", product_id="P1")
    token = shops.visitor_token(shop, BuyerId("b1"), verified=True, context=context)
    assert shops.read_visitor(token) == Visitor(shop, BuyerId("b1"), True, context)
    head, body, signature = token.split(".")
    for forged in (f"{head}.{body}.{signature[::-1]}", f"{head}.{body[:-2]}.{signature}", ""):
        with pytest.raises(Unauthorised):
            shops.read_visitor(forged)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.OWNER, True), (Role.SUPERVISOR, True), (Role.OPERATOR, False), (Role.AGENT, False)],
)
def test_only_the_named_roles_and_the_owner_pass(role: Role, allowed: bool) -> None:
    caller = Principal(ShopId("s1"), role)
    if allowed:
        require_role(caller, Role.SUPERVISOR)
        return
    with pytest.raises(Forbidden):
        require_role(caller, Role.SUPERVISOR)

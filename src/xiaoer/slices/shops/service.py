"""Log-in, tokens and keys (账号与密钥).

Access tokens are short and carry shop, role and session; the session row can be revoked, which is seen
within `_SESSION_CACHE_S`. Refresh tokens rotate: a token that is used twice ends its session, because one
of its two holders stole it. API keys name their shop, so even the key look-up is bound to one tenant.
"""

import asyncio
import hmac
import time
from datetime import timedelta

import msgspec

from xiaoer.infra.crypto import hash_password, hash_secret, new_secret, read_token, sign_token, verify_password
from xiaoer.infra.db import Database
from xiaoer.infra.idgen import new_id
from xiaoer.infra.settings import Settings
from xiaoer.kernel.clock import Clock
from xiaoer.kernel.errors import Forbidden, InvalidBody, NotFound, Unauthorised
from xiaoer.kernel.ids import DEFAULT_SHOP, BuyerId, ShopId
from xiaoer.kernel.turn import TurnContext
from xiaoer.slices.shops import api, store
from xiaoer.slices.shops.types import ApiKey, Principal, Role, Shop, Staff, TokenPair, Visitor

_SESSION_CACHE_S = 5.0
_MIN_PASSWORD = 8


class Shops:
    """The shop's front door for people and programs."""

    def __init__(self, db: Database, settings: Settings, clock: Clock) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock
        self._sessions: dict[str, float] = {}
        self._keys: dict[str, tuple[float, Principal]] = {}
        self._shops: dict[str, tuple[float, Shop]] = {}

    async def shop(self, shop: ShopId) -> Shop:
        """Return the shop; cached for a few seconds.

        Raises:
            NotFound: no such shop.
        """
        cached = self._shops.get(shop)
        if cached and cached[0] > time.monotonic():
            return cached[1]
        found = await self._db.read(lambda c: store.find_shop(c, shop))
        if found is None:
            raise NotFound("Shop", shop, "Create it with `xiaoer shop create`.")
        self._shops[shop] = (time.monotonic() + _SESSION_CACHE_S, found)
        return found

    async def ids(self) -> list[ShopId]:
        """Every shop of this installation; only for background work that visits them one by one."""
        return await self._db.read(store.shop_ids)

    async def save_shop(self, shop: ShopId, value: Shop) -> None:
        now = self._clock.now()
        await self._db.write(lambda c: store.save_shop(c, shop, value, now))
        self.forget_shop(shop)

    def forget_shop(self, shop: ShopId) -> None:
        """Read the shop anew at the next look: it was changed."""
        self._shops.pop(shop, None)

    async def ensure_shop(self, shop: ShopId, name: str) -> None:
        """Create the shop when it does not exist yet."""
        if await self._db.read(lambda c: store.find_shop(c, shop)) is None:
            await self.save_shop(shop, Shop(shop, name))

    async def add_staff(self, shop: ShopId, username: str, name: str, role: Role, password: str) -> Staff:
        """Create an account.

        Raises:
            Conflict: the username is taken. InvalidBody: the password is too short.
        """
        hashed, now = await self.hashed(password), self._clock.now()
        return await self._db.write(lambda c: api.add(c, shop, username, name, role, hashed, now))

    @staticmethod
    async def hashed(password: str) -> str:
        """What is kept of a password.

        Raises:
            InvalidBody: it is too short.
        """
        if len(password) < _MIN_PASSWORD:
            raise InvalidBody(f"A password needs at least {_MIN_PASSWORD} characters.")
        return await asyncio.to_thread(hash_password, password)

    async def staff(self, shop: ShopId) -> list[Staff]:
        return await self._db.read(lambda c: store.list_staff(c, shop))

    async def set_active(self, shop: ShopId, staff_id: str, active: bool) -> None:
        """Switch an account on or off; switching off ends its sessions."""
        now = self._clock.now()
        await self._db.write(lambda c: api.change(c, shop, staff_id, now, active=active))
        self.forget_sessions()

    def forget_sessions(self) -> None:
        """Look at every session anew: an account was changed."""
        self._sessions.clear()

    async def log_in(self, shop: ShopId, username: str, password: str) -> TokenPair:
        """Exchange a password for tokens.

        Raises:
            Unauthorised: wrong name or password, or the account is switched off.
        """
        found = await self._db.read(lambda c: store.find_staff(c, shop, username))
        right = await asyncio.to_thread(verify_password, found[1] if found else None, password)
        if not right or found is None or not found[0].active:
            raise Unauthorised("Username or password is wrong, or the account is switched off.")
        session_id = new_id()
        refresh = new_secret(f"xr.{shop}.{session_id}")
        now = self._clock.now()
        expires = now + timedelta(seconds=self._settings.refresh_token_s)
        await self._db.write(
            lambda c: store.add_session(c, shop, session_id, found[0].id, hash_secret(refresh), expires)
        )
        return self._pair(found[0], session_id, refresh)

    def _pair(self, member: Staff, session_id: str, refresh: str) -> TokenPair:
        life = self._settings.access_token_s
        claims = {"sub": member.id, "shop": member.shop, "role": member.role, "name": member.name, "sid": session_id}
        access = sign_token(self._settings.secret_key, "staff", claims, self._clock.now(), life)
        return TokenPair(access, refresh, life, member)

    async def renew(self, refresh: str) -> TokenPair:
        """Exchange a refresh token for a new pair; the old one is spent.

        Raises:
            Unauthorised: unknown, expired, revoked or used before.
        """
        refused = Unauthorised("The refresh token is not in force. Log in again.")
        try:
            _, shop_text, session_id, _ = refresh.split(".")
        except ValueError:
            raise refused from None
        shop, now, fresh = ShopId(shop_text), self._clock.now(), new_secret(f"xr.{shop_text}.{session_id}")
        found = await self._db.read(lambda c: store.live_session(c, shop, session_id, now))
        if found is None:
            raise refused
        old = hash_secret(refresh)
        if not hmac.compare_digest(found[1], old) or not await self._db.write(
            lambda c: store.rotate_session(c, shop, session_id, old, hash_secret(fresh))
        ):
            await self._db.write(lambda c: store.revoke_sessions(c, shop, now, session_id=session_id))
            raise refused
        member = await self._db.read(lambda c: store.get_staff(c, shop, found[0]))
        if member is None or not member.active:
            raise refused
        return self._pair(member, session_id, fresh)

    async def log_out(self, principal: Principal) -> None:
        now = self._clock.now()
        await self._db.write(lambda c: store.revoke_sessions(c, principal.shop, now, session_id=principal.session_id))
        self._sessions.pop(principal.session_id, None)

    async def staff_principal(self, token: str) -> Principal:
        """Who holds this access token.

        Raises:
            Unauthorised: forged, expired, or its session was revoked.
        """
        claims = read_token(self._settings.secret_key, "staff", token)
        shop, session_id = ShopId(claims["shop"]), str(claims["sid"])
        if not await self.is_live(shop, session_id):
            raise Unauthorised("This session has ended. Log in again.")
        return Principal(shop, Role(claims["role"]), str(claims["sub"]), str(claims.get("name", "")), session_id)

    async def is_live(self, shop: ShopId, session_id: str) -> bool:
        """Whether a log-in session is in force; looked at anew every few seconds."""
        if self._sessions.get(session_id, 0.0) < time.monotonic():
            now = self._clock.now()
            if await self._db.read(lambda c: store.live_session(c, shop, session_id, now)) is None:
                return False
            self._sessions[session_id] = time.monotonic() + _SESSION_CACHE_S
        return True

    async def key_principal(self, key: str) -> Principal:
        """Which program holds this API key; keys act with the operator's rights.

        Raises:
            Unauthorised: unknown or revoked.
        """
        configured = self._settings.api_key
        if configured and hmac.compare_digest(configured.encode(), key.encode()):
            return Principal(DEFAULT_SHOP, Role.OPERATOR, key_id="environment", name="API")
        cached = self._keys.get(key)
        if cached and cached[0] > time.monotonic():
            return cached[1]
        parts = key.split(".")
        if len(parts) != 3 or parts[0] != "xk":
            raise Unauthorised("The API key is not known. Make one with `xiaoer key create`.")
        shop, hashed = ShopId(parts[1]), hash_secret(key)
        found = await self._db.read(lambda c: store.find_key(c, shop, hashed))
        if found is None:
            raise Unauthorised("The API key is not known. Make one with `xiaoer key create`.")
        principal = Principal(shop, Role.OPERATOR, key_id=found.id, name=found.name)
        self._keys[key] = (time.monotonic() + _SESSION_CACHE_S, principal)
        return principal

    async def create_key(self, shop: ShopId, name: str) -> tuple[ApiKey, str]:
        """Make a key and return it with its secret, which is shown this once."""
        if "." in shop:
            raise InvalidBody("A shop id with a dot cannot have API keys.")
        secret, key_id, now = new_secret(f"xk.{shop}"), new_id(), self._clock.now()
        await self._db.write(lambda c: store.add_key(c, shop, key_id, name, hash_secret(secret), now))
        return ApiKey(key_id, name, now), secret

    async def keys(self, shop: ShopId) -> list[ApiKey]:
        return await self._db.read(lambda c: store.list_keys(c, shop))

    async def revoke_key(self, shop: ShopId, key_id: str) -> None:
        now = self._clock.now()
        if not await self._db.write(lambda c: store.revoke_key(c, shop, key_id, now)):
            raise NotFound("API key", key_id)
        self._keys.clear()

    def visitor_token(
        self, shop: ShopId, buyer_id: BuyerId, *, verified: bool = False, context: TurnContext | None = None
    ) -> str:
        """A signed token for one visit of a buyer: where it began, and whether the shop's own log-in vouches for it."""
        claims = {"shop": shop, "sub": buyer_id, "v": int(verified), "c": msgspec.to_builtins(context or TurnContext())}
        life = self._settings.visitor_token_s
        return sign_token(self._settings.secret_key, "visitor", claims, self._clock.now(), life)

    def read_visitor(self, token: str) -> Visitor:
        """Who holds a visitor token.

        Raises:
            Unauthorised: forged or expired.
        """
        claims = read_token(self._settings.secret_key, "visitor", token)
        context = msgspec.convert(claims.get("c") or {}, TurnContext)
        return Visitor(ShopId(claims["shop"]), BuyerId(claims["sub"]), bool(claims.get("v")), context)


def require_role(principal: Principal, *roles: Role) -> None:
    """Refuse a caller whose role is not among `roles`; the owner may do everything.

    Raises:
        Forbidden: the role does not allow it.
    """
    if principal.role is not Role.OWNER and principal.role not in roles:
        raise Forbidden(f"The role {principal.role} may not do this. Ask the shop's owner.")

"""Secrets: password hashes (argon2id), signed tokens (JWT HS256), hashed random keys.

Random keys carry 192 bits, so a plain SHA-256 is enough to store them; passwords do not, so they get
argon2id with the OWASP parameters (19 MiB, 2 passes, about 17 ms: run it off the event loop).
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from xiaoer.kernel.errors import Unauthorised

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# The hash of a password of nobody, by the same parameters: checking against it takes as long as against a real one.
_ABSENT = "$argon2id$v=19$m=19456,t=2,p=1$PAHGxUEqt02i9y+mQM2ShA$dydBzrFaFTFRW0vaYWkzrKEkTZfJsgkx5woN9tFPKi0"


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Check a password; takes the same time when there is no account (`stored` None)."""
    try:
        return _HASHER.verify(stored or _ABSENT, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def new_secret(prefix: str) -> str:
    """A fresh random key such as `xk.default.3f…`; show it once, store `hash_secret` of it."""
    return f"{prefix}.{secrets.token_hex(24)}"


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def sign_token(key: str, kind: str, claims: dict[str, Any], now: datetime, life_s: int) -> str:
    """Sign `claims` for `life_s` seconds; `kind` keeps one sort of token from being used as another."""
    return jwt.encode({**claims, "kind": kind, "exp": now + timedelta(seconds=life_s)}, key, algorithm="HS256")


def read_token(key: str, kind: str, token: str) -> dict[str, Any]:
    """Return the claims of a live token of this kind.

    Raises:
        Unauthorised: forged, expired, or of another kind.
    """
    try:
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=["HS256"], options={"require": ["exp"]})
    except jwt.ExpiredSignatureError:
        raise Unauthorised("The token has expired. Log in again or renew it.") from None
    except jwt.InvalidTokenError:
        raise Unauthorised("The token is not one of ours. Log in again.") from None
    if claims.get("kind") != kind:
        raise Unauthorised(f"This is not a {kind} token. Log in again.")
    return claims

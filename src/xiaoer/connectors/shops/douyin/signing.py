"""抖店 signatures: HMAC-SHA256 over fixed fields for calls, MD5 for pushes; business JSON in one canonical form."""

import hashlib
import hmac
import json
from typing import Any


def canonical(business: Any) -> str:
    """The JSON that is signed and sent: keys sorted at every level, no blanks, characters as they are."""
    return json.dumps(business, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def sign(app_key: str, method: str, param_json: str, timestamp: str, secret: str) -> str:
    joined = f"app_key{app_key}method{method}param_json{param_json}timestamp{timestamp}v2"
    return hmac.new(secret.encode(), f"{secret}{joined}{secret}".encode(), hashlib.sha256).hexdigest()


def sign_push(app_key: str, body: str, secret: str) -> str:
    return hashlib.md5(f"{app_key}{body}{secret}".encode(), usedforsecurity=False).hexdigest()

"""The generic HTTP contract's signature: HMAC-SHA256 over method, target, time and body (docs/connectors.md)."""

import hashlib
import hmac


def sign(secret: str, method: str, target: str, timestamp: str, body: bytes = b"") -> str:
    """`target` is path and query as sent; `timestamp` epoch seconds."""
    head = f"{method}\n{target}\n{timestamp}\n".encode()
    return hmac.new(secret.encode(), head + body, hashlib.sha256).hexdigest()

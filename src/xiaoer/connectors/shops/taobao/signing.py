"""Taobao (TOP) signatures: all parameters sorted, names and values run together, secret around or as key."""

import hashlib
import hmac
from collections.abc import Mapping


def sign(params: Mapping[str, str], secret: str, method: str = "md5") -> str:
    """Sign the parameters that are sent; empty ones and `sign` itself do not count.

    `method` is `md5`, `hmac` (HMAC-MD5) or `hmac-sha256`.
    """
    joined = "".join(f"{name}{params[name]}" for name in sorted(params) if name != "sign" and params[name] != "")
    if method == "md5":
        return hashlib.md5(f"{secret}{joined}{secret}".encode(), usedforsecurity=False).hexdigest().upper()
    digest = "sha256" if method == "hmac-sha256" else "md5"
    return hmac.new(secret.encode(), joined.encode(), digest).hexdigest().upper()

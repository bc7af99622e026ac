"""Pinduoduo signature: secret around the sorted names and values, MD5, upper case."""

import hashlib
from collections.abc import Mapping


def sign(params: Mapping[str, str], secret: str) -> str:
    joined = "".join(f"{name}{params[name]}" for name in sorted(params) if name != "sign")
    return hashlib.md5(f"{secret}{joined}{secret}".encode(), usedforsecurity=False).hexdigest().upper()

"""聚水潭 signature: MD5 over secret, then the sorted names and values; lower case."""

import hashlib
from collections.abc import Mapping


def sign(params: Mapping[str, str], secret: str) -> str:
    joined = "".join(f"{name}{params[name]}" for name in sorted(params) if name != "sign")
    return hashlib.md5(f"{secret}{joined}".encode(), usedforsecurity=False).hexdigest()

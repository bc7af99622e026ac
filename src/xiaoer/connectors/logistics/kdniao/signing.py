"""快递鸟 signature: base64 of the hex MD5 of the JSON and the AppKey; the same for queries and pushes."""

import base64
import hashlib


def sign(request_data: str, app_key: str) -> str:
    digest = hashlib.md5((request_data + app_key).encode(), usedforsecurity=False).hexdigest()
    return base64.b64encode(digest.encode()).decode()

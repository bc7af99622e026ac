"""有赞 push signature: MD5 over client id, body and client secret. Calls carry a token instead."""

import hashlib


def sign_push(client_id: str, body: str, client_secret: str) -> str:
    return hashlib.md5(f"{client_id}{body}{client_secret}".encode(), usedforsecurity=False).hexdigest()

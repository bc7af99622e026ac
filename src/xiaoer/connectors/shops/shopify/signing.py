"""Shopify webhook signature: base64 of the HMAC-SHA256 of the raw body. Calls carry a token instead."""

import base64
import hashlib
import hmac


def sign_push(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()

"""Group robots (群机器人) of 企业微信, 钉钉 and 飞书: the body each wants, and how the last two are signed.

Sources: the platforms' own pages on custom robots. 企业微信 is authorised by the key in its address alone. 钉钉 adds
`timestamp` (milliseconds) and `sign` to the address: base64(HMAC-SHA256(secret, timestamp + "\\n" + secret)). 飞书 puts
`timestamp` (seconds) and `sign` into the body: base64(HMAC-SHA256(key = timestamp + "\\n" + secret, nothing)).
All three answer 200 with a code that is 0 when the message was taken.
"""

import base64
import hashlib
import hmac
from typing import Any

from msgspec import Struct

KINDS = ("wecom", "dingtalk", "feishu", "webhook")
_LIMITS = {"wecom": 4_000, "dingtalk": 18_000, "feishu": 18_000, "webhook": 200_000}  # bytes of the text


class Message(Struct, frozen=True):
    """A request as it goes out."""

    url: str
    body: dict[str, Any]


def compose(kind: str, url: str, secret: str, title: str, text: str, now_ms: int) -> Message:
    """The message for a robot; a text that is too long is cut at a line."""
    text = _cut(text, _LIMITS[kind])
    match kind:
        case "wecom":
            return Message(url, {"msgtype": "markdown", "markdown": {"content": f"**{title}**\n{text}"}})
        case "dingtalk":
            body = {"msgtype": "markdown", "markdown": {"title": title, "text": f"### {title}\n\n" + _lines(text)}}
            if not secret:
                return Message(url, body)
            joint = "&" if "?" in url else "?"
            return Message(f"{url}{joint}timestamp={now_ms}&sign={_in_address(sign_dingtalk(secret, now_ms))}", body)
        case "feishu":
            said: dict[str, Any] = {"msg_type": "text", "content": {"text": f"{title}\n{text}"}}
            if secret:
                said |= {"timestamp": str(now_ms // 1000), "sign": sign_feishu(secret, now_ms // 1000)}
            return Message(url, said)
    return Message(url, {"title": title, "text": text})


def sign_dingtalk(secret: str, now_ms: int) -> str:
    """The signature of 钉钉."""
    told = f"{now_ms}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), told, hashlib.sha256).digest()).decode()


def sign_feishu(secret: str, now_s: int) -> str:
    """The signature of 飞书: the secret is part of the key, the message is empty."""
    return base64.b64encode(hmac.new(f"{now_s}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def refusal(kind: str, answer: dict[str, Any]) -> str:
    """Why a robot did not take the message; "" when it did."""
    code = answer.get("code", answer.get("StatusCode", 0)) if kind == "feishu" else answer.get("errcode", 0)
    if kind == "webhook" or code in (0, "0"):
        return ""
    return f"{code} {answer.get('errmsg') or answer.get('msg') or ''}".strip()


def _in_address(signature: str) -> str:
    """Base64 as an address may hold it."""
    return signature.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def _lines(text: str) -> str:
    return "\n\n".join(line for line in text.split("\n") if line.strip())


def _cut(text: str, most: int) -> str:
    if len(text.encode()) <= most:
        return text
    kept: list[str] = []
    size = 0
    for line in text.split("\n"):
        size += len(line.encode()) + 1
        if size > most - 20:
            break
        kept.append(line)
    return "\n".join([*kept, "……"])

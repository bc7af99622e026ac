"""Callbacks of the WeChat family (微信客服, 公众号, 微信小店): signature, encryption, and their small XML.

Safe mode: SHA-1 over the sorted token, timestamp, nonce and ciphertext; AES-256-CBC with PKCS#7 padding to
32 bytes; inside, 16 random bytes, a length, the message and the receiver's id.
"""

import base64
import hashlib
from binascii import Error as Base64Error
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from xiaoer.kernel.errors import InvalidBody, Unauthorised

_BLOCK = 32
_MAX_DEPTH = 12


def sign(*parts: str) -> str:
    """Sign token, timestamp, nonce and, in safe mode, the ciphertext."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def decrypt(encrypted: str, encoding_aes_key: str, receiver: str) -> str:
    """Return the message inside.

    Raises:
        Unauthorised: the key does not fit, or the message is for somebody else.
    """
    try:
        key = base64.b64decode(encoding_aes_key + "=")
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        padded = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
        if not padded or not 1 <= padded[-1] <= _BLOCK:
            raise ValueError("padding")
        plain = padded[: -padded[-1]]
        length = int.from_bytes(plain[16:20], "big")
        if len(plain) < 20 + length:
            raise ValueError("length")
        message, to = plain[20 : 20 + length].decode(), plain[20 + length :].decode()
    except (Base64Error, ValueError):
        raise Unauthorised("The message cannot be decrypted. Check the EncodingAESKey.") from None
    if to != receiver:
        raise Unauthorised("The message is for another receiver. Check the app id.")
    return message


def encrypt(message: str, encoding_aes_key: str, receiver: str, random16: bytes) -> str:
    """Encrypt an answer in safe mode; `random16` are 16 fresh random bytes."""
    key = base64.b64decode(encoding_aes_key + "=")
    content = message.encode()
    plain = random16 + len(content).to_bytes(4, "big") + content + receiver.encode()
    pad = _BLOCK - len(plain) % _BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()


def read_xml(body: bytes | str) -> dict[str, Any]:
    """Read `<xml><A>1</A><B><C>2</C></B></xml>` as nested dicts; a document type is refused.

    Raises:
        InvalidBody: not such XML.
    """
    root: dict[str, Any] = {}
    open_nodes: list[dict[str, Any]] = [root]
    names: list[str] = []
    texts: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        if len(open_nodes) > _MAX_DEPTH:
            raise InvalidBody("The XML is nested too deeply.")
        open_nodes.append({})
        names.append(name)
        texts.append("")

    def end(_: str) -> None:
        node, name, said = open_nodes.pop(), names.pop(), texts.pop()
        open_nodes[-1][name] = node or said.strip()

    def character(data: str) -> None:
        if texts:
            texts[-1] += data

    def doctype(*_: Any) -> None:
        raise InvalidBody("A document type is not allowed in the XML.")

    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = character, doctype
    try:
        parser.Parse(body, True)
    except (ExpatError, ValueError):
        raise InvalidBody("The body is not XML.") from None
    inner: Any = next(iter(root.values()), {})
    return inner if isinstance(inner, dict) else {}

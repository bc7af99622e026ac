"""Files that people send (附件): the kind is told by the content, never by the name; stored under random names."""

import asyncio
import secrets
from pathlib import Path

from fastapi import Request
from msgspec import Struct

from xiaoer.app.http import read_upload
from xiaoer.kernel.errors import InvalidBody

PICTURES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
FILES = {
    **PICTURES,
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "mp4": "video/mp4",
}
_MAGIC = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"%PDF-": "pdf"}
_LONGEST_NAME = 120


class Received(Struct, frozen=True):
    """One file: `kind` is a key of `FILES`, `name` what the sender called it."""

    name: str
    kind: str
    data: bytes


async def receive(request: Request, kinds: dict[str, str], limit: int) -> Received:
    """Read the multipart field `file` of at most `limit` bytes.

    Raises:
        InvalidBody: no file, or of a kind that is not taken. TooLarge: more bytes.
    """
    file = await read_upload(request, limit)
    data = await file.read()
    kind = _kind(data)
    if kind not in kinds:
        raise InvalidBody(f"Only {', '.join(sorted(kinds)).upper()} are accepted, told by the content of the file.")
    name = "".join(c for c in (file.filename or "") if c.isprintable() and c not in '/\\"')[-_LONGEST_NAME:]
    return Received(name or f"file.{kind}", kind, data)


async def keep(folder: Path, received: Received) -> str:
    """Write it below `folder`; returns the name that it got."""
    name = f"{secrets.token_hex(16)}.{received.kind}"
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    await asyncio.to_thread((folder / name).write_bytes, received.data)
    return name


def _kind(data: bytes) -> str:
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        return "mp4"
    if data[:4] == b"PK\x03\x04":
        head = data[:4096] + data[-65_536:]
        return "xlsx" if b"xl/" in head else "docx" if b"word/" in head else ""
    return ""

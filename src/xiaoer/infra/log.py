"""The log: one JSON object a line, on standard error, ids and reasons only.

Callers log ids. As a second fence, every text in a line is searched for mobile numbers, ID cards, long card
numbers, e-mail addresses and bearer tokens before it is written; what is found is masked. Numbers of other
lengths (order numbers have 17 to 19 digits) and our own ids stay readable.
"""

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

import msgspec
import structlog

_DEEPEST = 4  # levels of a nested value that are searched; below that it is cut off
_LONGEST = 4_000  # characters of one text that are kept
_MOBILE = re.compile(r"(?<![0-9])(1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9])")
_MOBILE_IN_GROUPS = re.compile(r"(?<![0-9])(1[3-9][0-9])[- ][0-9]{4}[- ]([0-9]{4})(?![0-9])")
_ID_CARD = re.compile(
    r"(?<![0-9A-Za-z])([1-9][0-9]{2})[0-9]{3}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9]{4}([0-9Xx])(?![0-9A-Za-z])"
)
_CARD = re.compile(r"(?<![0-9])(?:62[0-9]{10}(?:[0-9]{3})?|[45][0-9]{11})([0-9]{4})(?![0-9])")
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9_])[A-Za-z0-9._%+-]{0,63}@([A-Za-z0-9.-]{1,120}\.[A-Za-z]{2,10})")
_SECRET = re.compile(
    r"\b(x[kr]\.[^.\s]{1,64}\.)[A-Za-z0-9.]{16,120}|\beyJ[A-Za-z0-9_-]{8,400}(?:\.[A-Za-z0-9_-]{4,4000}){1,2}"
)
_URL_PASSWORD = re.compile(r"(://[^\s/:@]{1,64}:)[^\s/@]{1,128}@")


def mask_line(text: str) -> str:
    """Mask what looks like personal data or a secret in a text of a log line."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    text = _URL_PASSWORD.sub(r"\1***@", text)
    text = _SECRET.sub(lambda match: f"{match[1] or ''}***", text)
    text = _ID_CARD.sub(r"\1***********\2", text)
    text = _CARD.sub(r"************\1", text)
    text = _MOBILE.sub(r"\1****\2", text)
    text = _MOBILE_IN_GROUPS.sub(r"\1****\2", text)
    return _EMAIL.sub(r"\1***@\2", text)


def _masked(value: Any, depth: int = 0) -> Any:
    match value:
        case str():
            return mask_line(value)
        case bool() | None | float():
            return value
        case int():
            return value if abs(value) < 10**10 else mask_line(str(value))
        case _ if depth >= _DEEPEST:
            return "…"
        case dict():
            return {str(key): _masked(item, depth + 1) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(item, depth + 1) for item in value]
        case _:
            return mask_line(str(value))


def mask_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that masks every value of a line."""
    return {key: _masked(value) for key, value in event.items()}


def _as_json(event: Any, **_options: Callable[[Any], Any]) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


def set_up_logging(level: str = "info", stream: TextIO | None = None) -> None:
    """Send our own and every library's lines to `stream` (standard error) as masked JSON.

    Raises:
        ValueError: `level` is not one of debug, info, warning, error.
    """
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        raise ValueError(f"Log level {level!r} is not known. Set XIAOER_LOG_LEVEL to debug, info, warning or error.")
    stream = stream or sys.stderr
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_as_json)],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_as_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(number)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)  # one line a request costs more than it tells
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # a dozen lines for every PDF

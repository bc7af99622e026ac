"""Problem documents (RFC 9457): the one shape of every error that leaves the API."""

from typing import Any

import msgspec
from starlette.responses import Response

PROBLEM = "application/problem+json"
_PROBLEMS = "https://xiaoer.dev/problems/"


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem document (RFC 9457). `code` is stable; `detail` says what to do next, `told` the same in Chinese where
    there are words for it. `against` names what stands against it, one by one (golden questions that would break)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    told: str = ""
    against: tuple[Any, ...] = ()


TITLES = {
    400: "Bad request",
    401: "Not authorised",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    422: "Body cannot be used",
    429: "Too many requests",
    500: "Server error",
    503: "Unavailable",
}


def problem(
    status: int,
    code: str,
    detail: str,
    headers: dict[str, str] | None = None,
    told: str = "",
    against: tuple[Any, ...] = (),
) -> Response:
    """A problem response."""
    found = Problem(_PROBLEMS + code, TITLES.get(status, "Error"), status, code, detail, told, against)
    return Response(msgspec.json.encode(found), status, headers, PROBLEM)

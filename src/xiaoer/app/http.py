"""HTTP plumbing: bodies in, JSON out, problems as RFC 9457, and the OpenAPI document from the same types.

Bodies are msgspec structs: decoding validates, and the same struct gives the schema. Every expected
failure is a `XiaoerError`; anything else is logged and answered as 500 without a word about its inside.
"""

from typing import Any, TypeVar

import msgspec
import structlog
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from xiaoer.kernel.errors import InvalidBody, TooLarge, TooManyRequests, XiaoerError

T = TypeVar("T")
_log = structlog.get_logger(__name__)
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}
_DOCUMENTED: dict[str, Any] = {}
PROBLEM = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem document (RFC 9457). `code` is stable; `detail` says what to do next."""

    type: str
    title: str
    status: int
    code: str
    detail: str


_TITLES = {
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


def problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    """A problem response."""
    body = Problem(f"https://xiaoer.dev/problems/{code}", _TITLES.get(status, "Error"), status, code, detail)
    return Response(_ENCODER.encode(body), status, headers, PROBLEM)


def reply(value: Any, status: int = 200) -> Response:
    """A JSON response of any msgspec-encodable value."""
    return Response(_ENCODER.encode(value), status, media_type="application/json")


async def read_body(request: Request, type_: type[T], limit: int) -> T:
    """Read and validate a JSON body of at most `limit` bytes.

    Raises:
        TooLarge: the body is longer. InvalidBody: not JSON, or not of this shape (the path is named).
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise TooLarge(f"The body has {declared} bytes, at most {limit} are accepted.")
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"The body is longer than {limit} bytes.")
        chunks.append(chunk)
    decoder = _DECODERS.get(type_)
    if decoder is None:
        decoder = _DECODERS[type_] = msgspec.json.Decoder(type_)
    try:
        return decoder.decode(b"".join(chunks))  # type: ignore[no-any-return]
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidBody(f"The body cannot be used: {error}") from None


def describe(
    summary: str,
    *,
    request: Any = None,
    response: Any = None,
    example: Any = None,
    errors: tuple[int, ...] = (401, 422),
    status: int = 200,
) -> dict[str, Any]:
    """Keyword arguments for a route: its documentation from msgspec types."""
    responses: dict[str, Any] = {str(code): _problem_doc(code) for code in errors}
    ok: dict[str, Any] = {"description": "OK"}
    if response is not None:
        ok["content"] = {"application/json": {"schema": _schema(response)}}
    responses[str(status)] = ok
    extra: dict[str, Any] = {"responses": responses}
    if request is not None:
        content: dict[str, Any] = {"schema": _schema(request)}
        if example is not None:
            content["example"] = example
        extra["requestBody"] = {"required": True, "content": {"application/json": content}}
    return {"summary": summary, "openapi_extra": extra, "response_model": None, "status_code": status}


def _problem_doc(code: int) -> dict[str, Any]:
    return {"description": _TITLES.get(code, "Error"), "content": {PROBLEM: {"schema": _schema(Problem)}}}


def _schema(type_: Any) -> dict[str, Any]:
    (schema,), components = msgspec.json.schema_components([type_], ref_template="#/components/schemas/{name}")
    _DOCUMENTED.update(components)
    return schema


def install(app: FastAPI) -> None:
    """Give `app` the problem handlers and the complete OpenAPI document."""

    @app.exception_handler(XiaoerError)
    async def _expected(_request: Request, error: XiaoerError) -> Response:
        headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooManyRequests) else None
        if error.status == 401:
            headers = {"WWW-Authenticate": "Bearer"}
        return problem(error.status, error.code, error.detail, headers)

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> Response:
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
        return problem(error.status_code, code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        _log.error("request_failed", path=request.url.path, error=type(error).__name__, exc_info=error)
        return problem(500, "server_error", "Something went wrong here. It has been logged; try again in a moment.")

    make = app.openapi

    def _openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = make()
            document.setdefault("components", {}).setdefault("schemas", {}).update(_DOCUMENTED)
            document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    if not path.startswith(("/healthz", "/readyz", "/metrics", "/api/v1/auth", "/api/v1/widget")):
                        operation["security"] = [{"bearer": []}]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = _openapi  # type: ignore[method-assign]

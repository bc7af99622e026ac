"""HTTP plumbing: bodies in, JSON out, problems as RFC 9457, and the OpenAPI document from the same types.

Bodies are msgspec structs: decoding validates, and the same struct gives the schema. Every expected
failure is a `XiaoerError`; anything else is logged and answered as 500 without a word about its inside.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from xiaoer.app.problems import PROBLEM, TITLES, Problem, problem
from xiaoer.kernel.errors import InvalidBody, TooLarge, TooManyRequests, XiaoerError

T = TypeVar("T")
_DRAINED = 32 * 1_048_576  # bytes of a refused body that are read
_FORM_AROUND = 8_192  # bytes of a form besides its file
_log = structlog.get_logger(__name__)
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}
_DOCUMENTED: dict[str, Any] = {}
# `\u0000` and halves of surrogate pairs, as JSON escapes: the only way such characters arrive in valid UTF-8.
_UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_OPEN = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/v1/auth/login",
    "/api/v1/auth/refresh",
    "/api/v1/widget/sessions",
    "/api/v1/push/",
)

FILE_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        }
    },
}


def reply(value: Any, status: int = 200) -> Response:
    """A JSON response of any msgspec-encodable value."""
    return Response(_ENCODER.encode(value), status, media_type="application/json")


async def read_body(request: Request, type_: type[T], limit: int, *, cleans: tuple[str, ...] = ()) -> T:
    """Read and validate a JSON body of at most `limit` bytes.

    NUL and lone surrogates are refused, because a database cannot keep them; the fields named in `cleans` may
    hold NUL, because the caller takes it out.

    Raises:
        TooLarge: the body is longer. InvalidBody: not JSON, or not of this shape (the path is named).
    """
    return _decode(await read_raw(request, limit), type_, cleans)


async def read_raw(request: Request, limit: int) -> bytes:
    """Read a body of at most `limit` bytes as it came.

    Raises:
        TooLarge: the body is longer.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        await _drain(request)
        raise TooLarge(f"The body has {declared} bytes, at most {limit} are accepted.")
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"The body is longer than {limit} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


async def _drain(request: Request) -> None:
    """Read a body that is refused, so that its sender hears why: most read the answer only when all is sent."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _DRAINED:
            return


def _decode(raw: bytes, type_: type[T], cleans: tuple[str, ...]) -> T:
    decoder = _DECODERS.get(type_)
    if decoder is None:
        decoder = _DECODERS[type_] = msgspec.json.Decoder(type_)
    try:
        value: T = decoder.decode(raw)
        if _UNSTORABLE.search(raw):
            _check_characters(msgspec.json.decode(raw), cleans)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise InvalidBody(f"The body cannot be used: {_printable(str(error))}") from None
    return value


def _check_characters(value: Any, cleans: tuple[str, ...], key: str = "") -> None:
    """Refuse text that cannot be stored.

    Raises:
        InvalidBody: NUL or half of a surrogate pair, in a key or in a value.
    """
    match value:
        case str():
            if ("\x00" in value and key not in cleans) or _printable(value) != value:
                raise InvalidBody(f"The body cannot be used: {key or 'a text'} holds NUL or half of a character.")
        case dict():
            for name, inner in value.items():
                _check_characters(name, ())
                _check_characters(inner, cleans, name)
        case list():
            for inner in value:
                _check_characters(inner, cleans, key)


async def receive_frame(socket: WebSocket) -> str:
    """The next frame as text; bytes are read as UTF-8, so that a wrong kind of frame is an answerable mistake.

    Raises:
        WebSocketDisconnect: the other side hung up.
    """
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    return str(text) if text is not None else bytes(message.get("bytes") or b"").decode("utf-8", "replace")


def read_frame(raw: str, type_: type[T], limit: int, *, cleans: tuple[str, ...] = ()) -> T:
    """Validate a JSON frame of at most `limit` characters; `cleans` as in `read_body`.

    Raises:
        TooLarge: the frame is longer. InvalidBody: not JSON, not of this shape, or text that cannot be stored.
    """
    if len(raw) > limit:
        raise TooLarge(f"A frame may have at most {limit} characters.")
    return _decode(raw.encode("utf-8", "replace"), type_, cleans)


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


async def read_upload(request: Request, limit: int) -> UploadFile:
    """Read the multipart field `file` of at most `limit` bytes.

    Raises:
        TooLarge: it has more. InvalidBody: it is not a form, or has no file.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit + _FORM_AROUND:
        raise TooLarge(f"The form has {declared} bytes, a file may have at most {limit}.")
    file = (await _form(request)).get("file")
    if not isinstance(file, UploadFile):
        raise InvalidBody("Send the file as multipart field `file`.")
    if (file.size or 0) > limit:
        raise TooLarge(f"The file has {file.size} bytes, at most {limit} are accepted.")
    return file


async def _form(request: Request) -> FormData:
    try:
        return await request.form(max_files=1, max_fields=4)
    except HTTPException as error:
        raise InvalidBody(f"The form cannot be read: {_printable(str(error.detail))}") from None
    except (ValueError, UnicodeError):
        raise InvalidBody("The form cannot be read. Send multipart/form-data with one file.") from None


def describe(
    summary: str,
    *,
    request: Any = None,
    response: Any = None,
    example: Any = None,
    errors: tuple[int, ...] = (401, 422),
    status: int = 200,
    media: str = "",
    also: Mapping[int, Any] | None = None,
) -> dict[str, Any]:
    """Keyword arguments for a route: its documentation from msgspec types; `media` when it answers plain text.

    `also` has the types of other good answers by their status.
    """
    responses: dict[str, Any] = {str(code): _problem_doc(code) for code in errors}
    ok: dict[str, Any] = {"description": "OK"}
    if response is not None:
        ok["content"] = {"application/json": {"schema": _schema(response)}}
    if media:
        ok["content"] = {media: {"schema": {"type": "string"}}}
    responses[str(status)] = ok
    for code, type_ in (also or {}).items():
        content_of = {"application/json": {"schema": _schema(type_)}}
        responses[str(code)] = {"description": "OK", "content": content_of}
    extra: dict[str, Any] = {"responses": responses}
    if request is not None:
        content: dict[str, Any] = {"schema": _schema(request)}
        if example is not None:
            content["example"] = example
        extra["requestBody"] = {"required": True, "content": {"application/json": content}}
    return {"summary": summary, "openapi_extra": extra, "response_model": None, "status_code": status} | (
        {"response_class": Response} if response is None else {}
    )


def _problem_doc(code: int) -> dict[str, Any]:
    return {"description": TITLES.get(code, "Error"), "content": {PROBLEM: {"schema": _schema(Problem)}}}


@cache
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
        return problem(error.status, error.code, error.detail, headers, error.told, error.against)

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> Response:
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
        return problem(error.status_code, code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        _log.error("request_failed", path=request.url.path, error=type(error).__name__, exc_info=error)
        return problem(500, "server_error", "Something went wrong here. It has been logged; try again in a moment.")

    @app.exception_handler(RequestValidationError)
    async def _parameters(_request: Request, error: RequestValidationError) -> Response:
        found = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        return problem(422, "invalid_parameter", f"The parameters cannot be used: {_printable(found)}")

    app.add_middleware(RefuseNul)
    make = app.openapi

    def _openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = make()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas.update(_DOCUMENTED)
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    if method == "get":
                        _without_override(operation)
                    _complete(path, operation)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = _openapi  # type: ignore[method-assign]


def _without_override(operation: dict[str, Any]) -> None:
    """Nothing is published by reading: a router's `override` is no parameter of it, nor a reason to refuse."""
    kept = [one for one in operation.pop("parameters", ()) if one["name"] != "override"]
    if kept:
        operation["parameters"] = kept
    elif set(operation["responses"].get("422", {}).get("content", ())) == {"application/json"}:
        del operation["responses"]["422"]


def _complete(path: str, operation: dict[str, Any]) -> None:
    """Add what follows from an operation's parts: security, and the refusals that no route decides itself."""
    codes = []
    if not path.startswith(_OPEN):
        operation["security"] = [{"bearer": []}]
        codes += [401]
    if "{" in path:
        codes += [404]
    if "requestBody" in operation:
        codes += [413, 422]
    if operation.get("parameters"):
        codes += [422]
    if path.startswith("/api/v1"):
        responses = operation["responses"]
        if "application/json" in responses.get("422", {}).get("content", {}):
            del responses["422"]["content"]["application/json"]  # FastAPI's own shape, which is never sent
        for code in codes:
            if PROBLEM not in responses.get(str(code), {}).get("content", {}):
                responses[str(code)] = _problem_doc(code)
        if not responses.get("422", {"content": True})["content"]:
            del responses["422"]  # nothing is left that could be refused


class RefuseNul:
    """Answers addresses that hold NUL, which no database keeps: 404 in the path, 422 in the query."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on everything else."""
        if scope["type"] == "http":
            if "\x00" in scope["path"]:
                await problem(404, "not_found", "Nothing has an address with NUL in it.")(scope, receive, send)
                return
            if b"%00" in scope["query_string"] or b"\x00" in scope["query_string"]:
                await problem(422, "invalid_parameter", "The query holds NUL.")(scope, receive, send)
                return
        await self._app(scope, receive, send)

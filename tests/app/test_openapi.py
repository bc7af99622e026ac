"""The OpenAPI document is complete, and no answer to odd input falls outside it."""

import asyncio
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from rich.console import Console
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from xiaoer.app import entrypoints
from xiaoer.app.demo.start import prepare_demo
from xiaoer.app.server import create_app
from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings
from xiaoer.kernel.ids import DEFAULT_SHOP
from xiaoer.slices.shops.types import Role

KEY = "fuzz-key"
APP: FastAPI = create_app(Settings(home=Path("unused"), api_key=KEY))
DOCUMENT: dict[str, Any] = APP.openapi()
OPERATIONS = [
    (method, path, operation) for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()
]
NAMES = [f"{method.upper()} {path}" for method, path, _ in OPERATIONS]
EXAMPLES = {"staff": 14, "key": 6}  # of each kind, valid and broken
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ENDS_THE_SESSION = "/api/v1/auth/logout"


def test_what_publishes_names_the_reason_against_golden_questions() -> None:
    def named(method: str, path: str) -> bool:
        return any(one["name"] == "override" for one in DOCUMENT["paths"][path][method].get("parameters", ()))

    assert named("post", "/api/v1/learning/replays/{id}/approve")
    assert named("patch", "/api/v1/knowledge/{id}")
    assert not named("get", "/api/v1/knowledge/{id}")


def test_every_route_is_in_the_document() -> None:
    routes = {
        (method.lower(), route.path.replace(":path", ""))
        for module in pkgutil.iter_modules(entrypoints.__path__)
        for route in getattr(
            importlib.import_module(f"{entrypoints.__name__}.{module.name}"), "router", APIRouter()
        ).routes
        if isinstance(route, APIRoute) and route.path.startswith("/api/v1")
        for method in route.methods
    }
    assert routes
    assert routes <= {(method, path) for method, path, _ in OPERATIONS}


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_an_operation_says_what_it_does_takes_and_answers(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    responses = operation["responses"]
    assert any(code.startswith("2") for code in responses)
    for code, response in responses.items():
        if not code.startswith("2"):
            assert set(response["content"]) == {"application/problem+json"}, code
    if path.startswith("/api/v1") and "{" in path:
        assert "404" in responses


@pytest.mark.parametrize(
    ("path", "operation"),
    [(path, operation) for _, path, operation in OPERATIONS if "requestBody" in operation],
    ids=[name for name, (_, _, operation) in zip(NAMES, OPERATIONS, strict=True) if "requestBody" in operation],
)
def test_a_body_has_an_example_that_fits(path: str, operation: dict[str, Any]) -> None:
    content = operation["requestBody"]["content"]
    if "multipart/form-data" in content:
        return  # a file
    shown = content["application/json"]
    assert "example" in shown, path
    schema = {**shown["schema"], "components": DOCUMENT["components"]}
    jsonschema_rs.validate(schema, shown["example"])


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A shop of its own, which the generated calls may change."""
    made = Settings(home=tmp_path_factory.mktemp("fuzz"), api_key=KEY, demo=True)
    upgrade(made.url)
    asyncio.run(prepare_demo(made, Console(quiet=True)))
    with TestClient(create_app(made), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def staff_token(fuzzed: TestClient) -> str:
    shops = fuzzed.app.state.wiring.shops  # type: ignore[attr-defined]

    async def log_in() -> str:
        await shops.add_staff(DEFAULT_SHOP, "fuzz", "试手", Role.OWNER, "fuzz-fuzz-fuzz")
        return str((await shops.log_in(DEFAULT_SHOP, "fuzz", "fuzz-fuzz-fuzz")).access_token)

    assert fuzzed.portal
    return fuzzed.portal.call(log_in)


@pytest.mark.slow
@pytest.mark.parametrize("caller", ["key", "staff"])
@pytest.mark.parametrize("name", NAMES)
def test_no_generated_call_gets_an_answer_outside_the_document(
    fuzzed: TestClient, staff_token: str, name: str, caller: str
) -> None:
    schema = schemathesis.openapi.from_dict(_without_tuples(DOCUMENT), config=SchemathesisConfig())
    method, _, path = name.partition(" ")
    operation = schema[path][method]
    token = KEY if caller == "key" or path == ENDS_THE_SESSION else staff_token
    headers = {"Authorization": f"Bearer {token}"}
    document = DOCUMENT["paths"][path][method.lower()]

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES[caller],
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def call(case: schemathesis.Case) -> None:
            case.headers.update(headers)
            request = fuzzed.build_request(**_for_httpx(case.as_transport_kwargs(base_url="http://testserver")))
            request.read()
            response = fuzzed.send(request)
            case.validate_response(response, checks=CHECKS)

        if mode is GenerationMode.POSITIVE or _can_be_broken(document):
            call()


def _without_tuples(schema: Any) -> Any:
    """Schemathesis turns `prefixItems` into a form that it then refuses, so tuples are lists of anything here."""
    if isinstance(schema, list):
        return [_without_tuples(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "prefixItems" in schema:
        schema = {name: part for name, part in schema.items() if name not in ("prefixItems", "items")}
    return {name: _without_tuples(part) for name, part in schema.items()}


def _can_be_broken(operation: dict[str, Any]) -> bool:
    return bool(operation.get("parameters") or "requestBody" in operation)


def _for_httpx(kwargs: dict[str, Any]) -> dict[str, Any]:
    names = ("method", "url", "headers", "params", "json", "data", "files")
    sent = {name: kwargs[name] for name in names if name in kwargs}
    if sent.get("files") is not None:
        pairs = sent["files"].items() if isinstance(sent["files"], dict) else sent["files"]
        sent["files"] = [(str(name), _part(value)) for name, value in pairs]
    if isinstance(sent.get("data"), str | bytes):
        sent["content"] = sent.pop("data")
    return sent


def _part(value: Any) -> Any:
    if isinstance(value, tuple):
        return (value[0], _part(value[1]), *value[2:])
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")

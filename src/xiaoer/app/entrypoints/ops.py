"""Health and figures for those who run it."""

from fastapi import APIRouter, Request
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from xiaoer.app.entrypoints.caller import wiring
from xiaoer.app.http import describe, reply
from xiaoer.app.problems import problem
from xiaoer.infra import metrics

router = APIRouter()


class Health(Struct, frozen=True):
    status: str


@router.get("/healthz", **describe("The process serves", response=Health, errors=()))
async def healthz(_request: Request) -> Response:
    """200 while the process answers."""
    return reply(Health("ok"))


@router.get("/readyz", **describe("The stores answer", response=Health, errors=(503,)))
async def readyz(request: Request) -> Response:
    """200 when the database answers; 503 otherwise."""
    try:
        await wiring(request).db.read(lambda c: c.execute(text("SELECT 1")).scalar())
    except SQLAlchemyError:
        return problem(503, "database_unavailable", "The database does not answer. Check XIAOER_DATABASE_URL.")
    return reply(Health("ready"))


@router.get("/metrics", **describe("Prometheus text", media="text/plain", errors=()))
async def figures(_request: Request) -> Response:
    """Counters and timings in Prometheus' text format."""
    return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)

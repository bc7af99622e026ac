"""Counters and timings for operators, served at `/metrics` in the Prometheus text format.

Labels come from small fixed sets (channel, reason, route template, status class), never from ids or texts:
each label value is a series that lives as long as the process. With several workers on one port, set
`PROMETHEUS_MULTIPROC_DIR` to an empty folder: then every worker's figures are added up.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

REGISTRY = CollectorRegistry()

_FAST_S = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.5, 5.0, 10.0)

MESSAGES = Counter("xiaoer_messages", "Buyer messages taken in", ["channel"], registry=REGISTRY)
REPLIES = Counter("xiaoer_replies", "Messages sent to buyers, by author", ["author"], registry=REGISTRY)
TURN_SECONDS = Histogram(
    "xiaoer_turn_seconds",
    "Time to understand, decide and compose one answer, without waiting for a burst to end",
    buckets=_FAST_S,
    registry=REGISTRY,
)
TURN_FAILURES = Counter("xiaoer_turn_failures", "Turns handed over because the answer path failed", registry=REGISTRY)
HANDOFFS = Counter("xiaoer_handoffs", "Conversations handed to people", ["reason"], registry=REGISTRY)
HTTP_REQUESTS = Counter(
    "xiaoer_http_requests", "HTTP requests, by route template", ["method", "route", "status"], registry=REGISTRY
)
HTTP_SECONDS = Histogram(
    "xiaoer_http_request_seconds", "Time to answer HTTP requests", ["route"], buckets=_FAST_S, registry=REGISTRY
)
WS_CONNECTIONS = Gauge(
    "xiaoer_ws_connections", "Open WebSocket connections", ["kind"], registry=REGISTRY, multiprocess_mode="livesum"
)
SOURCE_FAILURES = Counter(
    "xiaoer_source_failures", "Look-ups in shop systems that failed or came too late", ["source"], registry=REGISTRY
)
KNOWLEDGE_ENTRIES = Gauge(
    "xiaoer_knowledge_entries", "Knowledge entries in the index", registry=REGISTRY, multiprocess_mode="livemax"
)

_TAKEN = {channel: MESSAGES.labels(channel) for channel in ("api", "web", "other")}  # more would be unbounded


def count_message(channel: str) -> None:
    """A buyer's message came in."""
    _TAKEN.get(channel, _TAKEN["other"]).inc()


def render() -> bytes:
    """Return the figures of this process, or of all workers when they share a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)

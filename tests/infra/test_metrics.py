"""Figures are served as Prometheus text, also when several workers count together."""

import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from xiaoer.infra import metrics


def _value(text: bytes, sample: str, labels: dict[str, str]) -> float:
    return next(
        found.value
        for family in text_string_to_metric_families(text.decode())
        for found in family.samples
        if found.name == sample and labels.items() <= found.labels.items()
    )


def test_counted_messages_appear_by_channel() -> None:
    metrics.MESSAGES.labels("test-channel").inc()
    metrics.MESSAGES.labels("test-channel").inc()
    assert _value(metrics.render(), "xiaoer_messages_total", {"channel": "test-channel"}) == 2


def test_the_time_of_turns_falls_into_buckets() -> None:
    metrics.TURN_SECONDS.observe(0.0031)
    text = metrics.render()
    assert _value(text, "xiaoer_turn_seconds_bucket", {"le": "0.004"}) >= 1
    assert _value(text, "xiaoer_turn_seconds_count", {}) >= 1


def test_workers_that_share_a_folder_are_added_up(tmp_path: Path) -> None:
    count = "from xiaoer.infra.metrics import MESSAGES, render; MESSAGES.labels('web').inc(3); "
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def worker(code: str) -> bytes:
        return subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True).stdout

    worker(count)
    text = worker(f"{count} print(render().decode())")
    assert _value(text, "xiaoer_messages_total", {"channel": "web"}) == 6


def test_messages_are_counted_by_the_few_channels_that_are_ours_and_all_others_together() -> None:
    before = metrics.render().decode().count("xiaoer_messages_total{")
    for channel in ("web", "jd", "a channel nobody knows"):
        metrics.count_message(channel)
    assert metrics.render().decode().count("xiaoer_messages_total{") == before

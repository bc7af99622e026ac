"""Reminders survive kill -9: the benchmark of 100,000, with fewer."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
_BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "reminders.py"


def test_every_reminder_fires_once_or_is_cancelled_whenever_the_worker_dies() -> None:
    command = [sys.executable, str(_BENCHMARK), "--reminders", "6000", "--kills", "3", "--seed", "5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1_200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every one fired once or was cancelled" in done.stdout
    assert "after 3 kills" in done.stdout, "nothing was killed: the test proves nothing"

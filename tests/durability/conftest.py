"""The real server as a process of its own, to be killed.

Tests use `make_server`; `server.start()` returns when it is ready, `server.kill()` is `kill -9`.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

API_KEY = "durability-key"
_START_S = 60.0
_COMMAND = Path(sys.executable).parent / "xiaoer"


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`xiaoer serve` on one port; `kill` is `kill -9`, and `start` works again afterwards."""

    def __init__(self, home: Path, database_url: str = "", workers: int = 1) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.headers = {"Authorization": f"Bearer {API_KEY}"}
        self._log = home / "server.log"
        self._workers = workers
        self._environment = {
            **os.environ,
            "XIAOER_HOME": str(home),
            "XIAOER_API_KEY": API_KEY,
            "XIAOER_DATABASE_URL": database_url,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and return once it is ready."""
        command = [str(_COMMAND), "serve", "--port", str(self.port), "--workers", str(self._workers)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + _START_S
        with httpx2.Client(base_url=self.base, timeout=5) as client:
            while not self._is_ready(client):
                assert self._process.poll() is None, f"the server stopped:\n{self._log.read_text()[-3000:]}"
                assert time.monotonic() < deadline, f"not ready in time:\n{self._log.read_text()[-3000:]}"
                self.is_up_after(0.05)

    def _is_ready(self, client: httpx2.Client) -> bool:
        try:
            return client.get("/readyz").status_code == 200
        except httpx2.TransportError:
            return False

    def is_up_after(self, seconds: float) -> bool:
        """Whether it still runs after so many seconds; returns at once when it has ended."""
        assert self._process is not None
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def kill(self) -> None:
        """End it and its workers at once, with no chance to write anything more."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def stored_at(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the server under test keeps its data."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'xiaoer.db'}"
    if not os.environ.get("XIAOER_TEST_DATABASE_URL"):
        pytest.skip("set XIAOER_TEST_DATABASE_URL to a PostgreSQL")
    return str(request.getfixturevalue("new_url")())


@pytest.fixture
def make_server(tmp_path: Path, stored_at: str) -> Iterator[Callable[[int], Server]]:
    """Makes servers over the same data; whatever still runs at the end is killed."""
    made: list[Server] = []

    def make(workers: int = 1) -> Server:
        made.append(Server(tmp_path, stored_at, workers))
        return made[-1]

    yield make
    for server in made:
        server.kill()

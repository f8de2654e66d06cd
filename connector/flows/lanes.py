"""Several questions at once, and nobody left behind when one of them fails."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any


async def _together(*coroutines: Coroutine[Any, Any, Any]) -> list[Any]:
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        return await asyncio.gather(*tasks)
    finally:
        # `asyncio.gather` lets the others run on, past the end of whoever asked.
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


if TYPE_CHECKING:
    # The standard library's overloads know the type of each result.
    together = asyncio.gather
else:
    together = _together

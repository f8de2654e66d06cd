import asyncio

import pytest

from connector.flows.lanes import together


def test_results_come_in_the_order_of_the_questions():
    async def later(value, steps):
        for _ in range(steps):
            await asyncio.sleep(0)
        return value

    async def ask():
        return await together(later("a", 3), later("b", 1))

    assert asyncio.run(ask()) == ["a", "b"]


def test_nobody_runs_on_after_one_has_failed():
    """A question that outlives its run would open a connection that nobody closes."""
    ended = []

    async def endless():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def fails():
        await asyncio.sleep(0)
        raise ValueError

    async def ask():
        with pytest.raises(ValueError):
            await together(endless(), fails(), endless())
        return list(ended)

    assert asyncio.run(ask()) == [True, True]

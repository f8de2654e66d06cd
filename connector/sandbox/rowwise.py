"""Orders that come as rows: each is done or refused for itself."""

from collections.abc import Callable, Iterable
from typing import Any

from connector.sandbox.access import Refusal

Result = dict[str, Any]


class Unfit(Exception):
    """A row that cannot be done; its words are the reason, without names."""


def carried_out(orders: Iterable[tuple[int, Callable[[], None]]]) -> Result:
    """Do numbered orders one after the other: `rows`, `done`, `refused` with number and reason."""
    rows, refused = 0, []
    for number, order in orders:
        rows += 1
        try:
            order()
        except Refusal as refusal:
            refused.append({"row": number, "reason": f"{refusal.kind}: {refusal.description}"})
        except Unfit as unfit:
            refused.append({"row": number, "reason": str(unfit)})
    return {"rows": rows, "done": rows - len(refused), "refused": refused}

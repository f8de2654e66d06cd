"""The school as it was some writes ago, for reads that lag behind."""

from connector.sandbox.desk import Desk
from connector.sandbox.ledger import Ledger, carry_out


class Shadow:
    """A second school that follows the first at a distance; made when first asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._desk: Desk | None = None
        self._entries = ledger.entries
        self._done = 0

    def at(self, count: int) -> Desk:
        """The school after the first `count` writes."""
        if self._desk is None or self._done > count or self._entries is not self._ledger.entries:
            self._entries = self._ledger.entries
            self._desk, self._done = Desk(self._ledger.desk.config), 0
        for entry in self._entries[self._done : count]:
            carry_out(self._desk, entry)
        self._done = count
        return self._desk

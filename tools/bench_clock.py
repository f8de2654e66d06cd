"""`dnevnik` with another day on its clock, for measuring a school year that is not this one."""

import sys
from datetime import UTC, datetime, time

from connector.commands import wiring


def main(today: str) -> None:
    """Run the command line as if it were the evening of `today`."""
    noon = datetime.combine(datetime.fromisoformat(today).date(), time(17), UTC)
    wiring.now = lambda: noon
    import cli  # noqa: PLC0415 - after the clock is set

    cli.dnevnik.main(sys.argv[1:])

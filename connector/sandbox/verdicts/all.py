"""Every rule about marks by its id."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from connector.sandbox.verdicts import cells, finals, gathering, twos
from connector.sandbox.verdicts.records import Records, Verdict

VERDICTS: Mapping[str, Callable[[Records], Iterator[Verdict]]] = MappingProxyType(
    {
        "MARK3": cells.mark3,
        "ACC": gathering.too_few,
        "GAP": gathering.silent,
        "NMARK": cells.nmark,
        "TWOAFTERN": twos.two_after_absence,
        "TWOEDGE": twos.two_at_edge,
        "TWOFIX": twos.two_not_mended,
        "FINAL": finals.final,
        "FINALFEW": finals.few,
        "FINALAVG": finals.average,
        "ABS": finals.absent,
        "YEAR": finals.year,
        "WORK": cells.work,
        "LATE": cells.late,
    }
)


def verdicts(records: Records) -> dict[str, list[Verdict]]:
    """What each rule finds, in order of groups and days."""
    return {
        rule: sorted(
            judge(records),
            key=lambda v: (
                v.group.number,
                v.day,
                v.lesson.id if v.lesson else 0,
                v.subject,
                v.person.number if v.person else 0,
            ),
        )
        for rule, judge in VERDICTS.items()
    }

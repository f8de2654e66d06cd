"""The rules about marks, pupil by pupil: pure functions from a case and the sorted marks to findings and gaps."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from connector.reports.rules.accumulation import acc, gap
from connector.reports.rules.case import Case, Outcome
from connector.reports.rules.cells import late, mark3, nmark, work
from connector.reports.rules.finals import final, final_average, final_few, missed_yet_marked, year
from connector.reports.rules.ground import Ground
from connector.reports.rules.sheet import Sheet
from connector.reports.rules.twos import two_after_absence, two_at_edge, two_not_mended

CellRule = Callable[[Case, Sheet], Iterator[Outcome]]
PeriodRule = Callable[[Case, Ground], Iterator[Outcome]]

# Rules about single marks.
CELL_RULES: Mapping[str, CellRule] = MappingProxyType(
    {
        "NMARK": nmark,
        "TWOAFTERN": two_after_absence,
        "TWOEDGE": two_at_edge,
        "TWOFIX": two_not_mended,
        "WORK": work,
        "LATE": late,
    }
)
# Rules about how many marks there are, and about the marks of a period.
PERIOD_RULES: Mapping[str, PeriodRule] = MappingProxyType(
    {
        "MARK3": mark3,
        "ACC": acc,
        "GAP": gap,
        "FINAL": final,
        "FINALFEW": final_few,
        "FINALAVG": final_average,
        "ABS": missed_yet_marked,
        "YEAR": year,
    }
)

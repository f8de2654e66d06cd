"""Which reports there are. A report is data: a name, a title and the rules whose findings it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from connector.i18n import N_


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """One report.

    Attributes:
        name: as on the command line.
        title: English source string of its heading.
        summary: English source string of one line about it.
        rules: ids of its rules; the rulebook may switch some off.

    """

    name: str
    title: str
    summary: str
    rules: tuple[str, ...]


MISSING = ReportSpec(
    "missing",
    title=N_("Missing entries in the journal"),
    summary=N_("Held lessons without topic, homework, marks or attendance, past their deadlines"),
    rules=("TOPIC", "HW", "MARK0", "ATT"),
)

REPORTS: Mapping[str, ReportSpec] = MappingProxyType({spec.name: spec for spec in (MISSING,)})

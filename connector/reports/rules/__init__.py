"""The rules of journal control: pure functions from a case to findings and gaps.

A new rule is one function here, one `RuleSpec` in `connector.rulebook` and one table in the rulebook.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from connector.reports.rules.attendance import attendance
from connector.reports.rules.case import Case, Outcome
from connector.reports.rules.entries import mark0, topic
from connector.reports.rules.homework import homework

Rule = Callable[[Case], Iterator[Outcome]]

RULES: Mapping[str, Rule] = MappingProxyType(
    {"TOPIC": topic, "HW": homework, "MARK0": mark0, "ATT": attendance}
)

"""Judges the rules about marks for the reports that show them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from connector.records import Finding
from connector.reports.enrolment import enrolment_days
from connector.reports.making import Draft
from connector.reports.rules.case import Case, Outcome
from connector.reports.rules.courses import teaching
from connector.reports.rules.ground import Ground
from connector.reports.rules.marks import CELL_RULES, PERIOD_RULES
from connector.reports.sheet_facts import read_sheet
from connector.reports.tally_facts import read_ground
from connector.rulebook import RuleSettings

# Rules that only ask how many marks there are: the others need averages and all final marks.
_COUNTING = frozenset({"MARK3", "ACC", "GAP"})


def ground_of(draft: Draft, *, averages: bool) -> Ground:
    """Marks added up by pupil, subject and period.

    Args:
        draft: what was gathered.
        averages: whether sums and all final marks are needed, or only how many marks there are.

    """
    taught = teaching(draft.scene)
    return read_ground(
        draft.query,
        draft.scene,
        taught,
        since=draft.since,
        averages=averages,
        enrolled=enrolment_days(draft),
    )


def judge_marks(
    draft: Draft, rules: Iterable[RuleSettings], ground: Ground | None = None
) -> list[Finding]:
    """Findings of rules about marks; what they cannot say joins the draft's gaps.

    Args:
        draft: what was gathered.
        rules: which; others than those about marks are left out.
        ground: marks added up, where the report has read them already.

    """
    settings = [one for one in rules if one.id in CELL_RULES or one.id in PERIOD_RULES]
    cases = _cases(draft, [one.id for one in settings if one.id in CELL_RULES])
    sheet = read_sheet(draft.query, draft.scene, cases, since=draft.since) if cases else None
    by_period = {one.id for one in settings if one.id in PERIOD_RULES}
    if ground is None and by_period:
        ground = ground_of(draft, averages=not by_period <= _COUNTING)
    if sheet is not None and ground is not None:
        # Marks in a foreign class tell of more pupils who moved than the roll does.
        sheet = replace(sheet, taught=replace(sheet.taught, movers=ground.movers))

    def verdicts(case: Case) -> Iterator[Outcome]:
        rule = case.settings.id
        if sheet is not None and rule in CELL_RULES:
            yield from CELL_RULES[rule](case, sheet)
        elif ground is not None and rule in PERIOD_RULES:
            yield from PERIOD_RULES[rule](case, ground)

    return draft.judge(settings, verdicts)


def _cases(draft: Draft, rules: Iterable[str]) -> list[Case]:
    """Rules before the school, as each rulebook of the span has them."""
    return [
        replace(draft.scene, rulebook=book).case(book.rules[rule])
        for book in draft.rulebook.in_force_within(draft.since, draft.end)
        for rule in rules
        if rule in book.rules and book.rules[rule].enabled
    ]

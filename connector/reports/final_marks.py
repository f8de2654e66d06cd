"""The report of period and year marks: which are missing, rest on little or differ from the average."""

from collections.abc import Iterable, Iterator

from connector.i18n import N_
from connector.records import Finding
from connector.reports.catalogue import FINAL_MARKS
from connector.reports.facts import Query
from connector.reports.gradebook import ground_of, judge_marks
from connector.reports.grades import points
from connector.reports.making import Draft, begin, finish
from connector.reports.report import Report, Request
from connector.reports.rules.finals import Rounding, average_of
from connector.reports.rules.ground import Ground
from connector.reports.rules.terms import Term
from connector.reports.tables import Cell, Column, Content, Table
from connector.rulebook import Rulebook, RuleSettings

ABOVE, BELOW = N_("above the average"), N_("below the average")
_NOTE = N_(
    "The average is weighted: the sum of marks times weight by the sum of weights. It is left out where a mark is no plain number or a weight is not known."
)
COLUMNS = (
    Column("class", N_("Class"), Content.GROUP, 8),
    Column("pupil", N_("Pupil"), Content.PUPIL, 28),
    Column("subject", N_("Subject"), Content.SUBJECT, 22),
    Column("period", N_("Period"), Content.TEXT, 12),
    Column("rule", N_("Finding"), Content.RULE, 16),
    Column("mark", N_("Mark"), Content.TEXT, 8),
    Column("marks", N_("Marks in the period"), Content.NUMBER, 8),
    Column("average", N_("Average"), Content.MEAN, 8),
    Column("expected", N_("Rounded"), Content.NUMBER, 8),
    Column("direction", N_("Direction"), Content.WORD, 18),
    Column("lessons", N_("Lessons held"), Content.NUMBER, 8),
    Column("missed", N_("Missed"), Content.NUMBER, 8),
)


def build(query: Query, rulebook: Rulebook, request: Request) -> Report:
    """Build the report; arguments and errors as of `connector.reports.making.begin`."""
    draft = begin(query, rulebook, request)
    rules = draft.rules_of(FINAL_MARKS)
    ground = ground_of(draft, averages=True)
    findings = judge_marks(draft, rules, ground)
    shown = [one for one in findings if draft.chosen.shows_finding(one)]
    table = Table(
        "terms",
        N_("What the period marks rest on"),
        COLUMNS,
        tuple(_rows(draft, ground, shown)),
        note=_NOTE,
        split_by="class",
        wide=True,
        on_paper=False,
    )
    return finish(draft, FINAL_MARKS, findings, rules=rules, tables=(table,))


def _rows(draft: Draft, ground: Ground, findings: Iterable[Finding]) -> Iterator[tuple[Cell, ...]]:
    """Findings about a period, each with the marks it rests on."""
    terms = {
        (term.course.person_id, term.course.subject_id, term.period.finish): term
        for term in (*ground.terms, *ground.departed_terms)
    }
    settings = draft.rulebook.rules.get("FINALAVG", RuleSettings("FINALAVG"))
    rounding = Rounding(draft.scene.case(settings))
    for one in sorted(findings, key=lambda one: (one.edu_group_id, one.person_ids, one.date)):
        term = terms.get((one.person_ids[0], one.subject_id or 0, one.date))
        # A finding about a year's mark rests on period marks.
        if term is not None and one.rule != "YEAR":
            yield _row(ground, one, term, rounding)


def _row(ground: Ground, one: Finding, term: Term, rounding: Rounding) -> tuple[Cell, ...]:
    expected = rounding.expected(term.tally)
    given = points(term.mark.value) if term.mark else None
    direction = None
    if expected is not None and given is not None and given != (expected,):
        direction = ABOVE if given[0] > expected else BELOW
    period = term.period
    return (
        one.edu_group_id,
        term.course.person_id,
        term.course.subject_id,
        period.name or (str(period.number) if period.number else ""),
        one.rule,
        term.mark.value if term.mark else "",
        term.tally.marks if term.tally else 0,
        average_of(term.tally),
        expected,
        direction,
        len(term.lessons),
        len(ground.missed(term.course, period)),
    )

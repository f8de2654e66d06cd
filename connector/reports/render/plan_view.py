"""What a plan says, arranged for people: what the text and the page have in common. Still data, no bytes.

What belongs together is shown together: a new pupil and his place in the class are one line, a lesson that changes
every Tuesday of a term is one line with its days. The counts stay those of the single operations.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from connector.i18n import N_
from connector.planned import ORDER, Guard, Operation, Plan
from connector.reports.render import plan_words as words
from connector.reports.render.plan_values import (
    Change,
    Labels,
    changes,
    days_of,
    lesson_label,
    natural,
)
from connector.sync.guards import safe_part
from connector.vocab import OPERATIONS

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of what happens: one operation, or several that people see as one.

    Attributes:
        numbers: of the operations, ascending.
        op: a key of `planned.INVERSES`, of the first operation.
        kind: as counted.
        what: the operation in words.
        label: whom or which it concerns.
        changes: values, old and new.
        days: `YYYY-MM-DD` of the lessons, ascending; empty for everything else.
        reason: in words.
        evidence: in words, "" where nothing had to be recognised.
        source: file, sheet, row; "" where there is none.
        irreversible: cannot be taken back on this channel.
        guarded: a tripped guard covers it.

    """

    numbers: tuple[int, ...]
    op: str
    kind: str
    what: str
    label: str
    changes: tuple[Change, ...]
    days: tuple[str, ...]
    reason: str
    evidence: str
    source: str
    irreversible: bool
    guarded: bool


@dataclass(frozen=True, slots=True)
class Section:
    """What happens in one class; `counts` of operations by kind."""

    label: str
    counts: Mapping[str, int]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class GuardLine:
    """A guard in words; `name` is what `--force-guard` takes."""

    label: str
    name: str
    limit: int
    actual: int
    tripped: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Open questions of one sort; `lines` hold (how the source names it, who it may be)."""

    what: str
    reason: str
    count: int
    unique: int
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """Notes of one rule."""

    rule: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """The whole; `head` holds (label, value), `counts` (resource in words, count by kind), `safe` what no guard holds."""

    title: str
    head: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, Mapping[str, int]], ...]
    total: Mapping[str, int]
    unchanged: int
    guards: tuple[GuardLine, ...]
    safe: int
    questions: tuple[Asked, ...]
    notes: tuple[Noted, ...]
    irreversible: tuple[Item, ...]
    sections: tuple[Section, ...]

    @property
    def tripped(self) -> tuple[GuardLine, ...]:
        """Guards that stop the plan."""
        return tuple(guard for guard in self.guards if guard.tripped)


def view(plan: Plan, names: Mapping[str, str], translate: Translate) -> PlanView:
    """Arrange a plan.

    Args:
        plan: what to show.
        names: labels by `<table>:<id>` (`persons:7`), by bare id or by reference. The first form is asked first, for
            ids of two tables may be equal. What has no label shows its id.
        translate: into the language of the reader.

    """
    labels = Labels.of(plan, names, translate)
    sections = _sections(plan.operations, labels)
    return PlanView(
        title=labels.word(words.PLAN_KINDS, plan.kind),
        head=tuple(_head(plan, labels)),
        counts=tuple(_counts(plan.operations, labels)),
        total=Counter(operation.kind for operation in plan.operations),
        unchanged=plan.unchanged,
        guards=tuple(_guard(guard, labels) for guard in plan.guards),
        safe=len(safe_part(plan.operations)),
        questions=tuple(_questions(plan, labels)),
        notes=tuple(_notes(plan, labels)),
        irreversible=tuple(
            item for section in sections for item in section.items if item.irreversible
        ),
        sections=sections,
    )


def _head(plan: Plan, labels: Labels) -> Iterable[tuple[str, str]]:
    translate = labels.translate
    yield translate(N_("Plan")), plan.plan
    yield translate(N_("School")), labels.of_id("schools", plan.school_id)
    yield translate(N_("Study year")), f"{plan.study_year}/{(plan.study_year + 1) % 100:02d}"
    yield translate(N_("Channel")), translate(words.CHANNELS[plan.channel])
    yield translate(N_("Planned at")), _moment(plan.created_at)
    for source in plan.sources:
        shown = "{path} (SHA-256 {digest}…)"
        yield (
            translate(N_("From file")),
            shown.format(path=source.get("path", ""), digest=source.get("sha256", "")[:12]),
        )


def _moment(text: str) -> str:
    """A moment for a reader; the zone is said, for nobody reads `Z`."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).strftime("%d.%m.%Y %H:%M UTC")
    except ValueError:
        return text


def _counts(
    operations: Sequence[Operation], labels: Labels
) -> Iterable[tuple[str, Mapping[str, int]]]:
    by_resource: dict[str, Counter[str]] = {}
    for operation in operations:
        by_resource.setdefault(operation.resource, Counter())[operation.kind] += 1
    for resource in sorted(by_resource, key=list(words.RESOURCES).index):
        yield labels.word(words.RESOURCES, resource), by_resource[resource]


def _guard(guard: Guard, labels: Labels) -> GuardLine:
    """A guard's name is `school.<table>.<kind>` or `class.<id>.<table>.<kind>`; another one is shown as it is."""
    scope, *middle = guard.name.split(".")
    label = guard.name
    if len(middle) >= 2 and middle[-2] in words.RESOURCES and middle[-1] in words.KINDS:
        place = ".".join(middle[:-2])
        text = N_("{where}: {what}, {kind}")
        where = labels.of_id("edu_groups", place) if place else labels.translate(N_("Whole school"))
        label = labels.translate(text).format(
            where=where,
            what=labels.word(words.RESOURCES, middle[-2]),
            kind=labels.word(words.KINDS, middle[-1]),
        )
    elif scope == "source":
        label = labels.translate(N_("Files against the ones accepted last: {name}")).format(
            name=".".join(middle)
        )
    return GuardLine(label, guard.name, guard.limit, guard.actual, guard.tripped)


def _questions(plan: Plan, labels: Labels) -> Iterable[Asked]:
    sorts = sorted({(question.resource, question.reason) for question in plan.unresolved})
    for resource, reason in sorts:
        listed = [
            question
            for question in plan.unresolved
            if (question.resource, question.reason) == (resource, reason)
        ]
        yield Asked(
            what=labels.word(words.RESOURCES, resource),
            reason=labels.word(words.QUESTIONS, reason),
            count=len(listed),
            unique=sum(question.unique for question in listed),
            lines=tuple(
                (
                    question.label,
                    "; ".join(
                        f"{fits.label} ({fits.score}\N{NO-BREAK SPACE}%)"
                        for fits in question.candidates
                    ),
                )
                for question in sorted(listed, key=lambda question: natural(question.label))
            ),
        )


def _notes(plan: Plan, labels: Labels) -> Iterable[Noted]:
    by_rule: dict[str, list[str]] = {}
    for note in plan.notes:
        by_rule.setdefault(note.rule, []).append(note.text)
    for rule, lines in sorted(by_rule.items()):
        yield Noted(labels.word(words.NOTES, rule), tuple(lines))


def _sections(operations: Sequence[Operation], labels: Labels) -> tuple[Section, ...]:
    by_group: dict[str, list[Operation]] = {}
    for operation in operations:
        by_group.setdefault(operation.edu_group, []).append(operation)
    elsewhere = labels.translate(N_("Outside classes"))
    labelled = [
        (labels.of_id("edu_groups", group) if group else elsewhere, group, listed)
        for group, listed in by_group.items()
    ]
    # What belongs to no class comes last; classes of one name (two study years) stay apart.
    labelled.sort(key=lambda entry: (not entry[1], natural(entry[0]), entry[1]))
    return tuple(
        Section(label, Counter(operation.kind for operation in listed), _items(listed, labels))
        for label, _group, listed in labelled
    )


def _items(operations: Sequence[Operation], labels: Labels) -> tuple[Item, ...]:
    together: dict[object, list[Operation]] = {}
    new = {operation.target for operation in operations if operation.op == "person.create"}
    for place, operation in enumerate(operations):
        together.setdefault(_belongs(operation, new, place), []).append(operation)
    items = [_item(listed, labels) for listed in together.values()]
    items.sort(key=lambda item: (ORDER.index(item.op), item.reason, natural(item.label)))
    return tuple(items)


def _belongs(operation: Operation, new: set[str], place: int) -> object:
    """What is the same for all operations of one line."""
    if operation.op in {"person.create", "membership.add"} and operation.target in new:
        return ("person", operation.target)
    day = days_of(operation)
    if not day:
        return place
    return (
        operation.op,
        lesson_label(operation, day),
        repr(_dateless(operation.before)),
        repr(_dateless(operation.after)),
        operation.reason,
        operation.irreversible,
        operation.guards,
    )


def _dateless(values: Mapping[str, object] | None) -> list[tuple[str, object]] | None:
    if values is None:
        return None
    return sorted((name, value) for name, value in values.items() if name != "date")


def _item(operations: Sequence[Operation], labels: Labels) -> Item:
    first = min(operations, key=lambda operation: ORDER.index(operation.op))
    days = sorted(filter(None, map(days_of, operations)))
    shown: dict[str, Change] = {}
    for operation in sorted(operations, key=lambda operation: ORDER.index(operation.op)):
        for change in changes(operation, labels):
            shown.setdefault(change.field, change)
    return Item(
        numbers=tuple(sorted(operation.number for operation in operations)),
        op=first.op,
        kind=first.kind,
        what=labels.word(OPERATIONS, first.op),
        label=labels.lesson(first, days[0]) if days else labels.who(first),
        changes=tuple(shown.values()),
        days=tuple(days),
        reason=labels.word(words.REASONS, first.reason),
        evidence=labels.word(words.EVIDENCE, first.evidence),
        source=first.source,
        irreversible=any(operation.irreversible for operation in operations),
        guarded=any(operation.guards for operation in operations),
    )

"""A school's decisions, and how the words it uses are compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date as date_type
from fnmatch import fnmatchcase
from functools import lru_cache

from connector.rulebook.spec import ParamValue
from connector.rulebook.specs import RULE_SPECS

# From the mildest to the gravest: the order of colours and of sorting.
SEVERITIES = ("info", "warning", "error")
WEEKS = ("auto", "5", "6")
HOMEWORK_READINGS = ("auto", "given", "due")


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """One rule as this school wants it.

    Attributes:
        id: key in `RULE_SPECS`.
        clause: clause of the local act, copied into each finding.
        severity: one of `SEVERITIES`.
        enabled: False keeps the entry but skips the rule.
        due_working_days: 0 is the end of the lesson's own day, n the end of the n-th working day after it.
        exempt_parallels: year groups the rule does not concern.
        exempt_home_schooling: whether home-schooled groups are left out.
        params: values of the rule's own parameters; missing ones have their default.

    """

    id: str
    clause: str = ""
    severity: str = "warning"
    enabled: bool = True
    due_working_days: int = 0
    exempt_parallels: frozenset[int] = frozenset()
    exempt_home_schooling: bool = False
    params: Mapping[str, ParamValue] = field(default_factory=dict)

    def param(self, name: str) -> ParamValue:
        """Value of a parameter, or its default.

        Raises:
            KeyError: the rule has no such parameter: a mistake in the program.

        """
        return self.params.get(name, RULE_SPECS[self.id].params[name].default)

    def number(self, name: str) -> float:
        """Value of a parameter that is a number.

        Raises:
            KeyError: the rule has no such parameter: a mistake in the program.

        """
        return float(self.param(name))


@dataclass(frozen=True, slots=True)
class StatusWords:
    """How unpublished lesson statuses are read: docs/vendor-api.md#enumerations.

    Attributes:
        not_held: pieces of words; a status that contains one, in any case, means the lesson was not held.
        held: whole statuses that mean held although they contain such a piece.

    """

    not_held: tuple[str, ...] = ("cancel", "отмен")
    held: tuple[str, ...] = ()

    def means_held(self, status: str | None) -> bool:
        """Read a status: no status and every unknown one mean held."""
        plain = plain_text(status or "")
        if plain in {plain_text(word) for word in self.held}:
            return True
        return not any(plain_text(word) in plain for word in self.not_held)


@dataclass(frozen=True, slots=True)
class HomeworkReading:
    """When a homework's lesson counts as the one it was given at or due on.

    Attributes:
        reading: `given` or `due` settles it; `auto` asks the data.
        min_evidence: fewest homeworks that may decide.
        min_share: least share of them that must agree.

    """

    reading: str = "auto"
    min_evidence: int = 20
    min_share: float = 0.8


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything a school may decide about journal control.

    Attributes:
        name: shown in each report.
        act: the local act the clauses belong to.
        date: day of the act, `YYYY-MM-DD`, or empty.
        rules: settings by rule id; a rule that is absent is not checked.
        working_week: `auto` (from the lessons), `5` or `6`.
        statuses: how lesson statuses are read.
        homework: how a homework's lesson is read.
        ungraded_subjects: patterns of subject names without marks.
        no_homework_subjects: patterns of subject names without homework.
        no_homework_groups: patterns of group names without homework.
        home_schooling_groups: patterns of group names of home-schooled pupils.
        in_force_from: first day whose lessons it judges; None means all before.
        in_force_to: last day; None means all after.
        others: rulebooks of the same school for other days, in order of days; their own `others` are empty.
        file: where it was read from, or empty.
        lines: line in that file by key with dots, for errors.

    """

    name: str
    act: str = ""
    date: str = ""
    rules: Mapping[str, RuleSettings] = field(default_factory=dict)
    working_week: str = "auto"
    statuses: StatusWords = field(default_factory=StatusWords)
    homework: HomeworkReading = field(default_factory=HomeworkReading)
    ungraded_subjects: tuple[str, ...] = ()
    no_homework_subjects: tuple[str, ...] = ()
    no_homework_groups: tuple[str, ...] = ()
    home_schooling_groups: tuple[str, ...] = ()
    in_force_from: date_type | None = None
    in_force_to: date_type | None = None
    others: tuple["Rulebook", ...] = ()
    file: str = field(default="", compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def is_in_force(self, day: date_type) -> bool:
        """Whether it judges the lessons of a day."""
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_to is None or day <= self.in_force_to
        )

    def in_force_within(self, start: date_type, end: date_type) -> tuple["Rulebook", ...]:
        """This and the other rulebooks that judge a day of the span, in order of days."""
        books = [
            book
            for book in (self, *self.others)
            if (book.in_force_from is None or book.in_force_from <= end)
            and (book.in_force_to is None or start <= book.in_force_to)
        ]
        return tuple(sorted(books, key=lambda book: book.in_force_from or date_type.min))

    def enabled_rules(self) -> tuple[RuleSettings, ...]:
        """Settings of the rules to check, in the order in which the rulebook names them."""
        return tuple(settings for settings in self.rules.values() if settings.enabled)


@lru_cache(maxsize=4096)  # names repeat by the ten thousand
def plain_text(text: str) -> str:
    """Lower case, ё as е, single spaces: how names typed by people are compared."""
    return " ".join(text.casefold().replace("ё", "е").split())


def subject_matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a subject is named by one of the patterns; `*` stands for any text, case and ё do not matter."""
    plain = plain_text(name)
    return any(fnmatchcase(plain, plain_text(pattern)) for pattern in patterns)


def group_matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a group is named by one of the patterns; `*` stands for any text.

    Case matters: «НО» at the end of «7НО» is home schooling, «но» at the end of «Кино» is not.
    """
    return any(fnmatchcase(name.strip(), pattern) for pattern in patterns)

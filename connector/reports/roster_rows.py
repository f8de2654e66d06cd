"""What the comparison of class lists with the diary gives: lines of tables, differences, doubts."""

from collections import defaultdict
from dataclasses import dataclass, field

from connector.i18n import N_
from connector.names import full_key
from connector.records import stable_id
from connector.reports.report import Silence
from connector.reports.rules.roll import Difference
from connector.source import SourcePupil

ONLY_LIST = N_("only in the list")
ONLY_DIARY = N_("only in the diary")
OTHER_CLASS = N_("in another class of the diary")
LEFT_STAYS = N_("has left by the list, stands in the diary")
LEFT_MARKED = N_("has marks or attendance after leaving")
BIRTHDAYS = N_("the birthdays differ")
SEXES = N_("the sex differs")
NO_SNILS = N_("no СНИЛС in the list")
UNPROVEN = N_("nothing proves who it is")
NO_CLASS = N_("the class is not in the diary")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of differences.

    Attributes:
        group_id: class it is shown under.
        person_id: below zero for a pupil whom the diary does not know.
        word: one of the sentences above.
        in_list: class by the list, "" where it does not name the pupil.
        in_diary: class by the diary, None where there is none.

    """

    group_id: int
    person_id: int
    word: str
    in_list: str = ""
    in_diary: int | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A line of a list that nothing matches: its class, the same in the diary or None, the pupil, and why."""

    edu_group: str
    group_id: int | None
    person_id: int
    reason: str


@dataclass(slots=True)
class Rolls:
    """What the comparison gave.

    Attributes:
        listed: pupils of the list by class of the diary.
        both: those of them who stand there in the diary too.
        differences: what the rules judge.
        rows: what is shown, more than the rules judge.
        unmatched: lines of the lists that mean nobody for certain.
        silences: of rules that cannot speak.
        names: of pupils whom the diary does not know, by their number below zero.
        covered: classes of the diary that the lists name pupils for.
        without_snils: whether the lists lack the СНИЛС, by person of the diary whom they certainly mean.

    """

    differences: list[Difference] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    unmatched: list[Doubt] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    listed: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    both: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    covered: set[int] = field(default_factory=set)
    without_snils: dict[int, bool] = field(default_factory=dict)


def unknown_pupil(pupil: SourcePupil) -> int:
    """A number below zero for a pupil of the list whom the diary does not know; the same in every report."""
    name = full_key(pupil.last_name, pupil.first_name, pupil.middle_name)
    return -stable_id("listed", name, pupil.birthday, pupil.edu_group)

"""Which courses of the diary the school's topic plans are for. No SQL."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from connector.i18n import N_
from connector.names import parse_class
from connector.planned import Have
from connector.reports.journal import Journal, Lesson, chains
from connector.reports.rules.plans import Course
from connector.source import Source, TopicPlan
from connector.sync.bound import Bound, bind_names
from connector.sync.roll import is_class

NO_CLASS = N_("the class is not in the diary")
NO_SUBJECT = N_("the subject is not bound to the diary")
NO_PART = N_("the part of the class is not in the diary")
NO_LESSONS = N_("no lessons of the subject were held")
SEVERAL = N_("several plans are for one course")

_Pair = tuple[int, int]


@dataclass(slots=True)
class Courses:
    """What was found.

    Attributes:
        courses: in order of group and subject.
        unmatched: plans that are for no course, and why.

    """

    courses: list[Course] = field(default_factory=list)
    unmatched: list[tuple[TopicPlan, str]] = field(default_factory=list)


def planned_courses(
    journal: Journal,
    held: Iterable[Lesson],
    have: Have,
    sources: Sequence[Source],
    titles: Mapping[int, str],
    *,
    study_year: int,
) -> Courses:
    """Find the group and subject of each plan; of two plans for one course neither is believed.

    A plan for a class is for its parts where the subject is taught in parts. A plan for a year without a letter is for
    each class of it without a plan of its own.

    Args:
        journal: of the school.
        held: lessons held before the day of judging.
        have: what names are looked up in.
        sources: topic plans.
        titles: topics of lessons by id.
        study_year: that is judged.

    """
    finder = _Finder(journal, held, have, sources, study_year)
    found = Courses()
    for claimed in finder.claims():
        if isinstance(claimed, _Claim):
            found.courses.append(
                Course(*claimed.pair, claimed.plan, tuple(finder.chains[claimed.pair]), titles)
            )
        else:
            found.unmatched.append(claimed)
    found.courses.sort(key=lambda course: (course.group_id, course.subject_id))
    return found


@dataclass(frozen=True, slots=True)
class _Claim:
    """A plan that is for a course; `own` names the class itself rather than its whole year."""

    plan: TopicPlan
    pair: _Pair
    own: bool


class _Finder:
    def __init__(
        self,
        journal: Journal,
        held: Iterable[Lesson],
        have: Have,
        sources: Sequence[Source],
        study_year: int,
    ) -> None:
        self.journal = journal
        self.have = have
        self.year = study_year
        self.plans = [plan for source in sources for plan in source.topic_plans]
        self.bound: Bound = bind_names(
            sources, have, sources[0].terms.aliases, study_year=study_year
        )
        self.chains = chains(held)

    def claims(self) -> Iterable[_Claim | tuple[TopicPlan, str]]:
        claims: dict[_Pair, list[_Claim]] = defaultdict(list)
        for plan in self.plans:
            found = self._claims_of(plan)
            if isinstance(found, str):
                yield plan, found
            else:
                for claim in found:
                    claims[claim.pair].append(claim)
        lost: dict[int, TopicPlan] = {}
        for rivals in claims.values():
            own = [one for one in rivals if one.own]
            best = own or rivals
            if len(best) == 1:
                yield best[0]
            else:
                lost |= {id(one.plan): one.plan for one in best}
        for plan in lost.values():
            yield plan, SEVERAL

    def _claims_of(self, plan: TopicPlan) -> list[_Claim] | str:
        subject = self.bound.names.subjects.get(plan.subject)
        if subject is None:
            return NO_SUBJECT
        group = self.bound.names.groups.get((plan.edu_group, ""))
        classes = [group] if group is not None else self._of_year(plan.edu_group)
        if not classes:
            return NO_CLASS
        if plan.subgroup:
            part = self.bound.names.groups.get((plan.edu_group, plan.subgroup))
            if part is None:
                return NO_PART
            groups = [part]
        else:
            groups = [one for each in classes for one in self._taught(each, subject)]
            groups = self._by_teacher(plan, groups, subject)
        claims = [
            _Claim(plan, (one, subject), group is not None)
            for one in dict.fromkeys(groups)
            if (one, subject) in self.chains
        ]
        return claims or NO_LESSONS

    def _of_year(self, name: str) -> list[int]:
        """Classes of a year that is named without a letter."""
        parsed = parse_class(name)
        if parsed is None or parsed.letter or parsed.profile or parsed.parallel is None:
            return []
        return [
            group.id
            for group in self.have.groups.values()
            if is_class(group)
            and group.study_year in (self.year, None)
            and (found := parse_class(group.name)) is not None
            and found.parallel == parsed.parallel
        ]

    def _taught(self, group: int, subject: int) -> list[int]:
        """The class, or those of its parts that have the subject."""
        if (group, subject) in self.chains:
            return [group]
        return [
            one.id
            for one in self.journal.groups.values()
            if group in one.class_ids and (one.id, subject) in self.chains
        ]

    def _by_teacher(self, plan: TopicPlan, groups: list[int], subject: int) -> list[int]:
        """Of several parts those that the plan's teacher teaches."""
        teacher = self.bound.names.teachers.get(plan.teacher)
        if teacher is None or len(groups) < 2:
            return groups
        return [
            group
            for group in groups
            if any(
                teacher in lesson.teacher_ids for lesson in self.chains.get((group, subject), ())
            )
        ]

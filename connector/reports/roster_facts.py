"""The school's class lists against the diary's classes: who stands where, and about whom nothing is certain."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime

from connector.planned import Have, Question
from connector.reports.class_teachers import NOBODY, ClassTeachers
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.journal import Lesson
from connector.reports.making import RECENT, Draft
from connector.reports.render.plan_words import QUESTIONS
from connector.reports.report import Silence
from connector.reports.roster_rows import (
    BIRTHDAYS,
    LEFT_MARKED,
    LEFT_STAYS,
    NO_CLASS,
    NO_SNILS,
    ONLY_DIARY,
    ONLY_LIST,
    OTHER_CLASS,
    SEXES,
    UNPROVEN,
    Doubt,
    Rolls,
    Row,
    unknown_pupil,
)
from connector.reports.rules.case import LIST_INCOMPLETE, NOT_READ, READ_TOO_EARLY, end_of_day
from connector.reports.rules.roll import LACKING, LEAVER, STRANGER, Difference
from connector.reports.school_files import class_lists, read_have
from connector.source import SourcePupil
from connector.sync.identity import SAME_CLASS
from connector.sync.resolve import resolve_roster
from connector.sync.roll import is_class, label_of, merged
from connector.sync.windows import study_year_of

MEMBERS = "memberships"

SEEN_FROM = """
SELECT person_id, edu_group_id, seen_from FROM memberships WHERE withdrawn_run IS NULL AND seen_from IS NOT NULL
"""
# A leaver's lessons in all groups he is or was in, after his day of leaving, at which something of his stands.
AFTER_LEAVING = """
SELECT DISTINCT ms.person_id, l.id FROM json_each(?) j
  JOIN memberships ms ON ms.person_id = CAST(j.key AS INTEGER)
  JOIN lessons l ON l.edu_group_id = ms.edu_group_id AND l.date > j.value AND l.date < ? AND l.withdrawn_run IS NULL
 WHERE EXISTS (SELECT 1 FROM marks m WHERE m.lesson_id = l.id AND m.person_id = ms.person_id AND m.withdrawn_run IS NULL)
    OR EXISTS (SELECT 1 FROM lesson_log_entries e WHERE e.lesson_id = l.id AND e.person_id = ms.person_id
                  AND e.withdrawn_run IS NULL)
"""


def compare_rolls(draft: Draft, led: ClassTeachers = NOBODY) -> Rolls:
    """Compare every class that the lists name pupils for; who leads it is to mend what differs."""
    return _Comparison(draft, led).run()


class _Comparison:
    def __init__(self, draft: Draft, led: ClassTeachers) -> None:
        self.draft = draft
        self.led = led
        self.year = study_year_of(draft.request.as_of)
        self.sources = class_lists(draft.request)
        self.have = read_have(draft.query, self.year)
        resolved = resolve_roster(self.sources, self.have, study_year=self.year)
        self.classes = resolved.groups.classes
        self.pupils, _torn = merged(pupil for source in self.sources for pupil in source.pupils)
        self.person_of = {key: match.vendor_id for key, match in resolved.pupils.matched.items()}
        self.open: dict[str, Question] = {}
        for question in resolved.pupils.questions:
            if _is_sure(question):
                self.person_of[question.local_key] = question.candidates[0].vendor_id
            else:
                self.open[question.local_key] = question
        sure = set(self.person_of.values())
        # Somebody the lists may mean is accused of nothing.
        self.in_doubt = {
            candidate.vendor_id
            for question in self.open.values()
            for candidate in question.candidates
        } | (resolved.pupils.in_doubt - sure)
        self.in_class = _classes_of(self.have, self.year)
        self.readings: dict[int, datetime | None] = {}
        self.made = Rolls()

    def run(self) -> Rolls:
        made = self.made
        made.covered = {
            self.classes[pupil.edu_group]
            for pupil in self.pupils.values()
            if not pupil.left and pupil.edu_group in self.classes
        }
        settled: set[tuple[int, int]] = set()
        left: dict[int, SourcePupil] = {}
        with_snils = any(pupil.snils for pupil in self.pupils.values())
        for key, pupil in sorted(self.pupils.items()):
            person = self.person_of.get(key)
            if pupil.left:
                if person is not None:
                    left[person] = pupil
                elif key in self.open:
                    self._doubtful(pupil, self.open[key])
            else:
                self._pupil(key, pupil, person, settled, with_snils=with_snils)
        self._leavers(left)
        self._strangers(settled, left)
        return made

    def _pupil(
        self,
        key: str,
        pupil: SourcePupil,
        person: int | None,
        settled: set[tuple[int, int]],
        *,
        with_snils: bool,
    ) -> None:
        group = self.classes.get(pupil.edu_group)
        question = self.open.get(key)
        if group is not None:
            self.made.listed[group] += 1
        if group is None or question is not None:
            self._doubtful(pupil, question)
            if person is not None and group is None:
                self.in_doubt.add(person)
            return
        if person is None:
            self._lacking(group, self._number(pupil), pupil, ONLY_LIST, None)
            return
        if (person, group) in self.have.members:
            settled.add((person, group))
            self.made.both[group] += 1
        else:
            now = next(iter(sorted(self.in_class.get(person, ()))), None)
            word = ONLY_LIST if now is None else OTHER_CLASS
            self._lacking(group, person, pupil, word, now)
        known = self.have.persons[person]
        self.made.without_snils[person] = not pupil.snils
        for word, differs in (
            (BIRTHDAYS, pupil.birthday and known.birthday and pupil.birthday != known.birthday),
            (SEXES, pupil.sex and known.sex and pupil.sex != known.sex),
            (NO_SNILS, with_snils and not pupil.snils),
        ):
            if differs:
                self.made.rows.append(Row(group, person, word, pupil.edu_group, group))

    def _doubtful(self, pupil: SourcePupil, question: Question | None) -> None:
        reason = NO_CLASS if question is None else QUESTIONS.get(question.reason, UNPROVEN)
        group = self.classes.get(pupil.edu_group)
        self.made.unmatched.append(Doubt(pupil.edu_group, group, self._number(pupil), reason))

    def _number(self, pupil: SourcePupil) -> int:
        number = unknown_pupil(pupil)
        self.made.names[number] = label_of(pupil)
        return number

    def _lacking(
        self, group: int, person: int, pupil: SourcePupil, word: str, now: int | None
    ) -> None:
        if pupil.enrolled is not None and pupil.enrolled >= self.draft.request.as_of:
            return
        self.made.rows.append(Row(group, person, word, pupil.edu_group, now))
        since = pupil.enrolled
        if since is not None and since < self.draft.since:
            since = None
        self._differs(LACKING, group, person, since)

    def _differs(self, rule: str, group: int, person: int, since: date | None) -> None:
        """Note what the rules judge, where the class's pupils were read lately."""
        read_at = self._read_at(group)
        if read_at is not None:
            led = self.led.of(group)
            self.made.differences.append(
                Difference(rule, group, person, since, read_at, class_teachers=led)
            )

    def _leavers(self, left: Mapping[int, SourcePupil]) -> None:
        for person, pupil in left.items():
            for group in sorted(self.in_class.get(person, ())):
                gone = pupil.left_on
                if person in self.in_doubt or (gone and gone >= self.draft.request.as_of):
                    continue
                self.made.rows.append(Row(group, person, LEFT_STAYS, "", group))
                self._differs(STRANGER, group, person, gone)
        for person, lesson in _after_leaving(self.draft, left, self.in_doubt):
            group = lesson.group_id or 0
            self.made.rows.append(Row(group, person, LEFT_MARKED, "", group))
            coverage = self.draft.journal.coverage
            readings = (coverage.read_at(part, group, lesson.day) for part in (MARKS, LOG, LESSONS))
            read_at = next((at for at in readings if at is not None), None)
            if read_at is not None:
                self.made.differences.append(
                    Difference(LEAVER, group, person, lesson.day, read_at, lesson)
                )

    def _strangers(self, settled: set[tuple[int, int]], left: Collection[int]) -> None:
        if any(source.refused for source in self.sources):
            # The refused row may be the stranger's.
            self.made.silences.append(Silence(None, STRANGER, LIST_INCOMPLETE, 0, None, None))
            return
        seen = _seen_from(self.draft)
        for person, group in sorted(self.have.members):
            if (
                group not in self.made.covered
                or (person, group) in settled
                or person in left
                or person in self.in_doubt
            ):
                continue
            self.made.rows.append(Row(group, person, ONLY_DIARY, "", group))
            self._differs(STRANGER, group, person, seen.get((person, group)))

    def _read_at(self, group: int) -> datetime | None:
        """When the class's pupils were read; None where that is too long ago, or never, to prove anything."""
        if group not in self.readings:
            as_of = self.draft.request.as_of
            at = self.draft.journal.coverage.read_at(MEMBERS, group, as_of)
            oldest = end_of_day(as_of - RECENT, self.draft.request.zone)
            is_old = at is not None and at < oldest and not self.draft.journal.clock_differs
            if at is None or is_old:
                reason = NOT_READ if at is None else READ_TOO_EARLY
                self.made.silences += [
                    Silence(group, rule, reason, 0, None, None) for rule in (STRANGER, LACKING)
                ]
            self.readings[group] = None if is_old else at
        return self.readings[group]


def _is_sure(question: Question) -> bool:
    """Whether the full name fits one pupil of the very class and nobody else: what a class list can prove."""
    return (
        question.unique
        and question.reason == "name_and_class"
        and question.candidates[0].score >= SAME_CLASS
    )


def _classes_of(have: Have, year: int) -> dict[int, set[int]]:
    """Classes of the study year by pupil."""
    found: dict[int, set[int]] = defaultdict(set)
    for person, group in have.members:
        known = have.groups[group]
        if is_class(known) and known.study_year in (year, None):
            found[person].add(group)
    return found


def _seen_from(draft: Draft) -> dict[tuple[int, int], date]:
    """Days on which pupils were seen to come into a class that had been read before."""
    seen = {
        (person, group): date.fromisoformat(day[:10])
        for person, group, day in draft.query(SEEN_FROM, ())
    }
    first: dict[int, date] = {}
    for (_person, group), day in seen.items():
        first[group] = min(day, first.get(group, day))
    return {key: day for key, day in seen.items() if day > first[key[1]]}


def _after_leaving(
    draft: Draft, left: Mapping[int, SourcePupil], in_doubt: Collection[int]
) -> Iterator[tuple[int, Lesson]]:
    """Leavers with the first held lesson after their day of leaving at which something of theirs stands."""
    days = {
        str(person): pupil.left_on.isoformat()
        for person, pupil in left.items()
        if pupil.left_on is not None and person not in in_doubt
    }
    held = {lesson.id: lesson for lesson in draft.scene.held}
    first: dict[int, Lesson] = {}
    for person, lesson_id in draft.query(
        AFTER_LEAVING, (json.dumps(days), draft.request.as_of.isoformat())
    ):
        lesson = held.get(lesson_id)
        if lesson is None:
            continue
        known = first.get(person, lesson)
        first[person] = min(known, lesson, key=lambda one: (one.day, one.number or 0, one.id))
    yield from sorted(first.items())

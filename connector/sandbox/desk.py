"""The school at hand: finds what an id means, keeps rights, and answers windows."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from fnmatch import fnmatchcase

from connector.sandbox import finals, ids, rollcall, wire
from connector.sandbox import school as school_maker
from connector.sandbox import subjects as s
from connector.sandbox.access import Door, Viewer, forbidden, not_found
from connector.sandbox.config import SandboxConfig
from connector.sandbox.fragments import SUBJECT_NUMBER, Fragments, final_mark_id, final_work_id
from connector.sandbox.journal import Journal
from connector.sandbox.lessonbook import LessonBook
from connector.sandbox.model import FinalMark, Group, Lesson, Mark, Work
from connector.sandbox.people import Person
from connector.sandbox.planting.all import plant
from connector.sandbox.planting.field import Case


class Desk:
    """State of one emulated school and the way to it by vendor ids."""

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.renew()

    def renew(self) -> None:
        """Make the seeded school; whatever was written to it is gone."""
        config = self.config
        self.today = config.day
        self.school = school_maker.build(config)
        self.journal = Journal(config, self.school)
        rollcall.plant(self.journal)
        self.field = plant(self.journal) if config.plant == "rules" else None
        decrees = self.field.decrees if self.field else {}
        self.finals = finals.decreed(self.journal, finals.make(self.journal), decrees)
        self.fragments = Fragments()
        self.door = Door(self.school, config.seed, config.rate, config.burst)
        self.hidden: set[int] = set()
        self.bells = wire.seeded_bells()
        self.book = LessonBook(self.school.groups)
        self._groups = {group.number: group for group in self.school.groups}
        self._memberships: dict[int, list[Group]] = {}
        self._finals_of: dict[int, list[FinalMark]] = defaultdict(list)
        for mark in self.finals:
            self._finals_of[mark.group.number].append(mark)

    # What an id means

    def group(self, vendor_id: int, viewer: Viewer) -> Group:
        """A group the viewer may see.

        Raises:
            Refusal: 404 without such a group, 403 without the right.

        """
        found = self._groups.get(ids.GROUP.decode(vendor_id) or 0)
        if found is None:
            raise not_found("group")
        if not viewer.may_see(found) or found.number in self.hidden:
            raise forbidden("outOfScope" if found.number in self.hidden else "ownerForbidden")
        return found

    def person(self, vendor_id: int, viewer: Viewer) -> Person:
        """A person the viewer may see."""
        number = ids.PERSON.decode(vendor_id)
        if number is None or number >= len(self.school.people):
            raise not_found("person")
        if (
            viewer.persons is not None
            and number not in viewer.persons
            and number != viewer.person.number
        ):
            raise forbidden()
        return self.school.people[number]

    def user(self, vendor_id: int, viewer: Viewer) -> Person:
        """The person behind a user id."""
        number = ids.USER.decode(vendor_id)
        if (
            number is None
            or number >= len(self.school.people)
            or self.school.people[number].user_id is None
        ):
            raise not_found("user")
        return self.person(self.school.people[number].id, viewer)

    def lesson(self, vendor_id: int, viewer: Viewer) -> Lesson:
        """A lesson of a visible group."""
        return self._lesson(ids.LESSON.decode(vendor_id) or 0, viewer)

    def cancelled_lesson(self, vendor_id: int, viewer: Viewer) -> Lesson:
        """A lesson of a visible group, also one that was taken out of the schedule."""
        return self._lesson(ids.LESSON.decode(vendor_id) or 0, viewer, deleted=True)

    def work(self, vendor_id: int, viewer: Viewer) -> Work:
        """A work of a lesson; `final` finds those of final marks."""
        key = ids.WORK.decode(vendor_id) or 0
        lesson = self._lesson(key // ids.WORKS, viewer)
        found = next((work for work in lesson.works if work.number == key % ids.WORKS), None)
        if found is None:
            raise not_found("work")
        return found

    def mark(self, vendor_id: int, viewer: Viewer) -> tuple[Work, Mark]:
        """A mark of a lesson."""
        key = ids.MARK.decode(vendor_id) or 0
        work = self.work(ids.WORK.encode(key // (ids.ROLL * ids.TRIES)), viewer)
        place, nth = divmod(key % (ids.ROLL * ids.TRIES), ids.TRIES)
        found = next((mark for mark in work.marks if (mark.place, mark.nth) == (place, nth)), None)
        if found is None:
            raise not_found("mark")
        return work, found

    def final_work(self, vendor_id: int, viewer: Viewer) -> list[FinalMark]:
        """Final marks that hang on one work; empty when it is no work of final marks."""
        shown = [
            mark
            for mark in self.finals
            if final_work_id(mark.group, mark.subject, mark.period) == vendor_id
        ]
        return [mark for mark in shown if self.shows(mark.group, viewer)]

    def final_mark(self, vendor_id: int, viewer: Viewer) -> FinalMark | None:
        """One final mark."""
        return next(
            (
                mark
                for mark in self.finals
                if final_mark_id(mark) == vendor_id and self.shows(mark.group, viewer)
            ),
            None,
        )

    def subject(self, vendor_id: int) -> str:
        """A subject's name."""
        number = ids.SUBJECT.decode(vendor_id)
        if number is None or number >= len(s.SUBJECTS):
            raise not_found("subject")
        return s.SUBJECTS[number]

    # What belongs together

    @property
    def cases(self) -> list[Case]:
        """What was planted, as it was meant."""
        return self.field.cases if self.field else []

    @property
    def groups(self) -> list[Group]:
        """Groups that are not archived, of all study years."""
        return [group for group in self.school.groups if not group.archived]

    def enrol(self, group: Group) -> None:
        """Take a new group in."""
        self.school.groups.append(group)
        self._groups[group.number] = group

    def shows(self, group: Group, viewer: Viewer) -> bool:
        """Whether lists may show a group to the viewer."""
        return viewer.may_see(group) and group.number not in self.hidden

    def groups_of(self, person: Person, *, ever: bool = False) -> list[Group]:
        """Groups of this study year a person learns in, teaches or leads; with `ever` all that were or are to come."""
        if not self._memberships:
            found: dict[int, list[Group]] = defaultdict(list)
            for group in self.school.groups:
                members = {m.person.number for m in group.roll} | {t.number for t in group.teachers}
                for number in members | (
                    {group.class_teacher.number} if group.class_teacher else set()
                ):
                    found[number].append(group)
            self._memberships = found
        groups = self._memberships.get(person.number, [])
        if ever:
            return [
                g
                for g in groups
                if not any(m.person is person for m in g.roll)
                or any(m.person is person for _place, m in g.seen(self.today))
            ]
        return [
            g
            for g in groups
            if not g.archived and g.year == self.school.year
            if not any(m.person is person for m in g.roll)
            or any(m.person is person and g.has_now(m, self.today) for m in g.roll)
        ]

    def finals_of(self, group: Group) -> list[FinalMark]:
        """Final marks of a class."""
        return self._finals_of.get(group.number, [])

    def window(
        self, group: Group, start: date, end: date, subject: str | None = None
    ) -> Iterator[Lesson]:
        """Lessons between two days, both included."""
        lessons = group.lessons
        low, high = bisect_left(lessons, start, key=_day), bisect_right(lessons, end, key=_day)
        return (
            lesson
            for lesson in lessons[low:high]
            if not lesson.deleted and (subject is None or lesson.subject == subject)
        )

    def marks_window(
        self, group: Group, start: date, end: date, viewer: Viewer, subject: str | None = None
    ) -> Iterator[str]:
        """Marks of a group between two days, by the lesson's day or by the day of entry as configured."""
        only = viewer.only
        if self.config.marks_by == "lesson":
            yield from (
                self.fragments.marks(lesson, only)
                for lesson in self.window(group, start, end, subject)
            )
            return
        first, last = start.isoformat(), end.isoformat()
        # A mark is never entered before its lesson, so later lessons cannot hold one of the window.
        for lesson in self.window(group, date.min, end, subject):
            for work, mark in lesson.marks():
                if first <= mark.at[:10] <= last and _meant(group, mark.place, only):
                    yield self.fragments.mark(work, mark)
        # Marks without a lesson have no other day than that of their entry.
        for final in self.finals_of(group):
            if (
                first <= final.at[:10] <= last
                and _meant(group, final.place, only)
                and subject in {None, final.subject}
            ):
                yield self.fragments.final_mark(final)

    def changed(self, lessons: Iterable[Lesson]) -> None:
        """Void what was written of lessons that an edit touched."""
        for lesson in lessons:
            lesson.shown.clear()

    @contextmanager
    def hiding(self, names: Iterable[str]) -> Iterator[None]:
        """Hide groups whose names fit one of some patterns for as long as the context lasts."""
        patterns = list(names)
        if not patterns:
            yield
            return
        before = set(self.hidden)
        self.hidden |= {
            group.number
            for group in self.school.groups
            if any(fnmatchcase(group.name, pattern) for pattern in patterns)
        }
        try:
            yield
        finally:
            self.hidden = before

    def regrouped(self) -> None:
        """Void what follows from rolls."""
        self._memberships = {}
        self.door.forget()

    def _lesson(self, key: int, viewer: Viewer, *, deleted: bool = False) -> Lesson:
        found = self.book.lesson(key)
        if found is None or (found.deleted and not deleted):
            raise not_found("lesson")
        self.group(found.group.id, viewer)
        return found


def subject_id(name: str) -> int:
    """Vendor id of a subject."""
    return ids.SUBJECT.encode(SUBJECT_NUMBER[name])


def _day(lesson: Lesson) -> date:
    return lesson.day


def _meant(group: Group, place: int, only: frozenset[int] | None) -> bool:
    return only is None or group.roll[place].person.number in only

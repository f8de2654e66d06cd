"""What a journal lost since a backup: operations that bring it back, and the rest for people to enter. Pure.

Matched by id first; what came back by other hands or by an earlier restoration has another id and is matched by what it
says. Where the diary says something else now, that is newer and stays, unless a person said otherwise for that field.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from connector.planned import (
    Book,
    BookEntry,
    BookLesson,
    BookMark,
    BookWork,
    ByHand,
    Channel,
    Operation,
    ref,
)
from connector.sync.book import COMPARED, blank, like, mark_text, work_values

# Fields that `overwrite` may name.
FIELDS = ("marks", "attendance", "comments", "works")
# The status a pupil's share of a homework begins with.
FRESH_TASK = "New"
# What a lesson is the same by, whatever its id.
_Hour = tuple[int, str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a restoration is done.

    Attributes:
        overwrite: words of `FIELDS` whose newer values give way.
        pupils: persons whom the diary shows; nothing can be written for others.
        links: ids of works that earlier restorations made, by the id that the backup knows.
        names: what persons, groups and subjects are called, by `<table>:<id>`.

    """

    overwrite: frozenset[str] = frozenset()
    pupils: Collection[int] = frozenset()
    links: Mapping[int, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, table: str, vendor_id: int | None) -> str:
        """A name, or the id where there is none."""
        return self.names.get(f"{table}:{vendor_id}") or str(vendor_id or "")


@dataclass(slots=True)
class Restored:
    """What a comparison found: operations, lines of the work sheet, and how much is as it was."""

    operations: list[Operation] = field(default_factory=list)
    by_hand: list[ByHand] = field(default_factory=list)
    unchanged: int = 0


def restore(backup: Book, now: Book, wanted: Wanted) -> Restored:
    """Compare a backup's journal with the diary's; both hold the same classes and days."""
    return _Comparison(backup, now, wanted).whole()


class _Comparison:
    def __init__(self, backup: Book, now: Book, wanted: Wanted) -> None:
        self.backup = backup
        self.now = now
        self.wanted = wanted
        self.found = Restored()
        # The diary's lesson and work for each of the backup: an id; of a work to be made its reference; None: gone.
        self.lessons: dict[int, int | None] = {}
        self.works: dict[int, str | None] = {}

    def whole(self) -> Restored:
        self._match_lessons()
        self._topics()
        self._all_works()
        self._attendance()
        self._marks()
        self._finals()
        return self.found

    # --- lessons and topics

    def _match_lessons(self) -> None:
        others: dict[_Hour, list[int]] = {}
        for lesson in self.now.lessons.values():
            if lesson.id not in self.backup.lessons:
                others.setdefault(_hour(lesson), []).append(lesson.id)
        for lesson in self.backup.lessons.values():
            like_it = others.get(_hour(lesson), [])
            self.lessons[lesson.id] = (
                lesson.id
                if lesson.id in self.now.lessons
                else like_it[0]
                if len(like_it) == 1
                else None
            )

    def _topics(self) -> None:
        for lesson in self.backup.lessons.values():
            place = self.lessons[lesson.id]
            if place is None:
                self._by_hand("lesson", "no_call", lesson, lesson.title)
            elif not blank(lesson.title):
                title = self.now.lessons[place].title
                if title == lesson.title:
                    self.found.unchanged += 1
                else:
                    why = "no_call" if blank(title) else "newer"
                    self._by_hand("topic", why, lesson, lesson.title, title)

    # --- works

    def _all_works(self) -> None:
        claimed = {work for work in self.backup.works if work in self.now.works}
        claimed |= {new for old, new in self.wanted.links.items() if old in self.backup.works}
        for lesson, works in sorted(self.backup.works_of.items()):
            place = self.lessons[lesson]
            spare = [
                work
                for work in sorted(self.now.works_of.get(place or 0, ()), key=_id)
                if work.id not in claimed
            ]
            for work in sorted(works, key=_id):
                if place is None:
                    self.works[work.id] = None
                    self._by_hand("work", "lesson_gone", self._lesson(work), _work_text(work))
                    continue
                there = self._counterpart(work, spare)
                if there is None:
                    self._create_work(work, place)
                else:
                    self.works[work.id] = str(there.id)
                    self._update_work(work, there)

    def _counterpart(self, work: BookWork, spare: list[BookWork]) -> BookWork | None:
        known = self.now.works.get(work.id) or self.now.works.get(
            self.wanted.links.get(work.id) or 0
        )
        if known is None:
            known = next((one for one in spare if like(one.values, work.values)), None)
            if known is not None:
                spare.remove(known)
        return known

    def _create_work(self, work: BookWork, place: int) -> None:
        target = self.works[work.id] = ref("works", str(work.id))
        beside = [
            str(one.id)
            for one in sorted(self.now.works_of.get(place, ()), key=_id)
            if like(one.values, work.values)
        ]
        gone = [person for person in work.tasks if person not in self.wanted.pupils]
        after = work_values(work) | {
            "lesson_id": str(place),
            "person_ids": [str(p) for p in sorted(work.tasks) if p not in gone],
            "beside": beside,
        }
        self._plan("work.create", target, work, None, after, label=_work_text(work))
        for person, status in sorted(work.tasks.items()):
            if person in gone:
                self._by_hand(
                    "task", "pupil_gone", self._lesson(work), _work_text(work), "", person
                )
            elif status not in (None, FRESH_TASK):
                self._by_hand("task", "no_call", self._lesson(work), status, "", person)

    def _update_work(self, work: BookWork, there: BookWork) -> None:
        fresh: dict[str, Any] = {}
        newer = []
        for name in COMPARED:
            was, is_now = work.values.get(name), there.values.get(name)
            if blank(was) or str(was) == str(is_now):
                continue
            if blank(is_now) or "works" in self.wanted.overwrite:
                fresh[name] = was
            else:
                newer.append(name)
        lost = {p for p in work.tasks if p not in there.tasks and p in self.wanted.pupils}
        if newer:
            self._by_hand("work", "newer", self._lesson(work), _work_text(work), _work_text(there))
        if not fresh and not lost:
            self.found.unchanged += not newer
            return
        before = work_values(there)
        people = sorted(map(str, {*there.tasks, *lost}))
        after = before | fresh | {"person_ids": people}
        self._plan("work.update", str(there.id), work, before, after, label=_work_text(work))

    # --- attendance

    def _attendance(self) -> None:
        for (lesson_id, person), was in sorted(self.backup.entries.items()):
            lesson = self.backup.lessons[lesson_id]
            place = self.lessons[lesson_id]
            if blank(was.status):
                continue
            if place is None or person not in self.wanted.pupils:
                why = "lesson_gone" if place is None else "pupil_gone"
                self._by_hand("attendance", why, lesson, _entry_text(was), "", person)
            else:
                self._entry(lesson, place, person, was)

    def _entry(self, lesson: BookLesson, place: int, person: int, was: BookEntry) -> None:
        is_now = self.now.entries.get((place, person))
        merged = self._merged(was, is_now)
        if is_now is not None and merged != was and not _covers(is_now, was):
            told = _entry_text(was), _entry_text(is_now)
            self._by_hand("attendance", "newer", lesson, *told, person)
        if is_now == merged:
            self.found.unchanged += _covers(is_now, was)
            return
        pair = {"lesson_id": str(place), "person_id": str(person)}
        before = None if is_now is None else pair | asdict(is_now)
        after = pair | asdict(merged)
        self.found.operations.append(
            self._operation("log_entry.put", str(person), lesson, before, after, person=person)
        )

    def _merged(self, was: BookEntry, is_now: BookEntry | None) -> BookEntry:
        """The entry as it shall be: newer fields stay, empty ones are filled."""
        if is_now is None:
            return was
        over = self.wanted.overwrite
        keeps = not blank(is_now.status) and "attendance" not in over
        status = is_now.status if keeps else was.status
        comment = is_now.comment
        # A comment speaks of its status: beside another one it would say something false.
        if status == was.status and not blank(was.comment):
            comment = was.comment if blank(comment) or "comments" in over else comment
        return BookEntry(status, comment)

    # --- marks

    def _marks(self) -> None:
        asked: set[tuple[int, str]] = set()
        spare: dict[tuple[int, int], list[BookMark]] = {}
        for pair, marks in self.now.marks_of.items():
            spare[pair] = [m for m in marks if m.id not in self.backup.marks]
        for mark in sorted(self.backup.marks.values(), key=_id):
            lesson = self.backup.lessons[mark.lesson_id]
            work = self._work_of(mark)
            if work is None or mark.person_id not in self.wanted.pupils:
                gone = self.lessons[lesson.id] is None
                why = "lesson_gone" if gone else "no_call" if work is None else "pupil_gone"
                self._by_hand("mark", why, lesson, mark_text(mark), "", mark.person_id)
                continue
            standing = self._standing(mark, work)
            if self._stands(mark, standing, spare.get((mark.person_id, _number(work)), [])):
                self.found.unchanged += 1
            else:
                self._mark(lesson, mark, work, standing, asked)

    def _work_of(self, mark: BookMark) -> str | None:
        if mark.work_id in self.backup.works:
            return self.works[mark.work_id]
        # A work that the vendor showed to nobody, only its marks.
        return str(mark.work_id) if mark.work_id in self.now.works else None

    def _standing(self, mark: BookMark, work: str) -> list[BookMark]:
        return self.now.marks_of.get((mark.person_id, _number(work)), [])

    def _stands(self, mark: BookMark, standing: list[BookMark], spare: list[BookMark]) -> bool:
        own = next((one for one in standing if one.id == mark.id), None)
        if own is not None:
            return mark_text(own) == mark_text(mark)
        again = next((one for one in spare if mark_text(one) == mark_text(mark)), None)
        if again is not None:
            spare.remove(again)
        return again is not None

    def _mark(
        self,
        lesson: BookLesson,
        mark: BookMark,
        work: str,
        standing: list[BookMark],
        asked: set[tuple[int, str]],
    ) -> None:
        key = mark.person_id, work
        told = ", ".join(mark_text(one) for one in standing)
        # Of several marks for one work nobody knows which one a new one would replace.
        several = key in asked or len(standing) > 1 or len(self._kin(mark)) > 1
        if several and (standing or key in asked):
            newer = any(one.id == mark.id for one in standing)
            why = "newer" if newer else "several"
            self._by_hand("mark", why, lesson, mark_text(mark), told, mark.person_id)
            return
        if standing and "marks" not in self.wanted.overwrite:
            self._by_hand("mark", "newer", lesson, mark_text(mark), told, mark.person_id)
            return
        asked.add(key)
        before = {"value": mark_text(standing[0])} if standing else None
        after = {
            "person_id": str(mark.person_id),
            "work_id": work,
            "lesson_id": str(self.lessons[mark.lesson_id]),
            "type": mark.type,
            "value": mark.value,
            "text_value": mark.text_value,
            "lost": None if mark.id in self.now.marks else str(mark.id),
        }
        self.found.operations.append(
            self._operation(
                "mark.put", str(mark.person_id), lesson, before, after, person=mark.person_id
            )
        )

    def _kin(self, mark: BookMark) -> list[BookMark]:
        return self.backup.marks_of[mark.person_id, mark.work_id]

    # --- final marks

    def _finals(self) -> None:
        for key, (value, group) in sorted(self.backup.finals.items(), key=repr):
            if blank(value):
                continue
            is_now = self.now.finals.get(key, (None, None))[0]
            if is_now == value:
                self.found.unchanged += 1
                continue
            person, subject, period, _kind = key
            why = "no_call" if blank(is_now) else "newer"
            self.found.by_hand.append(
                ByHand(
                    "final",
                    why,
                    str(value),
                    is_now or "",
                    group,
                    subject,
                    person_id=person,
                    period_id=period,
                )
            )

    # --- writing down

    def _lesson(self, work: BookWork) -> BookLesson:
        return self.backup.lessons[work.lesson_id]

    def _by_hand(
        self,
        what: str,
        why: str,
        lesson: BookLesson,
        value: str,
        now: str = "",
        person: int | None = None,
    ) -> None:
        self.found.by_hand.append(
            ByHand(
                what,
                why,
                value,
                now,
                lesson.edu_group_id,
                lesson.subject_id,
                lesson.teacher_ids,
                lesson.date,
                lesson.number,
                person,
            )
        )

    def _plan(
        self,
        op: str,
        target: str,
        work: BookWork,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any],
        *,
        label: str,
    ) -> None:
        made = self._operation(op, target, self._lesson(work), before, after, text=label)
        self.found.operations.append(made)

    def _operation(
        self,
        op: str,
        target: str,
        lesson: BookLesson,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any],
        *,
        person: int | None = None,
        text: str = "",
    ) -> Operation:
        called = self.wanted.called
        who = called("persons", person) if person is not None else text
        hour = f"{lesson.date}, {lesson.number}: {called('subjects', lesson.subject_id)}"
        return Operation(
            op,
            target,
            str(lesson.edu_group_id),
            before,
            after,
            reason="restored",
            evidence="backup",
            label=", ".join(filter(None, (who, hour, called("edu_groups", lesson.edu_group_id)))),
            channel=Channel.API,
        )


def first_day(operations: Iterable[Operation], days: Mapping[int, str]) -> str:
    """The first day of the lessons that operations are about; "" without any."""
    return min((days[int((o.after or {})["lesson_id"])] for o in operations), default="")


def _hour(lesson: BookLesson) -> _Hour:
    return lesson.edu_group_id, lesson.date, lesson.number, lesson.subject_id


def _id(one: BookWork | BookMark) -> int:
    return one.id


def _number(work: str) -> int:
    return int(work) if work.isdecimal() else 0


def _work_text(work: BookWork) -> str:
    return str(work.values.get("text") or work.values.get("type") or "")


def _entry_text(entry: BookEntry) -> str:
    return f"{entry.status or ''} ({entry.comment})" if entry.comment else entry.status or ""


def _covers(is_now: BookEntry | None, was: BookEntry) -> bool:
    """Whether nothing of the backup's entry is missing."""
    return (
        is_now is not None
        and is_now.status == was.status
        and (blank(was.comment) or is_now.comment == was.comment)
    )

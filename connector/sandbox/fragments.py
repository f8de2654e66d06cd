"""The bulk of the wire: lessons, works, tasks, marks, attendance as ready-made JSON text.

A year of a large school is half a million marks, so these are written directly and kept until the lesson is edited.
Member names, twins and casing as in dnevnik-api/openapi.yaml.
"""

import json
from collections.abc import Callable, Iterable

from connector.sandbox import ids
from connector.sandbox import subjects as s
from connector.sandbox.journal import MOODS
from connector.sandbox.model import Entry, FinalMark, Group, Lesson, Mark, Work

Only = frozenset[int] | None
PART_OF_DAY = "T00:00:00"
# Texts kept in memory at most; beyond it they are written anew each time.
KEPT_CHARACTERS = 300_000_000
YEAR = 7

SUBJECT_NUMBER = {name: number for number, name in enumerate(s.SUBJECTS)}


def text(value: object) -> str:
    """Compact JSON; Cyrillic letters stay as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def subject(name: str) -> dict[str, object]:
    """A full subject."""
    number = SUBJECT_NUMBER[name]
    vendor_id = ids.SUBJECT.encode(number)
    return {
        "id": vendor_id,
        "id_str": str(vendor_id),
        "name": name,
        "knowledgeArea": s.AREA_OF[name],
        "fgosSubjectId": number + 10 if number % 3 else None,
    }


class Fragments:
    """Writes and keeps JSON of lessons and what hangs on them. `only` limits it to some persons and is never kept."""

    def __init__(self) -> None:
        self._subjects = {name: text(subject(name)) for name in s.SUBJECTS}
        self._persons: dict[int, list[str]] = {}
        self._kept = 0

    def lesson(self, lesson: Lesson, only: Only = None) -> str:
        """A full lesson with its works and their tasks."""
        return self._keep(lesson, "lesson", lambda: self._lesson(lesson, only), only)

    def marks(self, lesson: Lesson, only: Only = None) -> str:
        """The marks of a lesson, joined by commas; empty when there are none."""
        return self._keep(lesson, "marks", lambda: self._marks(lesson, only), only)

    def entries(self, lesson: Lesson, only: Only = None) -> str:
        """The attendance entries of a lesson, joined by commas."""
        return self._keep(lesson, "entries", lambda: self._entries(lesson, only), only)

    def work(self, work: Work, only: Only = None) -> str:
        """A work of a lesson. Class works carry no tasks."""
        holder = work.holder
        period = holder.group.calendar.period_of(holder.day)
        homework = work.type == "Homework"
        target = f'"{work.target.isoformat()}{PART_OF_DAY}"' if work.target else "null"
        sent = (
            f'"{work.given.day.isoformat()}T15:{work.given.no % 60:02}:00"' if homework else "null"
        )
        tasks = self.tasks(work, only) if homework else ""
        return (
            f'{{"id":{work.id},"id_str":"{work.id}","type":"{work.type}","workType":{ids.WORK_TYPE.encode(s.TYPE_OF_KIND[work.type])},'
            f'"markType":"mark5","markCount":1,"lesson":{holder.id},"lesson_str":"{holder.id}","displayInJournal":true,'
            f'"status":"{"Sent" if homework else "New"}","eduGroup":{holder.group.id},"eduGroup_str":"{holder.group.id}","tasks":[{tasks}],'
            f'"text":{text(work.text)},"periodNumber":{period.number if period else 0},"periodType":"{period.type if period else "Quarter"}",'
            f'"subjectId":{ids.SUBJECT.encode(SUBJECT_NUMBER[holder.subject])},"isImportant":{"true" if work.type == "LessonExamination" else "false"},'
            f'"targetDate":{target},"sentDate":{sent},"createdBy":{holder.teachers[0].id},"files":[],"oneDriveLinks":[]}}'
        )

    def tasks(self, work: Work, only: Only = None) -> str:
        """Each pupil's share of a homework, joined by commas."""
        roll = self._roll(work.holder.group)
        rows = work.holder.group.roll
        key, work_id = work.key, work.id
        target = f"{work.target.isoformat()}{PART_OF_DAY}" if work.target else ""
        return ",".join(
            f'{{"id":{task},"id_str":"{task}",{roll[place]},"work":{work_id},"work_str":"{work_id}","status":"New","targetDate":"{target}"}}'
            for place in work.places
            if only is None or rows[place].person.number in only
            for task in (ids.TASK.encode(ids.task_key(key, place)),)
        )

    def mark(self, work: Work, mark: Mark) -> str:
        """One mark of a lesson."""
        vendor_id = ids.MARK.encode(ids.mark_key(work.key, mark.place, mark.nth))
        lesson, work_id = work.holder.id, work.id
        return (
            f'{{"id":{vendor_id},"id_str":"{vendor_id}","type":"Mark5","value":"{mark.value}","textValue":"{mark.value}",{self._roll(work.holder.group)[mark.place]},'
            f'"work":{work_id},"work_str":"{work_id}","lesson":{lesson},"lesson_str":"{lesson}","number":{mark.nth},"date":"{mark.at}",'
            f'"workType":{ids.WORK_TYPE.encode(s.TYPE_OF_KIND[work.type])},"mood":"{MOODS.get(mark.value[:1], "NotSet")}","use_avg_calc":true}}'
        )

    def entry(self, lesson: Lesson, place: int, entry: Entry) -> str:
        """One attendance entry."""
        return (
            f'{{{self._roll(lesson.group)[place]},"lesson":{lesson.id},"lesson_str":"{lesson.id}","comment":{text(entry.comment)},'
            f'"status":"{entry.status}","createdDate":"{entry.at}"}}'
        )

    def final_work(self, group: Group, subject_name: str, period: int) -> str:
        """The work behind final marks: no lesson; period 7 is the year."""
        vendor_id = final_work_id(group, subject_name, period)
        year = period == YEAR
        return (
            f'{{"id":{vendor_id},"id_str":"{vendor_id}","type":"{"PeriodFinalMark" if year else "PeriodMark"}","workType":null,"markType":"mark5","markCount":1,'
            f'"lesson":null,"lesson_str":null,"displayInJournal":true,"status":"New","eduGroup":{group.id},"eduGroup_str":"{group.id}","tasks":[],"text":null,'
            f'"periodNumber":{0 if year else period},"periodType":"{"Year" if year else group.calendar.periods[period].type}",'
            f'"subjectId":{ids.SUBJECT.encode(SUBJECT_NUMBER[subject_name])},"isImportant":false,"targetDate":null,"sentDate":null,"createdBy":null,"files":[],"oneDriveLinks":[]}}'
        )

    def final_mark(self, mark: FinalMark) -> str:
        """A period's or the year's mark."""
        vendor_id, work_id = (
            final_mark_id(mark),
            final_work_id(mark.group, mark.subject, mark.period),
        )
        return (
            f'{{"id":{vendor_id},"id_str":"{vendor_id}","type":"Mark5","value":"{mark.value}","textValue":"{mark.value}",{self._roll(mark.group)[mark.place]},'
            f'"work":{work_id},"work_str":"{work_id}","lesson":null,"lesson_str":null,"number":0,"date":"{mark.at}","workType":null,'
            f'"mood":"{MOODS.get(mark.value[:1], "NotSet")}","use_avg_calc":false}}'
        )

    def _lesson(self, lesson: Lesson, only: Only) -> str:
        teachers = [teacher.id for teacher in lesson.teachers]
        quoted = ",".join(f'"{teacher}"' for teacher in teachers)
        works = ",".join(self.work(work, only) for work in lesson.works)
        return (
            f'{{"id":{lesson.id},"id_str":"{lesson.id}",{_title(lesson)}"date":"{lesson.day.isoformat()}{PART_OF_DAY}","number":{lesson.number},'
            f'"subject":{self._subjects[lesson.subject]},"group":{lesson.group.id},"status":{text(lesson.status)},"resultPlaceId":{text(lesson.place)},'
            f'"works":[{works}],"teachers":[{",".join(map(str, teachers))}],"teachers_str":[{quoted}]}}'
        )

    def _marks(self, lesson: Lesson, only: Only) -> str:
        roll = lesson.group.roll
        return ",".join(
            self.mark(work, mark)
            for work, mark in lesson.marks()
            if only is None or roll[mark.place].person.number in only
        )

    def _entries(self, lesson: Lesson, only: Only) -> str:
        roll = lesson.group.roll
        shown: Iterable[tuple[int, Entry]] = lesson.entries.items()
        return ",".join(
            self.entry(lesson, place, entry)
            for place, entry in shown
            if only is None or roll[place].person.number in only
        )

    def _roll(self, group: Group) -> list[str]:
        """The `person` members of everyone on a roll, by place; the roll only grows."""
        known = self._persons.setdefault(group.number, [])
        for membership in group.roll[len(known) :]:
            known.append(f'"person":{membership.person.id},"person_str":"{membership.person.id}"')
        return known

    def _keep(self, lesson: Lesson, name: str, write: Callable[[], str], only: Only) -> str:
        if only is not None:
            return write()
        kept = lesson.shown.get(name)
        if kept is None:
            kept = write()
            if self._kept < KEPT_CHARACTERS:
                self._kept += len(kept)
                lesson.shown[name] = kept
        return kept


def final_work_id(group: Group, subject_name: str, period: int) -> int:
    """Id of the work that carries a class's final marks."""
    return ids.FINAL_WORK.encode(ids.final_key(group.number, SUBJECT_NUMBER[subject_name], period))


def final_mark_id(mark: FinalMark) -> int:
    """Id of a final mark."""
    return ids.FINAL_MARK.encode(
        ids.final_key(mark.group.number, SUBJECT_NUMBER[mark.subject], mark.period) * ids.ROLL
        + mark.place
    )


def _title(lesson: Lesson) -> str:
    """An empty topic is null, an empty string or no member at all: hidden members are left out (notes, section 9)."""
    if lesson.title:
        return f'"title":{text(lesson.title)},'
    return ("", '"title":null,', '"title":"",')[lesson.no % 3]

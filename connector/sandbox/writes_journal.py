"""Writing the journal: the writes that the notes of the vendor name (section 8). No client was ever seen to succeed.

So bodies are read as the notes guess them: JSON in the shape of what reads show. What the notes leave open is played one
way: an entry that is there already is a conflict for POST, one that is missing is unknown to PUT and DELETE; a mark for
a work that the pupil has a mark for replaces it or is added to it, as configured.
"""

from datetime import date

from connector.sandbox import ids
from connector.sandbox import subjects as s
from connector.sandbox.access import Viewer, conflict, not_found
from connector.sandbox.answers_journal import STATUSES
from connector.sandbox.answers_marks import MARK5
from connector.sandbox.desk import Desk
from connector.sandbox.members import Members, wrong
from connector.sandbox.model import Entry, Lesson, Mark, Work
from connector.sandbox.routing import Answer, Call, Ready, route

ENTRY = ("person", "lesson", "comment", "status", "createdDate")
WORK = (
    *("id", "type", "workType", "markType", "markCount", "lesson", "displayInJournal", "status"),
    *("eduGroup", "tasks", "text", "periodNumber", "periodType", "subjectId", "isImportant"),
    *("targetDate", "sentDate", "createdBy", "files", "oneDriveLinks"),
)
TASK = ("id", "person", "work", "status", "targetDate")
MARK = (
    *("id", "type", "value", "textValue", "person", "work", "lesson", "number", "date"),
    *("workType", "mood", "use_avg_calc"),
)
# Numbers of works that no seeded lesson uses: what is made anew gets an id of its own.
OWN_NUMBERS = range(2, 8)
HOMEWORK = "Homework"
MOST_TASKS = 256


@route("POST", "/lessons/{lesson}/log-entries", documented=True)
def create_entry(desk: Desk, call: Call) -> Answer:
    """Record attendance of one pupil."""
    lesson = desk.lesson(call.id("lesson"), call.viewer)
    body = Members(call.body, ENTRY, required=("person", "status"))
    place = _place(desk, lesson, body.id("person"), call.viewer)
    if place in lesson.entries:
        raise conflict("The pupil has an entry for this lesson")
    return _enter(desk, lesson, place, body)


@route("PUT", "/lessons/{lesson}/log-entries", documented=True)
def change_entry(desk: Desk, call: Call) -> Answer:
    """Change an entry; the person comes in the query."""
    lesson = desk.lesson(call.id("lesson"), call.viewer)
    place = _entered(desk, lesson, call)
    return _enter(desk, lesson, place, Members(call.body, ENTRY, required=("status",)))


@route("DELETE", "/lessons/{lesson}/log-entries", documented=True)
def delete_entry(desk: Desk, call: Call) -> Answer:
    """Take an entry away."""
    lesson = desk.lesson(call.id("lesson"), call.viewer)
    del lesson.entries[_entered(desk, lesson, call)]
    desk.changed([lesson])


def _entered(desk: Desk, lesson: Lesson, call: Call) -> int:
    place = _place(desk, lesson, call.asked_id("person") or 0, call.viewer)
    if place not in lesson.entries:
        raise not_found("person")
    return place


def _enter(desk: Desk, lesson: Lesson, place: int, body: Members) -> Answer:
    status = body.choice("status", STATUSES)
    lesson.entries[place] = Entry(status, _now(desk), body.text_or_none("comment"))
    desk.changed([lesson])
    return Ready(desk.fragments.entry(lesson, place, lesson.entries[place]))


@route("POST", "/works", documented=True)
def create_work(desk: Desk, call: Call) -> Answer:
    """Create a work on a lesson; tasks address a homework to pupils."""
    body = Members(call.body, WORK, required=("type", "lesson"))
    lesson = desk.lesson(body.id("lesson"), call.viewer)
    taken = {work.number for work in lesson.works}
    number = next((n for n in OWN_NUMBERS if n not in taken), None)
    if number is None:
        raise conflict("The lesson holds too many works")
    given = lesson if desk.config.homework_lesson == "given" else lesson.before or lesson
    work = Work(lesson, number, "", given)
    _read(desk, work, body, call.viewer)
    lesson.works.append(work)
    desk.changed([lesson])
    return Ready(desk.fragments.work(work))


@route("PUT", "/works/{work}", documented=True)
def change_work(desk: Desk, call: Call) -> Answer:
    """Change a work to what the body, a full work, says; it stays on its lesson."""
    work = desk.work(call.id("work"), call.viewer)
    _read(desk, work, Members(call.body, WORK, required=("type",)), call.viewer)
    desk.changed([work.holder])
    return Ready(desk.fragments.work(work))


@route("DELETE", "/works/{work}", documented=True)
def delete_work(desk: Desk, call: Call) -> Answer:
    """Take a work away, with the marks that hang on it."""
    work = desk.work(call.id("work"), call.viewer)
    work.holder.works.remove(work)
    desk.changed([work.holder])


def _read(desk: Desk, work: Work, body: Members, viewer: Viewer) -> None:
    kind = body.choice("type", s.TYPE_OF_KIND)
    text = body.text_or_none("text")
    target: date | None = body.day("targetDate") if body.has("targetDate") else None
    tasks = [
        Members(item, TASK, required=("person",))
        for item in (body.items("tasks")[:MOST_TASKS] if body.filled("tasks") else [])
    ]
    places = tuple(_place(desk, work.holder, task.id("person"), viewer) for task in tasks)
    if len(set(places)) < len(places):
        raise wrong("tasks", "name a person twice")
    work.type, work.text, work.target, work.places = kind, text, target, places


@route("POST", "/works/{work}/persons/{person}/status", documented=True)
def start_task(desk: Desk, call: Call) -> Answer:
    """Take a pupil's step in a homework. What the step makes of the status is unpublished, so it stays as it is."""
    work = desk.work(call.id("work"), call.viewer)
    Members(call.body, ("action",), required=("action",)).choice("action", ("StartWorking",))
    place = _place(desk, work.holder, call.id("person"), call.viewer)
    if place not in work.places:
        raise not_found("person")
    who = work.holder.group.roll[place].person
    return Ready(desk.fragments.tasks(work, frozenset({who.number})))


@route("POST", "/persons/{personId}/works/{workId}/mark", documented=True)
def give_mark(desk: Desk, call: Call) -> Answer:
    """Give a pupil a mark for a work."""
    work = desk.work(call.id("workId"), call.viewer)
    place = _place(desk, work.holder, call.id("personId"), call.viewer)
    body = Members(call.body, MARK, required=("value",))
    if body.has("type") and body.text("type").lower() != "mark5":
        raise wrong("type", "is not that of the school")
    value = body.choice("value", MARK5)
    own = [mark for mark in work.marks if mark.place == place]
    if own and desk.config.second_mark == "replace":
        own[-1].value, own[-1].at = value, _now(desk)
        mark = own[-1]
    else:
        # Not the number of a seeded mark: what is given anew gets an id of its own.
        nth = max([0, *(mark.nth for mark in own)]) + 1
        if nth >= ids.TRIES:
            raise conflict("The pupil has too many marks for this work")
        mark = Mark(place, nth, value, _now(desk))
        work.marks.append(mark)
    desk.changed([work.holder])
    return Ready(desk.fragments.mark(work, mark))


def _place(desk: Desk, lesson: Lesson, vendor_id: int, viewer: Viewer) -> int:
    """Place on the roll of a pupil who belongs, or belonged, to the lesson's group."""
    who = desk.person(vendor_id, viewer)
    found = next((p for p, m in lesson.group.seen(desk.today) if m.person is who), None)
    if found is None:
        raise not_found("person")
    return found


def _now(desk: Desk) -> str:
    return f"{desk.today.isoformat()}T11:00:00.5"

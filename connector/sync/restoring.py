"""What a journal lost since a backup: operations that bring it back, and the rest for people to enter. Pure.

Matched by id first; what came back by other hands or by an earlier restoration has another id and is matched by what it
says. Where the diary says something else now, that is newer and stays, unless a person said otherwise for that field.
"""

from dataclasses import asdict

from connector.planned import Book, BookEntry, BookLesson, ByHand
from connector.sync.book import blank
from connector.sync.comparing import FIELDS, Comparison, Restored, Wanted, entry_text
from connector.sync.restoring_marks import plan_marks
from connector.sync.restoring_works import plan_works

__all__ = ["FIELDS", "Restored", "Wanted", "restore"]


def restore(backup: Book, now: Book, wanted: Wanted) -> Restored:
    """Compare a backup's journal with the diary's; both hold the same classes and days."""
    c = Comparison(backup, now, wanted)
    _topics(c)
    plan_works(c)
    _attendance(c)
    plan_marks(c)
    _finals(c)
    return c.found


def _topics(c: Comparison) -> None:
    for lesson in c.backup.lessons.values():
        place = c.lessons[lesson.id]
        if place is None:
            c.by_hand("lesson", "no_call", lesson, lesson.title)
        elif not blank(lesson.title):
            title = c.now.lessons[place].title
            if title == lesson.title:
                c.found.unchanged += 1
            else:
                why = "no_call" if blank(title) else "newer"
                c.by_hand("topic", why, lesson, lesson.title, title)


def _attendance(c: Comparison) -> None:
    for (lesson_id, person), was in sorted(c.backup.entries.items()):
        lesson = c.backup.lessons[lesson_id]
        place = c.lessons[lesson_id]
        if blank(was.status):
            continue
        if place is None or person not in c.wanted.pupils:
            why = "lesson_gone" if place is None else "pupil_gone"
            c.by_hand("attendance", why, lesson, entry_text(was), "", person)
        else:
            _entry(c, lesson, place, person, was)


def _entry(c: Comparison, lesson: BookLesson, place: int, person: int, was: BookEntry) -> None:
    is_now = c.now.entries.get((place, person))
    merged = _merged(c, was, is_now)
    if is_now is not None and merged != was and not _covers(is_now, was):
        told = entry_text(was), entry_text(is_now)
        c.by_hand("attendance", "newer", lesson, *told, person)
    if is_now == merged:
        c.found.unchanged += _covers(is_now, was)
        return
    pair = {"lesson_id": str(place), "person_id": str(person)}
    before = None if is_now is None else pair | asdict(is_now)
    after = pair | asdict(merged)
    c.plan("log_entry.put", str(person), lesson, before, after, person=person)


def _merged(c: Comparison, was: BookEntry, is_now: BookEntry | None) -> BookEntry:
    """The entry as it shall be: newer fields stay, empty ones are filled."""
    if is_now is None:
        return was
    over = c.wanted.overwrite
    keeps = not blank(is_now.status) and "attendance" not in over
    status = is_now.status if keeps else was.status
    comment = is_now.comment
    # A comment speaks of its status: beside another one it would say something false.
    if status == was.status and not blank(was.comment):
        comment = was.comment if blank(comment) or "comments" in over else comment
    return BookEntry(status, comment)


def _finals(c: Comparison) -> None:
    for key, (value, group) in sorted(c.backup.finals.items(), key=repr):
        if blank(value):
            continue
        is_now = c.now.finals.get(key, (None, None))[0]
        if is_now == value:
            c.found.unchanged += 1
            continue
        person, subject, period, _kind = key
        why = "no_call" if blank(is_now) else "newer"
        c.found.by_hand.append(
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


def _covers(is_now: BookEntry | None, was: BookEntry) -> bool:
    """Whether nothing of the backup's entry is missing."""
    return (
        is_now is not None
        and is_now.status == was.status
        and (blank(was.comment) or is_now.comment == was.comment)
    )

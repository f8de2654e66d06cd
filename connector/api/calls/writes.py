"""Writes that public evidence shows: attendance, works, one mark, a pupil's step in a homework.

No public client was seen to succeed with any of them (docs/vendor-api.md): bodies have the shape that reads show, and
an answer proves less than reading again. Not in the catalogue of reads; the client sends them only where it may write.
"""

from collections.abc import Callable, Mapping
from typing import Any

from connector.api.calls.base import EDUCATION, Call, Evidence, Retry
from connector.api.decode import INT64_MAX, Decoded, Unreadable, json_value
from connector.i18n import N_

# Id of what was made, None where the answer tells none: the notes say that it may be null.
Made = int | None


def _taken(_body: bytes) -> Decoded[Made]:
    """The answer's shape is unconfirmed and of no use: what was written has no new id, or is found by reading again."""
    return Decoded(None)


def _made(body: bytes) -> Decoded[Made]:
    """Id of the new work; the notes say that the answer may be null."""
    try:
        answer = json_value(body).value if body.strip() else None
    except Unreadable:
        # A status of success tells that it was taken; reading again tells what it became.
        return Decoded(None)
    found = (answer.get("id_str") or answer.get("id")) if isinstance(answer, dict) else None
    if found is None:
        return Decoded(None)
    text = str(found)
    if isinstance(found, bool) or not text.isdecimal() or not 0 < int(text[:20]) <= INT64_MAX:
        raise Unreadable(N_("the answer tells no id"))
    return Decoded(int(text))


def _writing(
    name: str,
    method: str,
    template: str,
    evidence: str,
    *,
    ids: Mapping[str, int],
    query: tuple[tuple[str, str], ...] = (),
    body: Mapping[str, Any] | None = None,
    decode: Callable[[bytes], Decoded[Made]] = _taken,
) -> Call[Made]:
    source, confidence = evidence.split()
    return Call(
        name=name,
        method=method,
        path=template.format_map(ids),
        template=template,
        query=query,
        body=None if body is None else dict(body),
        decode=decode,
        writes=True,
        retry=Retry.IF_UNPROCESSED,
        scope=EDUCATION,
        evidence=Evidence(source, confidence),
    )


def create_log_entry(lesson: int, entry: Mapping[str, Any]) -> Call[Made]:
    """Record attendance of one pupil; `entry` in wire names, with `person` and `status`."""
    return _writing(
        "create_log_entry",
        "POST",
        "lessons/{lesson}/log-entries",
        "LessonLog_PostLessonsLessonLogEntries medium",
        ids={"lesson": lesson},
        body=entry,
    )


def change_log_entry(lesson: int, person: int, entry: Mapping[str, Any]) -> Call[Made]:
    """Change an attendance entry; whether the person travels in query or body is unconfirmed, so in both."""
    return _writing(
        "change_log_entry",
        "PUT",
        "lessons/{lesson}/log-entries",
        "LessonLog_PutLessonsLessonLogEntries medium",
        ids={"lesson": lesson},
        query=(("person", str(person)),),
        body=entry,
    )


def delete_log_entry(lesson: int, person: int) -> Call[Made]:
    """Take an attendance entry away."""
    return _writing(
        "delete_log_entry",
        "DELETE",
        "lessons/{lesson}/log-entries",
        "LessonLog_DeleteLessonsLessonLogEntries medium",
        ids={"lesson": lesson},
        query=(("person", str(person)),),
    )


def create_work(work: Mapping[str, Any]) -> Call[Made]:
    """Create a work on a lesson; nested `tasks` address a homework to pupils."""
    return _writing(
        "create_work", "POST", "works", "Works_PostWorks medium", ids={}, body=work, decode=_made
    )


def change_work(work: int, values: Mapping[str, Any]) -> Call[Made]:
    """Change a work; the body is assumed to be a full work."""
    return _writing(
        "change_work",
        "PUT",
        "works/{work}",
        "Works_PutWorksWork medium",
        ids={"work": work},
        body=values,
    )


def delete_work(work: int) -> Call[Made]:
    """Take a work away; what becomes of its marks is unknown."""
    return _writing(
        "delete_work", "DELETE", "works/{work}", "Works_DeleteWorksWork medium", ids={"work": work}
    )


def give_mark(person: int, work: int, mark: Mapping[str, Any]) -> Call[Made]:
    """Give a pupil a mark for a work. Unpublished: the body, and whether it replaces a mark that is there."""
    return _writing(
        "give_mark",
        "POST",
        "persons/{personId}/works/{workId}/mark",
        "Marks_PostPersonsPersonidWorksWorkidMark low",
        ids={"personId": person, "workId": work},
        body=mark,
    )


def start_task(work: int, person: int) -> Call[Made]:
    """Take the one published step of a pupil's homework; the answer's id is the task's."""
    return _writing(
        "start_task",
        "POST",
        "works/{work}/persons/{person}/status",
        "Works_ChangeStatus medium",
        ids={"work": work, "person": person},
        body={"action": "StartWorking"},
    )


# Every documented write known to the project.
WRITES = (
    create_log_entry,
    change_log_entry,
    delete_log_entry,
    create_work,
    change_work,
    delete_work,
    give_mark,
    start_task,
)

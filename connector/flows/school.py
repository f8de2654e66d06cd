"""The school itself: who we are to the vendor, which school, its zone, its lists of subjects, bells and staff."""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, timedelta, timezone, tzinfo
from typing import Generic, TypeVar

from connector.api import calls
from connector.api.calls.base import Call
from connector.api.models import Context, School, SchoolTeacher, Timetable
from connector.api.rows import to_row
from connector.errors import AccessDenied, NotFound, UsageProblem
from connector.flows.lanes import together
from connector.flows.run import Run
from connector.i18n import N_, _
from connector.mirror.store import Merging
from connector.records import TABLES, Row, SchoolId, UserId, Window, stable_id

T = TypeVar("T")

SUPPLEMENT = Merging(keeps_known=True)


@dataclass(frozen=True, slots=True)
class Heard(Generic[T]):
    """What a question brought.

    Attributes:
        value: None where the token may not ask, or where the answer is the known one.
        whole: all of it could be read.
        unchanged: the answer is the one that was taken in before.
        request: fingerprint of the question.
        sha256: digest of the answer.

    """

    value: T | None
    whole: bool
    unchanged: bool = False
    request: str = ""
    sha256: bytes = b""


async def ask(run: Run, call: Call[T], *, skips_known: bool = False) -> Heard[T]:
    """Send a call that the token may have no right to; with `skips_known` a body taken in before is not read again."""
    request = call.fingerprint()
    known = run.mirror.known_body(request) if skips_known else None
    try:
        async with run.side_lane or nullcontext():
            answer = await run.client.afetch(call, known)
    except (AccessDenied, NotFound):
        return Heard(None, whole=False)
    run.note(answer.drift)
    return Heard(answer.value, answer.rejected == 0, answer.unchanged, request, answer.sha256)


def settle(run: Run, window: Window, heard: Heard[T], *, rows: int = 0, table: str = "") -> None:
    """Record that a question was answered; its body is known from now on unless rows of `table` are held."""
    state = "refused" if heard.value is None and not heard.unchanged else "done"
    run.mirror.cover(run.id, run.started_at, window, state=state, rows=rows)
    held = run.suspect.get((table, window.edu_group_id))
    if heard.whole and not heard.unchanged and not held:
        run.mirror.know_body(window, heard.request, heard.sha256, rows)


def whole_school(resource: str, group: int = 0) -> Window:
    """The window of a resource without dates."""
    return Window(resource, group, date.min, date.min)


async def read_context(run: Run) -> Context:
    """Find out who we are, which school is meant and what its zone is.

    Raises:
        UsageProblem: the token sees no school or several, and none was named.

    """
    answer = await run.client.afetch(calls.context())
    context = answer.value
    assert context is not None  # noqa: S101 - a body is always decoded when no hash was given
    run.note(answer.drift)
    ids = [school.id for school in context.schools or ()] or list(context.school_ids or ())
    run.school_id = _choose(
        run.options.school_id, ids, {s.id: s.name or "" for s in context.schools or ()}
    )
    return context


def _choose(wanted: int | None, ids: list[int], names: dict[int, str]) -> int:
    if wanted is not None:
        if ids and wanted not in ids:
            raise UsageProblem(
                _("The token does not see school {id}. It sees: {seen}.").format(
                    id=wanted, seen=_listed(ids, names)
                )
            )
        return wanted
    if len(ids) == 1:
        return ids[0]
    if not ids:
        raise UsageProblem(N_("The token sees no school. Use the token of a member of staff."))
    raise UsageProblem(
        _("The token sees several schools. Name one with --school or [school] id: {seen}.").format(
            seen=_listed(ids, names)
        )
    )


def _listed(ids: Iterable[int], names: dict[int, str]) -> str:
    return "; ".join(f"{school} {names.get(school, '')}".strip() for school in ids)


async def read_zone(run: Run, context: Context, school: School | None) -> None:
    """Settle the school's zone: the setting, else the caller's account, else the school's profile, else UTC."""
    if run.options.zone is not None:
        run.zone = run.options.zone
        return
    offset = None
    if context.user_id is not None:
        owner = await ask(run, calls.users([UserId(context.user_id)]))
        offset = next((user.timezone for user in owner.value or () if user.timezone), None)
    found, source = parse_offset(offset), N_("the account of the token's owner")
    if found is None and school is not None and school.time_zone is not None:
        found, source = parse_offset(str(school.time_zone)), N_("the school's profile")
    if found is None:
        found, source = UTC, N_("nothing: UTC is assumed")
    run.zone = found
    run.warnings.append(
        _(
            "The school's time zone {zone} was taken from: {source}. Set [school] timezone to be sure."
        ).format(zone=found, source=_(source))
    )


def parse_offset(text: str | None) -> tzinfo | None:
    """Read the vendor's `+5:00`, `03:00` or `5` as a zone; None when it is none of these or out of range."""
    if not text:
        return None
    sign = -1 if text.startswith("-") else 1
    hours, _colon, minutes = text.lstrip("+-").partition(":")
    if not hours.isdigit() or not (minutes or "0").isdigit():
        return None
    offset = sign * timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(offset) if abs(offset) <= timedelta(hours=14) else None


async def read_school(run: Run, context: Context) -> None:
    """Read the school's profile and its lists, each a single request."""
    school = SchoolId(run.school_id)
    profile, subjects, types, tables = await together(
        ask(run, calls.school(school)),
        ask(run, calls.subjects(school), skips_known=True),
        ask(run, calls.work_types(school), skips_known=True),
        ask(run, calls.timetables(school), skips_known=True),
    )
    await read_zone(run, context, profile.value)
    with run.mirror.transaction():
        run.mirror.learn(run.id, "school_id", str(school))
        run.mirror.learn(run.id, "zone", _zone_name(run.zone))
        if profile.value is not None:
            row = with_columns("schools", to_row(profile.value), timezone=_zone_name(run.zone))
            run.list_rows("schools", [row], scope=None)
        if subjects.value is not None:
            run.list_rows(
                "subjects", map(to_row, subjects.value), scope="1", complete=subjects.whole
            )
        if types.value is not None:
            rows = [to_row(kind, school_id=school) for kind in types.value]
            run.list_rows(
                "work_types",
                rows,
                scope="school_id = ?",
                parameters=(school,),
                complete=types.whole,
            )
        if tables.value is not None:
            _take_timetables(run, school, tables.value)
        settle(run, whole_school("schools"), profile, table="schools")
        settle(run, whole_school("subjects"), subjects, table="subjects")
        settle(run, whole_school("work_types"), types, table="work_types")
        settle(run, whole_school("timetables"), tables, table="timetables")


def _zone_name(zone: tzinfo) -> str:
    """`Europe/Moscow` for a named zone, `+05:00` for a bare offset."""
    key = getattr(zone, "key", None)
    return key if isinstance(key, str) else str(zone).removeprefix("UTC") or "+00:00"


def with_columns(table: str, row: Row, **values: object) -> Row:
    """The row with some columns set."""
    columns = TABLES[table].columns
    listed = list(row)
    for name, value in values.items():
        listed[columns.index(name)] = value
    return tuple(listed)


def _take_timetables(run: Run, school: int, tables: list[Timetable]) -> None:
    rows, bells = [], []
    for table in tables:
        own_id = stable_id(school, table.name)
        rows.append(with_columns("timetables", to_row(table), id=own_id, school_id=school))
        bells += [
            with_columns("bells", to_row(item), timetable_id=own_id) for item in table.items or ()
        ]
    run.list_rows("timetables", rows, scope="school_id = ?", parameters=(school,))
    run.list_rows(
        "bells",
        bells,
        scope="timetable_id IN (SELECT id FROM timetables WHERE school_id = ?)",
        parameters=(school,),
    )


async def read_staff(run: Run) -> list[int]:
    """Read teachers, other staff and administrators; returns the persons."""
    school = SchoolId(run.school_id)
    teachers, staff, admins = await together(
        ask(run, calls.teachers(school)),
        ask(run, calls.staff(school)),
        ask(run, calls.staff(school, "Admins")),
    )
    persons: dict[int, Row] = {}
    posts: dict[int, Row] = {}
    admin_ids = {person.id for person in admins.value or ()}
    for person in [*(staff.value or ()), *(admins.value or ())]:
        persons[person.id] = to_row(person)
        posts[person.id] = with_columns(
            "staff",
            (None,) * (len(TABLES["staff"].columns) + 1),
            person_id=person.id,
            school_id=school,
            is_admin=int(person.id in admin_ids),
        )
    for teacher in teachers.value or ():
        persons[teacher.id] = _person_of(teacher)
        posts[teacher.id] = with_columns(
            "staff", to_row(teacher), school_id=school, is_admin=int(teacher.id in admin_ids)
        )
    whole = teachers.whole and staff.whole and admins.whole
    with run.mirror.transaction():
        run.list_rows("persons", persons.values(), scope=None, how=SUPPLEMENT)
        run.list_rows(
            "staff",
            posts.values(),
            scope="school_id = ?",
            parameters=(school,),
            how=SUPPLEMENT,
            complete=whole,
        )
        state = "refused" if teachers.value is None and staff.value is None else "done"
        run.mirror.cover(
            run.id, run.started_at, whole_school("staff"), state=state, rows=len(posts)
        )
    return list(persons)


def _person_of(teacher: SchoolTeacher) -> Row:
    return with_columns(
        "persons",
        (None,) * (len(TABLES["persons"].columns) + 1),
        id=teacher.id,
        user_id=teacher.user_id,
        last_name=teacher.last_name,
        first_name=teacher.first_name,
        middle_name=teacher.middle_name,
        short_name=teacher.short_name,
        sex=teacher.sex,
        birthday=teacher.date_birth and teacher.date_birth.isoformat(),
    )

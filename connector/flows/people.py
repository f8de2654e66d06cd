"""Who is in the groups, and when they were born."""

from connector.api import calls
from connector.api.models import EduGroupWithStudents, User
from connector.api.rows import to_row
from connector.errors import RequestRejected
from connector.flows.groups import WEEK, Group
from connector.flows.lanes import together
from connector.flows.run import Run
from connector.flows.school import SUPPLEMENT, Heard, ask, settle, whole_school
from connector.mirror.store import Merging
from connector.records import TABLES, EduGroupId, Row, UserId, distinct
from connector.sync.windows import batches

# Ids in one POST-as-read; the vendor's limit is unknown.
IDS_A_QUESTION = 100
GROUPS_A_QUESTION = 50
PUPILS = "edu_group_id = ? AND role = 'EduStudent'"


async def read_members(run: Run, groups: list[Group], *, late: bool = False) -> None:
    """Read who is in each group: one request for fifty groups, or one a group where that is refused.

    Args:
        run: the pull.
        groups: all of them, or `late` ones that were found after the others had been read.
        late: see there.

    """
    asked = batches((group.id for group in groups), GROUPS_A_QUESTION)
    answers = await together(*(_ask_members(run, batch) for batch in asked))
    for batch, heard in zip(asked, answers, strict=True):
        if heard.value is None and not heard.unchanged:
            await _read_members_singly(run, [EduGroupId(group) for group in batch])
            continue
        with run.mirror.transaction():
            if heard.unchanged:
                _confirm_members(run, batch)
            for listed in heard.value or ():
                _take_members(run, listed, whole=heard.whole)
            if not any(table == "memberships" for table, _group in run.suspect):
                settle(run, whole_school("members", batch[0]), heard)
    with run.mirror.transaction():
        if not late:
            run.mirror.forget_other_bodies("members", (heard.request for heard in answers))
        run.mirror.note_memberships(run.id, run.today)


async def _ask_members(run: Run, groups: tuple[int, ...]) -> Heard[list[EduGroupWithStudents]]:
    try:
        return await ask(run, calls.group_students(groups), skips_known=True)
    except RequestRejected:
        return Heard(None, whole=False)


def _confirm_members(run: Run, groups: tuple[int, ...]) -> None:
    """The same answer as before: its groups are as visible as they were."""
    for group in groups:
        members = run.mirror.query(
            f"SELECT count(*) FROM memberships WHERE {PUPILS} AND withdrawn_run IS NULL", (group,)
        )
        if members[0][0]:
            run.visible_groups.add(group)
        window = whole_school("memberships", group)
        run.mirror.cover(run.id, run.started_at, window, state="done", rows=members[0][0])


async def _read_members_singly(run: Run, groups: list[EduGroupId]) -> None:
    due = [group for group in groups if run.is_due("memberships", WEEK, group)]
    answers = await together(
        *(ask(run, calls.group_persons(group, include_archive=False)) for group in due)
    )
    for group, heard in zip(due, answers, strict=True):
        if heard.value is None:
            continue
        persons = heard.value
        with run.mirror.transaction():
            # This list says less than the other: the other must be read in full when it answers again.
            run.mirror.forget_bodies(whole_school("members", groups[0]))
            run.list_rows("persons", map(to_row, persons), scope=None, how=SUPPLEMENT)
            _take_membership_rows(
                run,
                group,
                [(person.id, group, "EduStudent", "Active", None) for person in persons],
                whole=heard.whole,
                # This list shows no archived pupils: their absence means nothing.
                scope=f"{PUPILS} AND ifnull(status, '') <> 'Archive'",
            )


def _take_members(run: Run, listed: EduGroupWithStudents, *, whole: bool) -> None:
    students = listed.students or []
    run.list_rows(
        "persons", [to_row(student.person) for student in students], scope=None, how=SUPPLEMENT
    )
    rows = [
        (s.person.id, listed.group.id, "EduStudent", s.membership_status or "Active", None)
        for s in students
    ]
    _take_membership_rows(run, listed.group.id, rows, whole=whole)


def _take_membership_rows(
    run: Run, group: int, rows: list[Row], *, whole: bool, scope: str = PUPILS
) -> None:
    if rows:
        run.visible_groups.add(group)
    run.list_rows(
        "memberships",
        distinct(rows, TABLES["memberships"]),
        scope=scope,
        parameters=(group,),
        group=group,
        complete=whole,
    )
    run.mirror.cover(
        run.id, run.started_at, whole_school("memberships", group), state="done", rows=len(rows)
    )


async def read_birthdays(run: Run) -> None:
    """Fill birthdays from accounts, the only place that shows them: of new persons always, of the rest once a week."""
    everyone = run.is_due("users", WEEK)
    wanted = run.mirror.query(
        "SELECT user_id FROM persons WHERE user_id IS NOT NULL AND withdrawn_run IS NULL AND (? OR first_seen_run = ?) ORDER BY user_id",
        (everyone, run.id),
    )
    answers = await together(
        *(
            ask(run, calls.users([UserId(user) for user in batch]), skips_known=True)
            for batch in batches((row[0] for row in wanted), IDS_A_QUESTION)
        )
    )
    rows = [row for heard in answers for user in heard.value or () if (row := _birthday(user))]
    with run.mirror.transaction():
        run.list_rows(
            "persons",
            rows,
            scope=None,
            how=Merging(columns=("id", "birthday"), keeps_known=True, only_existing=True),
        )
        if everyone:
            for heard in answers:
                settle(run, whole_school("users"), heard)
            run.mirror.forget_other_bodies("users", (heard.request for heard in answers))


def _birthday(user: User) -> Row | None:
    if user.person_id is None or user.birthday is None:
        return None
    return (user.person_id, user.birthday.isoformat())

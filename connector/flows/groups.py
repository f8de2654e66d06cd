"""Classes and subgroups: found by the school's list, or by walking its staff where that is refused."""

from dataclasses import dataclass
from datetime import timedelta

from connector.api import calls
from connector.api.models import EduGroup, Subject
from connector.api.rows import to_row
from connector.flows.lanes import together
from connector.flows.run import Run
from connector.flows.school import SUPPLEMENT, Heard, ask, settle, whole_school, with_columns
from connector.i18n import _
from connector.mirror.store import Merging
from connector.records import EduGroupId, PersonId, SchoolId

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the current study year, as far as the pull needs it."""

    id: int
    name: str
    kind: str
    parents: tuple[int, ...]


async def read_groups(run: Run, staff: list[int]) -> list[Group]:
    """Find the groups of the current study year and take them in."""
    school = SchoolId(run.school_id)
    listed = await ask(run, calls.edu_groups(school))
    groups = {group.id: group for group in listed.value or ()}
    lists_subgroups = any(group.type == "Subgroup" for group in groups.values())
    found_by = "staff" if listed.value is None else "school" if lists_subgroups else "school_staff"
    walked = run.is_due("edu_groups_walk", WEEK)
    taught: dict[int, Heard[list[EduGroup]]] = {}
    if walked:
        taught = await ask_teachers(run, staff)
        for group in await walk(run, taught, parallels=listed.value is None):
            groups.setdefault(group.id, group)
    with run.mirror.transaction():
        _take_groups(run, groups)
        _take_teachers(run, taught, set(groups))
        state = "done" if groups else "refused"
        run.mirror.cover(
            run.id, run.started_at, whole_school("edu_groups"), state=state, rows=len(groups)
        )
        if walked:
            run.mirror.cover(
                run.id,
                run.started_at,
                whole_school("edu_groups_walk"),
                state="done",
                rows=len(groups),
            )
        # What may be missing follows from the way: a walk sees only groups that some visible teacher teaches.
        run.mirror.learn(
            run.id,
            "groups_found_by",
            found_by,
        )
    hidden = (
        await _look_for_the_missing(run, set(groups)) if listed.whole and lists_subgroups else set()
    )
    return [group for group in current_groups(run) if group.id not in hidden]


def current_groups(run: Run) -> list[Group]:
    """Live groups of the study years asked for, classes first, each by name."""
    parents: dict[int, list[int]] = {}
    for child, parent in run.mirror.query(
        "SELECT edu_group_id, parent_id FROM edu_group_parents WHERE withdrawn_run IS NULL"
    ):
        parents.setdefault(child, []).append(parent)
    return [
        Group(group, name or "", kind or "Group", tuple(parents.get(group, ())))
        for group, name, kind in run.mirror.query(
            "SELECT id, name, type FROM edu_groups WHERE school_id = ? AND withdrawn_run IS NULL AND ifnull(status, '') <> 'Archive'"
            " AND (study_year IS NULL OR study_year BETWEEN ? AND ?) ORDER BY type, parallel, name, id",
            (run.school_id, *run.study_years),
        )
    ]


async def ask_teachers(run: Run, staff: list[int]) -> dict[int, Heard[list[EduGroup]]]:
    """Ask for the groups that each member of staff teaches."""
    school = SchoolId(run.school_id)
    answers = await together(
        *(
            ask(run, calls.teacher_groups(PersonId(person), school), skips_known=True)
            for person in staff
        )
    )
    return dict(zip(staff, answers, strict=True))


async def walk(
    run: Run, taught: dict[int, Heard[list[EduGroup]]], *, parallels: bool
) -> list[EduGroup]:
    """Collect the groups that staff teach, and where `parallels` is set every class of their parallels."""
    found = {group.id: group for heard in taught.values() for group in heard.value or ()}
    if parallels:
        one_of = {
            group.parallel: group.id
            for group in found.values()
            if group.type != "Subgroup" and group.parallel
        }
        answers = await together(
            *(ask(run, calls.parallel_groups(EduGroupId(group))) for group in one_of.values())
        )
        for heard in answers:
            for group in heard.value or ():
                found.setdefault(group.id, group)
    return list(found.values())


def _take_teachers(run: Run, taught: dict[int, Heard[list[EduGroup]]], visible: set[int]) -> None:
    """Keep who teaches which group as memberships of staff; a group that is hidden now says nothing."""
    shown = f"[{','.join(map(str, visible))}]"
    for person, heard in taught.items():
        if heard.value is None:
            continue
        run.list_rows(
            "memberships",
            [(person, group.id, "EduStaff", "Active", None) for group in heard.value],
            scope="person_id = ? AND role = 'EduStaff' AND edu_group_id IN (SELECT value FROM json_each(?))",
            parameters=(person, shown),
            complete=heard.whole,
        )
        settle(run, whole_school("teacher_groups", person), heard, table="memberships")


async def read_taught(run: Run, groups: list[Group]) -> None:
    """Read once a week which subjects each group is taught; with the lessons it shows whose subgroups were not found."""
    due = [group for group in groups if run.is_due("edu_group_subjects", WEEK, group.id)]
    answers = await together(
        *(ask(run, calls.group_subjects(EduGroupId(g.id)), skips_known=True) for g in due)
    )
    with run.mirror.transaction():
        for group, heard in zip(due, answers, strict=True):
            _take_taught(run, group.id, heard)


def _take_taught(run: Run, group: int, heard: Heard[list[Subject]]) -> None:
    if heard.value is not None:
        nested = {subject.id: to_row(subject) for subject in heard.value}
        run.list_rows("subjects", nested.values(), scope=None, how=Merging(only_new=True))
        run.list_rows(
            "edu_group_subjects",
            [(group, subject, None) for subject in nested],
            scope="edu_group_id = ?",
            parameters=(group,),
            group=group,
            complete=heard.whole,
        )
    settle(run, whole_school("edu_group_subjects", group), heard, table="edu_group_subjects")


# Classes whose list of subjects names one that neither they nor their known subgroups have a lesson of.
_GAPS = """
SELECT DISTINCT t.edu_group_id FROM edu_group_subjects t
 WHERE t.withdrawn_run IS NULL
   AND EXISTS (SELECT 1 FROM lessons l WHERE l.edu_group_id = t.edu_group_id AND l.withdrawn_run IS NULL)
   AND NOT EXISTS (
       SELECT 1 FROM lessons l WHERE l.subject_id = t.subject_id AND l.withdrawn_run IS NULL
          AND (l.edu_group_id = t.edu_group_id OR l.edu_group_id IN (
               SELECT p.edu_group_id FROM edu_group_parents p
                WHERE p.parent_id = t.edu_group_id AND p.withdrawn_run IS NULL)))
"""
PUPILS_A_GAP = 4


async def close_gaps(run: Run, groups: list[Group]) -> list[Group]:
    """Ask once a week some pupils of each class with a gap for their groups; returns the groups that were not known."""
    if not run.is_due("edu_groups_gaps", WEEK):
        return []
    known = {group.id for group in groups}
    pupils: list[int] = []
    for (group,) in run.mirror.query(_GAPS):
        members = run.mirror.query(
            "SELECT person_id FROM memberships WHERE edu_group_id = ? AND role = 'EduStudent' AND withdrawn_run IS NULL"
            " AND ifnull(status, '') <> 'Archive' ORDER BY person_id",
            (group,),
        )
        # Spread over the class: subgroups split it.
        pupils += [person for (person,) in members[:: max(1, len(members) // PUPILS_A_GAP)]]
    answers = await together(
        *(ask(run, calls.person_groups(PersonId(person))) for person in pupils)
    )
    found = {
        group.id: group for heard in answers for group in heard.value or () if group.id not in known
    }
    with run.mirror.transaction():
        _take_groups(run, found)
        gaps = whole_school("edu_groups_gaps")
        run.mirror.cover(run.id, run.started_at, gaps, state="done", rows=len(found))
    return [group for group in current_groups(run) if group.id in found]


def _take_groups(run: Run, groups: dict[int, EduGroup]) -> None:
    run.list_rows(
        "edu_groups",
        [
            with_columns("edu_groups", to_row(group), school_id=run.school_id)
            for group in groups.values()
        ],
        scope=None,
        how=SUPPLEMENT,
    )
    parents = [
        (group.id, parent, None) for group in groups.values() for parent in group.parent_ids or ()
    ]
    run.list_rows("edu_group_parents", parents, scope=None)
    nested = {
        subject.id: to_row(subject) for group in groups.values() for subject in group.subjects or ()
    }
    run.list_rows("subjects", nested.values(), scope=None, how=Merging(only_new=True))
    taught = [
        (group.id, subject.id, None)
        for group in groups.values()
        for subject in group.subjects or ()
    ]
    run.list_rows("edu_group_subjects", taught, scope=None)


async def _look_for_the_missing(run: Run, listed: set[int]) -> set[int]:
    """Ask for each group that the list no longer shows; returns those that are refused.

    A refusal means narrowed rights: nothing of theirs is touched or asked for.
    """
    known = {group.id for group in current_groups(run)}
    unreachable = []
    for group in sorted(known - listed):
        found = (await ask(run, calls.edu_group(EduGroupId(group)))).value
        if found is None:
            unreachable.append(group)
            continue
        with run.mirror.transaction():
            _take_groups(run, {group: found})
    with run.mirror.transaction():
        run.mirror.learn(run.id, "unreachable_groups", [str(group) for group in unreachable])
    if unreachable:
        run.warnings.append(
            _("Groups the token no longer sees: {count}. Nothing of theirs was touched.").format(
                count=len(unreachable)
            )
        )
    return set(unreachable)

"""Who leads each class."""

from connector.api import calls
from connector.api.models import Person
from connector.api.rows import to_row
from connector.errors import BodyUnreadable, RequestRejected
from connector.flows.groups import WEEK, Group
from connector.flows.lanes import together
from connector.flows.run import Run
from connector.flows.school import SUPPLEMENT, Heard, ask, settle, whole_school
from connector.records import EduGroupId


async def read_class_teachers(run: Run, groups: list[Group]) -> None:
    """Read once a week who leads each class; a refusal or an answer that cannot be read leaves what was known."""
    due = [
        group
        for group in groups
        if group.kind != "Subgroup" and run.is_due("class_teachers", WEEK, group.id)
    ]
    answers = await together(*(_ask_class_teacher(run, group.id) for group in due))
    with run.mirror.transaction():
        for group, heard in zip(due, answers, strict=True):
            _take_class_teacher(run, group.id, heard)


async def _ask_class_teacher(run: Run, group: int) -> Heard[list[Person]]:
    # One careful source knows this call, and little hangs on it: an answer nobody foresaw must not end the pull.
    try:
        return await ask(run, calls.class_teacher(EduGroupId(group)), skips_known=True)
    except (RequestRejected, BodyUnreadable):
        return Heard(None, whole=False)


def _take_class_teacher(run: Run, group: int, heard: Heard[list[Person]]) -> None:
    if heard.value is not None:
        run.list_rows("persons", map(to_row, heard.value), scope=None, how=SUPPLEMENT)
        run.list_rows(
            "class_teachers",
            [(group, person.id, None) for person in heard.value],
            scope="edu_group_id = ?",
            parameters=(group,),
            group=group,
            complete=heard.whole,
        )
    settle(run, whole_school("class_teachers", group), heard, table="class_teachers")

"""Import workbooks and the checklist, read back as the panel and the operator read them."""

import errno
import os
import stat
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from connector.errors import OutputFull, UsageProblem
from connector.planned import INVERSES, Channel
from mappings.checklists import BOX, checklist, plain_text
from mappings.handover import PersonValues, write_handover
from mappings.import_rows import sort_out
from mappings.imports import write_imports
from mappings.templates import Action, read_template
from tests.unit import plans

TEMPLATE = read_template()
CLASSES = {plans.FIVE_A: "5А", plans.SIX_B: "6Б"}
BORN = date(2014, 5, 6)
PEOPLE = {
    plans.ANNA: PersonValues("Прежняя", "Анна", "Ильинична", "Female", None, "", plans.FIVE_A),
    plans.BORIS: PersonValues(
        "Образцов", "Борис", "Янович", "Male", BORN, "01234567890", plans.FIVE_A
    ),
    plans.VERA: PersonValues("Примерова", "Вера", "Львовна", "Female", BORN, "", plans.FIVE_A),
    plans.GLEB: PersonValues("Макетов", "Глеб", "Юрьевич", "Male", BORN),
}


def sorted_out(*operations, template=TEMPLATE, people=PEOPLE, classes=CLASSES):
    return sort_out(plans.plan(*operations), people, classes, template)


def rows_of(path, sheet=0):
    return CalamineWorkbook.from_path(path).get_sheet_by_index(sheet).to_python()


def texts(*rows):
    """The handover's rows in short: action, last name, class, id."""
    return [
        (row.action, row.values["last_name"], row.values["edu_group"], row.values["id"])
        for row in rows
    ]


def pupil(number, **changes):
    values = {"last_name": f"Новый{number}", "first_name": "Иван", "middle_name": "", "sex": "Male"}
    key = f"@persons:{number}"
    return plans.operation("person.create", key, after=values | changes), plans.operation(
        "membership.add",
        key,
        after={"person_id": key, "edu_group_id": plans.FIVE_A, "from": "2026-09-01"},
    )


def joins(person, group=plans.FIVE_A):
    return plans.operation(
        "membership.add",
        person,
        edu_group=group,
        after={"person_id": person, "edu_group_id": group, "from": "2026-09-01"},
    )


def leaves(person, group=plans.FIVE_A):
    return plans.operation(
        "membership.end",
        person,
        edu_group=group,
        after={"person_id": person, "edu_group_id": group, "date": "2026-09-01"},
    )


# --- sorting


def test_a_new_pupil_and_his_class_are_one_row():
    handover = sorted_out(*pupil(1))
    assert texts(*handover.rows) == [(Action.ADD, "Новый1", "5А", "")]
    assert handover.rows[0].numbers == (1, 2)
    assert handover.by_hand == ()


def test_each_operation_travels_exactly_once():
    for plan in (plans.roster(), plans.schedule()):
        handover = sort_out(plan, PEOPLE, CLASSES, TEMPLATE)
        carried = [number for row in handover.rows for number in row.numbers]
        carried += [step.operation.number for step in handover.by_hand]
        assert Counter(carried) == Counter(operation.number for operation in plan.operations)


def test_every_kind_of_operation_is_sorted():
    """A new kind must be thought of here."""
    for op in INVERSES:
        handover = sorted_out(plans.operation(op, "77"))
        assert len(handover.rows) + len(handover.by_hand) == 1


def test_a_change_carries_all_values_and_the_new_ones():
    handover = sorted_out(
        plans.operation(
            "person.update", plans.ANNA, after={"last_name": "Пробная", "birthday": "2014-02-01"}
        )
    )
    assert dict(handover.rows[0].values) == {
        "last_name": "Пробная",
        "first_name": "Анна",
        "middle_name": "Ильинична",
        "sex": "Ж",
        "birthday": "01.02.2014",
        "edu_group": "5А",
        "snils": "",
        "action": "изменить",
        "id": plans.ANNA,
    }


def test_a_transfer_after_a_change_does_not_bring_the_old_name_back():
    moved = {
        "person_id": plans.ANNA,
        "from_group_id": plans.FIVE_A,
        "edu_group_id": plans.SIX_B,
        "date": "2026-09-01",
    }
    handover = sorted_out(
        plans.operation("person.update", plans.ANNA, after={"last_name": "Пробная"}),
        plans.operation("membership.move", plans.ANNA, edu_group=plans.SIX_B, after=moved),
    )
    assert texts(*handover.rows) == [
        (Action.CHANGE, "Пробная", "5А", plans.ANNA),
        (Action.MOVE, "Пробная", "6Б", plans.ANNA),
    ]


def test_one_who_leaves_his_class_and_the_school_is_one_row():
    handover = sorted_out(leaves(plans.VERA), plans.operation("person.archive", plans.VERA))
    assert texts(*handover.rows) == [(Action.END, "Примерова", "5А", plans.VERA)]
    assert handover.rows[0].numbers == (1, 2)


def test_one_who_comes_back_is_added_by_his_id():
    handover = sorted_out(plans.operation("person.restore", plans.GLEB), joins(plans.GLEB))
    assert texts(*handover.rows) == [(Action.ADD, "Макетов", "5А", plans.GLEB)]
    assert [(step.operation.op, step.first) for step in handover.by_hand] == [
        ("person.restore", True)
    ]


def test_subgroups_are_not_imported():
    handover = sorted_out(joins(plans.ANNA, plans.SUBGROUP), leaves(plans.VERA, plans.SUBGROUP))
    assert handover.rows == ()
    assert [step.operation.op for step in handover.by_hand] == ["membership.add", "membership.end"]


def test_a_subgroup_of_the_plan_is_no_class():
    key = "@edu_groups:5А|1"
    made = plans.operation(
        "edu_group.create", key, edu_group=key, after={"name": "5А 1", "parent_ids": [plans.FIVE_A]}
    )
    handover = sorted_out(made, joins(plans.ANNA, key))
    assert [step.operation.op for step in handover.by_hand] == [
        "edu_group.create",
        "membership.add",
    ]


def test_a_class_of_the_plan_is_named_and_made_first():
    handover = sort_out(plans.roster(), PEOPLE, CLASSES, TEMPLATE)
    by_name = {row.values["last_name"]: row.values["edu_group"] for row in handover.rows}
    assert (by_name["Макетов"], by_name["Образцов"]) == ("7В", "6Б хим")
    assert {step.operation.op for step in handover.by_hand if step.first} == {
        "edu_group.create",
        "edu_group.restore",
        "edu_group.update",
        "person.restore",
    }


def test_lessons_are_never_rows():
    handover = sort_out(plans.schedule(), PEOPLE, CLASSES, TEMPLATE)
    assert handover.rows == ()
    assert not any(step.first for step in handover.by_hand)


def test_a_person_of_whom_nothing_is_known_is_left_to_the_operator():
    handover = sorted_out(leaves("404"), plans.operation("person.archive", "404"))
    assert handover.rows == ()
    assert [step.lacks for step in handover.by_hand] == [("last_name", "first_name")] * 2


def test_a_new_pupil_without_a_class_is_left_to_the_operator():
    handover = sorted_out(pupil(1)[0])
    assert [step.lacks for step in handover.by_hand] == [("edu_group",)]


def test_his_class_goes_with_a_pupil_who_is_added_by_hand():
    handover = sorted_out(*pupil(1, first_name=""))
    assert [(step.operation.op, step.lacks) for step in handover.by_hand] == [
        ("person.create", ("first_name",)),
        ("membership.add", ()),
    ]


def test_a_value_that_is_taken_away_is_no_row():
    """An empty cell says nothing."""
    emptied = plans.operation("person.update", plans.ANNA, after={"middle_name": ""})
    assert [step.lacks for step in sorted_out(emptied).by_hand] == [("middle_name",)]


def test_a_change_of_what_has_no_column_is_left_to_the_operator():
    columns = tuple(column for column in TEMPLATE.columns if column.field != "birthday")
    changed = plans.operation("person.update", plans.ANNA, after={"birthday": "2014-05-06"})
    handover = sorted_out(changed, template=replace(TEMPLATE, columns=columns))
    assert [step.lacks for step in handover.by_hand] == [("birthday",)]


def test_a_full_name_says_its_parts():
    names = replace(TEMPLATE.columns[0], field="full_name")
    columns = (names, *TEMPLATE.columns[3:])
    changed = plans.operation("person.update", plans.ANNA, after={"first_name": "Инна"})
    handover = sorted_out(changed, template=replace(TEMPLATE, columns=columns))
    assert handover.rows[0].values["full_name"] == "Прежняя Инна Ильинична"


def test_an_action_the_panel_does_not_know_is_left_to_the_operator():
    template = replace(TEMPLATE, actions={Action.ADD: "добавить"})
    handover = sorted_out(leaves(plans.VERA), template=template)
    assert [step.lacks for step in handover.by_hand] == [("action",)]


def test_nobody_of_the_diary_is_named_without_his_id():
    columns = tuple(column for column in TEMPLATE.columns if column.field != "id")
    handover = sorted_out(joins(plans.GLEB), template=replace(TEMPLATE, columns=columns))
    assert [step.lacks for step in handover.by_hand] == [("id",)]


def test_values_like_formulas_are_refused_where_the_template_says_so():
    evil = pupil(1, last_name="=HYPERLINK()")
    handover = sorted_out(*evil, template=replace(TEMPLATE, formulas="refuse"))
    assert [step.lacks for step in handover.by_hand] == [("last_name",), ()]


def test_a_value_too_long_for_a_cell_is_not_dropped_silently():
    handover = sorted_out(*pupil(1, last_name="Я" * 300))
    assert [step.lacks for step in handover.by_hand] == [("last_name",), ()]


def test_other_channels_are_left_out():
    operations = [replace(one, channel=Channel.GATEWAY) for one in pupil(1)]
    assert sorted_out(*operations) == sorted_out()


def test_sex_snils_and_days_are_spelled_as_the_template_wants():
    template = replace(
        TEMPLATE, sexes={"Male": "муж"}, snils_format="dashes", date_format="%Y/%m/%d"
    )
    row = sorted_out(*pupil(1, snils="00123456789", birthday="2014-05-06"), template=template).rows[
        0
    ]
    assert (row.values["sex"], row.values["snils"], row.values["birthday"]) == (
        "муж",
        "001-234-567 89",
        "2014/05/06",
    )


def test_a_sex_the_template_cannot_spell_is_left_blank():
    template = replace(TEMPLATE, sexes={})
    assert sorted_out(*pupil(1), template=template).rows[0].values["sex"] == ""


def test_a_template_may_ask_for_parts_and_wholes():
    fields = ("full_name", "parallel", "letter", "from_group", "date", "study_year", "id", "action")
    columns = tuple(
        replace(TEMPLATE.columns[0], field=field, required=frozenset()) for field in fields
    )
    moved = {
        "person_id": plans.BORIS,
        "from_group_id": plans.FIVE_A,
        "edu_group_id": plans.SIX_B,
        "date": "2026-09-01",
    }
    handover = sorted_out(
        plans.operation("membership.move", plans.BORIS, edu_group=plans.SIX_B, after=moved),
        template=replace(TEMPLATE, columns=columns),
    )
    assert list(handover.rows[0].values.values()) == [
        "Образцов Борис Янович",
        "6",
        "Б",
        "5А",
        "01.09.2026",
        "2026/2027",
        plans.BORIS,
        "перевести",
    ]


# --- workbooks


def test_the_panel_reads_what_was_meant(tmp_path):
    written = write_handover(
        plans.roster(), PEOPLE, CLASSES, plans.NAMES, TEMPLATE, tmp_path / "out"
    )
    assert [path.name for path in written.files] == [
        "import-01.xlsx",
        "checklist.xlsx",
        "checklist.txt",
    ]
    rows = rows_of(written.imports[0])
    assert rows[0] == [column.heading for column in TEMPLATE.columns]
    assert rows[1] == ["Тестова", "Ева", "Ильинична", "Ж", "05.03.2014", "5А", "", "добавить", ""]
    assert [row[7] for row in rows[1:]] == [
        "добавить",
        "изменить",
        "перевести",
        "добавить",
        "отчислить",
    ]


def test_ids_and_numbers_with_leading_zeros_keep_their_digits(tmp_path):
    moved = {"person_id": plans.BORIS, "from_group_id": plans.FIVE_A, "edu_group_id": plans.SIX_B}
    handover = sorted_out(
        plans.operation("membership.move", plans.BORIS, edu_group=plans.SIX_B, after=moved)
    )
    (path,) = write_imports(handover, TEMPLATE, tmp_path)
    row = rows_of(path)[1]
    assert (row[6], row[8]) == ("01234567890", plans.BORIS)


@pytest.mark.parametrize("start", [*"=+-@", "\t="])
def test_nothing_becomes_a_formula(tmp_path, start):
    name = f"{start}SUM(1;2)"
    (path,) = write_imports(sorted_out(*pupil(1, last_name=name)), TEMPLATE, tmp_path)
    assert rows_of(path)[1][0] == name
    with zipfile.ZipFile(path) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(("pupils", "files"), [(0, 0), (1, 1), (500, 1), (501, 2), (1001, 3)])
def test_rows_are_split_by_the_limit(tmp_path, pupils, files):
    handover = sorted_out(*(operation for number in range(pupils) for operation in pupil(number)))
    paths = write_imports(handover, TEMPLATE, tmp_path)
    assert [path.name for path in paths] == [
        f"import-{number:02d}.xlsx" for number in range(1, files + 1)
    ]
    read = [row[0] for path in paths for row in rows_of(path)[1:]]
    assert read == [f"Новый{number}" for number in range(pupils)]
    assert all(len(rows_of(path)) <= 501 for path in paths)


def test_rows_above_the_headings_are_written_too(tmp_path):
    template = replace(TEMPLATE, above=(("Список", ""), ()))
    (path,) = write_imports(sorted_out(*pupil(1)), template, tmp_path)
    rows = rows_of(path)
    assert (rows[0][0], rows[2][0], rows[3][0]) == ("Список", "Фамилия", "Новый1")


def test_a_column_without_a_field_stays_blank(tmp_path):
    columns = (
        *TEMPLATE.columns,
        replace(TEMPLATE.columns[0], heading="Рост", field="", required=frozenset()),
    )
    (path,) = write_imports(sorted_out(*pupil(1)), replace(TEMPLATE, columns=columns), tmp_path)
    assert [row[9] for row in rows_of(path)] == ["Рост", ""]


def test_only_the_owner_reads_the_files(tmp_path):
    before = os.umask(0)
    try:
        written = write_handover(plans.roster(), PEOPLE, CLASSES, plans.NAMES, TEMPLATE, tmp_path)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in written.files} == {0o600}


def test_the_same_plan_gives_the_same_bytes(tmp_path):
    one, two = (
        write_handover(plans.roster(), PEOPLE, CLASSES, plans.NAMES, TEMPLATE, tmp_path / name)
        for name in ("a", "b")
    )
    assert [path.read_bytes() for path in one.files] == [path.read_bytes() for path in two.files]


def test_writing_again_replaces_the_files(tmp_path):
    handover = sorted_out(*pupil(1))
    assert write_imports(handover, TEMPLATE, tmp_path) == write_imports(
        handover, TEMPLATE, tmp_path
    )
    assert [path.name for path in tmp_path.iterdir()] == ["import-01.xlsx"]


def test_a_workbook_of_another_plan_is_not_left_among_ours(tmp_path):
    (tmp_path / "import-02.xlsx").write_bytes(b"old")
    with pytest.raises(UsageProblem, match=r"import-02\.xlsx"):
        write_imports(sorted_out(*pupil(1)), TEMPLATE, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["import-02.xlsx"]


def test_a_place_that_cannot_be_written_is_named_and_stays_clean(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageProblem, match="cannot be written"):
        write_imports(sorted_out(*pupil(1)), TEMPLATE, tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_leaves_no_half_of_the_files(tmp_path, monkeypatch):
    whole = os.fsync
    calls = []

    def full(descriptor):
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        whole(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    handover = sorted_out(*(operation for number in range(3) for operation in pupil(number)))
    with pytest.raises(OutputFull):
        write_imports(handover, replace(TEMPLATE, row_limit=1), tmp_path)
    assert list(tmp_path.iterdir()) == []


NAME = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    str.strip
)


@given(names=st.lists(NAME, min_size=1, max_size=7), limit=st.integers(1, 5))
def test_whatever_the_names_are_they_arrive_as_typed(tmp_path_factory, names, limit):
    operations = [one for n, name in enumerate(names) for one in pupil(n, last_name=name)]
    folder = tmp_path_factory.mktemp("law")
    paths = write_imports(sorted_out(*operations), replace(TEMPLATE, row_limit=limit), folder)
    assert [row[0] for path in paths for row in rows_of(path)[1:]] == names


# --- the checklist


def made(plan, *, imports=(), people=PEOPLE):
    handover = sort_out(plan, people, CLASSES, TEMPLATE)
    return checklist(plan, handover, plans.NAMES, imports, str)


def test_the_steps_say_what_comes_first_and_end_with_verify():
    steps = made(plans.roster(), imports=["import-01.xlsx", "import-02.xlsx"]).steps
    assert steps[0] == "Do the lines to be done before the upload: 4. It needs what they make."
    assert "2026/27, in this order: import-01.xlsx, import-02.xlsx." in steps[1]
    assert steps[2] == "Do the lines about people and classes: 2."
    assert "`dnevnik verify PLAN`" in steps[-1]


def test_without_an_import_all_lines_are_one_step():
    checked = made(plans.roster())
    assert checked.steps[0] == "Do the lines about people and classes: 6."
    assert {row[0] for row in checked.tables[0].rows} == {""}


def test_a_plan_that_the_import_does_whole_still_says_verify():
    checked = made(plans.plan(*pupil(1)), imports=["import-01.xlsx"])
    assert len(checked.steps) == 2
    assert checked.tables == ()


def test_the_schedule_is_listed_by_day_class_and_lesson():
    table = made(plans.schedule()).tables[0]
    assert [column.heading for column in table.columns][:4] == ["Day", "Weekday", "Class", "Lesson"]
    assert table.rows[0] == (
        date(2026, 9, 2),
        "Wednesday",
        "5А",
        "3",
        "Add the lesson",
        "Алгебра",
        "Учителева Зоя Павловна",
        "",
        BOX,
    )
    assert [row[0] for row in table.rows] == sorted(row[0] for row in table.rows)


def test_a_change_shows_old_and_new_and_knows_its_subject():
    row = made(plans.schedule()).tables[0].rows[3]
    assert row[4:7] == (
        "Change the lesson",
        "Алгебра",
        "Учителева Зоя Павловна → Наставников Пётр Ильич",
    )


def test_what_repeats_is_listed_once_more_by_week():
    table = made(plans.schedule()).tables[1]
    monday = table.rows[0]
    assert monday[:4] == ("Monday", "5А", "3", "Change the lesson")
    assert monday[-2:] == ("5 days from 07.09.2026 to 05.10.2026", BOX)


def test_nothing_is_listed_by_week_where_nothing_repeats():
    operations = plans.schedule_operations()
    assert len(made(plans.plan(*operations[:3])).tables) == 1


def test_lessons_of_one_day_are_in_the_order_of_classes_and_numbers():
    def add(group, number):
        values = {
            "edu_group_id": group,
            "subject_id": plans.ALGEBRA,
            "date": "2026-09-02",
            "number": number,
            "teacher_ids": [],
        }
        return plans.operation(
            "lesson.create", f"@{group}{number}", edu_group=group, after=values, label=""
        )

    plan = plans.plan(add("10", 2), add("9", 10), add("9", 2))
    names = {"10": "10А", "9": "9А"}
    handover = sort_out(plan, {}, {}, TEMPLATE)
    rows = checklist(plan, handover, names, (), str).tables[0].rows
    assert [row[2:4] for row in rows] == [("9А", "2"), ("9А", "10"), ("10А", "2")]


def test_a_moved_lesson_shows_both_numbers_and_days():
    moved = plans.operation(
        "lesson.update",
        "5",
        before={"number": 3, "date": "2026-09-02", "title": ""},
        after={"number": 4, "date": "2026-09-03", "title": "Диктант"},
        label="5А, 2026-09-02, 3: Алгебра",
    )
    (row,) = made(plans.plan(moved)).tables[0].rows
    assert (row[0], row[3]) == (date(2026, 9, 2), "3 → 4")
    assert row[7] == "day: 02.09.2026 → 03.09.2026; title: — → Диктант"


def test_rooms_of_a_new_lesson_are_told():
    new = plans.schedule_operations()[-1]
    (row,) = made(plans.plan(replace(new, label=f"{new.label} (12/13)"))).tables[0].rows
    assert (row[5], row[7]) == ("Алгебра", "room: 12/13")


def test_a_lesson_with_an_odd_label_is_still_a_line():
    odd = plans.operation("lesson.cancel", "5", edu_group="", label="какой-то урок")
    (row,) = made(plans.plan(odd)).tables[0].rows
    assert (row[0], row[5]) == (None, "какой-то урок")


def test_what_the_import_lacks_is_said():
    (row,) = made(plans.plan(pupil(1)[0])).tables[0].rows
    assert row[4].endswith("No row of the import, missing or unfit for it: class")


def test_a_transfer_between_subgroups_names_both():
    moved = {
        "person_id": plans.ANNA,
        "from_group_id": plans.SUBGROUP,
        "edu_group_id": "8",
        "date": "2026-09-01",
    }
    (row,) = (
        made(plans.plan(plans.operation("membership.move", plans.ANNA, edu_group="8", after=moved)))
        .tables[0]
        .rows
    )
    assert row[1:5] == ("5А англ. 1 → 8", "Transfer", "Пробная Анна Ильинична", "day: 01.09.2026")


def test_the_workbook_is_ready_for_a4(tmp_path):
    written = write_handover(plans.schedule(), {}, {}, plans.NAMES, TEMPLATE, tmp_path, lang="en")
    assert rows_of(written.checklist)[0][0] == "Checklist of plan 4f1a2b3c4d5e"
    rows = rows_of(written.checklist, 1)
    assert rows[0][-1] == "Done"
    assert rows[1][0] == date(2026, 9, 2)
    with zipfile.ZipFile(written.checklist) as packed:
        sheet = packed.read("xl/worksheets/sheet2.xml").decode()
        names = packed.read("xl/workbook.xml").decode()
    assert 'paperSize="9"' in sheet
    assert 'orientation="landscape"' in sheet
    assert "<autoFilter" in sheet
    assert "_xlnm.Print_Titles" in names


def test_names_like_formulas_stay_text_in_the_checklist(tmp_path):
    evil = plans.operation("person.restore", "7", label="=1+1")
    written = write_handover(plans.plan(evil), {}, {}, {}, TEMPLATE, tmp_path)
    assert rows_of(written.checklist, 1)[1][3] == "=1+1"


def test_the_plain_text_says_the_same_in_80_columns():
    for plan in (plans.roster(), plans.schedule()):
        text = plain_text(made(plan, imports=["import-01.xlsx"]))
        assert max(map(len, text.splitlines())) <= 80
        assert text.count("[ ] ") == sum(len(table.rows) for table in made(plan).tables)


def test_the_plain_text_has_days_and_classes_as_headings():
    text = plain_text(made(plans.schedule()))
    assert "\n02.09.2026, Wednesday, 5А\n[ ] Lesson 3; Add the lesson; Алгебра; Учителева" in text

"""A plan in 80 columns: everything is counted, the first of each sort are shown, nothing needs the ids."""

import ast
from dataclasses import replace
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from connector.planned import INVERSES, ORDER, Guard, Note, Question
from connector.reports.render import plan_words as words
from connector.reports.render.plan_text import FIRST, plan_text
from connector.reports.render.plan_view import view
from connector.vocab import OPERATIONS
from tests.unit import plans


def text_of(plan, *, full=False, names=plans.NAMES):
    return plan_text(plan, names, full=full)


def lines_of(plan, **options):
    return text_of(plan, **options).splitlines()


def block(text, title):
    """Lines of the part under a title, up to the next blank line."""
    lines = text.splitlines()
    start = lines.index(title) + 2
    end = next((n for n in range(start, len(lines)) if not lines[n]), len(lines))
    return lines[start:end]


def test_no_line_is_longer_than_80_columns():
    for plan in (plans.roster(), plans.schedule()):
        for full in (False, True):
            assert max(map(len, lines_of(plan, full=full))) <= 80


def test_every_operation_and_kind_has_words():
    assert set(OPERATIONS) == set(INVERSES) == set(ORDER)
    assert set(words.KINDS) == {plans.operation(op, "1").kind for op in INVERSES}


def words_said_by_the_planner():
    """Constants that `connector.sync` gives as reason, evidence or rule."""
    for path in (Path(__file__).parents[2] / "connector/sync").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            named = {word.arg: word.value for word in node.keywords}
            for key in ("reason", "evidence"):
                yield key, named.get(key)
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in {"Note", "tell"} and node.args:
                yield "rule", node.args[0]
            if called == "_ask" and len(node.args) > 1:
                yield "question", node.args[1]


def test_every_word_of_the_planner_is_told_in_words():
    tables = {
        "reason": words.REASONS,
        "evidence": words.EVIDENCE,
        "rule": words.NOTES,
        "question": words.QUESTIONS,
    }
    said = [
        (key, node.value)
        for key, node in words_said_by_the_planner()
        if isinstance(node, ast.Constant) and node.value
    ]
    assert len(said) > 15
    assert [pair for pair in said if pair[1] not in tables[pair[0]]] == []


def test_the_head_tells_plan_year_channel_and_files():
    text = text_of(plans.roster())
    assert text.startswith("Plan of class lists\n===================\n")
    assert "4f1a2b3c4d5e" in text
    assert "2026/27" in text
    assert "30.08.2026 07:12 UTC" in text
    assert "списки.xlsx (SHA-256 abababababab…)" in text


def test_operations_are_counted_by_table_and_kind():
    rows = [line.split() for line in lines_of(plans.roster())]
    assert ["persons", "2", "1", "0", "1"] in rows
    assert ["places", "in", "classes", "3", "0", "1", "1"] in rows
    assert ["Together", "7", "2", "1", "3"] in rows
    assert "As it should be already: 512" in lines_of(plans.roster())


def test_an_empty_plan_says_that_nothing_changes():
    text = text_of(plans.plan())
    assert "Nothing to change." in text
    assert "What happens" not in text


def test_a_tripped_guard_says_limit_asked_and_how_to_go_on():
    found = " ".join(" ".join(block(text_of(plans.roster()), "Guards that stop this plan")).split())
    assert "Whole school: persons, archive, end or cancel: 31, allowed 25" in found
    assert "Guard school.persons.archive." in found
    assert "--safe-part" in found
    assert "depend on it: 12 operations." in found
    assert "--force-guard NAME --reason TEXT" in found


def test_a_guard_of_a_class_names_the_class():
    found = " ".join(block(text_of(plans.roster()), "Guards that stop this plan"))
    assert "5А: places in classes" in found


def test_a_guard_that_did_not_trip_is_not_shown():
    assert "school.persons.update" not in text_of(plans.roster())


def test_a_guard_of_another_name_is_shown_as_it_is():
    text = text_of(plans.plan(guards=[Guard("moon.phase", 0, 1), Guard("source.rows", 20, 40)]))
    assert "! moon.phase: 1, allowed 0" in text
    assert "Files against the ones accepted last: rows" in text


def test_questions_are_counted_by_reason_and_say_what_to_type():
    found = "\n".join(block(text_of(plans.roster()), "Open questions"))
    assert "full namesakes that nothing tells apart: 1" in found
    assert "can be accepted in bulk: 1" in found.replace("\n  ", " ")
    assert "Одинаков Олег, 5А — Одинаков Олег Ильич (80 %); Одинаков Олег Янович (80 %)" in found
    assert "Алгебраа — nobody fits" in found
    assert "`dnevnik map list`" in found


def test_notes_are_counted_and_only_the_first_are_shown():
    found = block(text_of(plans.roster()), "Notes")
    assert "A teacher in two places at once: 7" in found
    assert sum("понедельник" in line for line in found) == FIRST
    assert "    and 2 more" in found


def test_full_shows_every_note():
    found = block(text_of(plans.roster(), full=True), "Notes")
    assert sum("понедельник" in line for line in found) == 7


def test_what_cannot_be_taken_back_is_listed_before_the_rest():
    text = text_of(plans.roster())
    assert "  - Archive the person: Примерова Вера Львовна" in block(text, "Cannot be taken back")
    assert text.index("Cannot be taken back") < text.index("What happens")


def test_a_reversible_plan_does_not_speak_of_it():
    assert "Cannot be taken back" not in text_of(plans.schedule())


def test_a_new_pupil_and_his_class_are_one_line():
    text = text_of(plans.roster())
    assert text.count("Тестова Ева Ильинична") == 1
    assert "Add the person (1): in the files, not in the diary" in text


def test_old_and_new_values_stand_together():
    text = " ".join(text_of(plans.roster()).split())
    assert "last name: Прежняя → Пробная; birthday: 01.02.2014" in text
    assert "Образцов Борис Янович: class: 5А → 6Б" in text


def test_the_class_that_a_heading_says_is_not_repeated():
    pupil, *_rest, moved = (plans.roster_operations()[number] for number in (4, 5, 6))
    pupil = replace(pupil, label="Тестова Ева Ильинична, 5А")
    moved = replace(moved, label="Образцов Борис Янович, 5А → 6Б")
    text = text_of(plans.plan(pupil, moved))
    assert "- Тестова Ева Ильинична: sex" in text
    assert "- Образцов Борис Янович: class: 5А → 6Б" in text


def test_evidence_and_source_are_told():
    text = " ".join(text_of(plans.roster()).split())
    assert "[СНИЛС; списки.xlsx, 5А, 14]" in text


def test_marks_are_explained_where_they_occur():
    roster, schedule = text_of(plans.roster()), text_of(plans.schedule())
    assert "    !× Примерова" in roster
    assert "! stopped by a guard" in roster
    assert "× cannot be taken back" in roster
    assert "stopped by a guard" not in schedule


def test_a_lesson_that_changes_every_week_is_one_line_with_its_days():
    lines = " ".join(text_of(plans.schedule()).split())
    assert "5А, Monday, 3: Алгебра: 5 days from 07.09.2026 to 05.10.2026" in lines
    assert lines.count("Учителева Зоя Павловна → Наставников Пётр Ильич") == 1


def test_lessons_of_different_teachers_stay_apart():
    operations = plans.schedule_operations()
    other = replace(operations[3], after={"teacher_ids": ["777"]})
    seen = view(plans.plan(*operations[:3], other, *operations[4:]), plans.NAMES, str)
    assert sum(item.op == "lesson.update" for item in seen.sections[0].items) == 2


def test_a_lesson_that_a_guard_stops_stays_apart_from_the_others():
    operations = plans.schedule_operations()
    stopped = replace(operations[3], guards=("school.lessons.update",))
    seen = view(plans.plan(*operations[:3], stopped, *operations[4:]), plans.NAMES, str)
    updates = [item for item in seen.sections[0].items if item.op == "lesson.update"]
    assert sorted((item.guarded, len(item.days)) for item in updates) == [(False, 4), (True, 1)]


def test_a_snils_is_shown_by_its_end_only():
    new = plans.operation("person.create", plans.NEW_PUPIL, after={"snils": "12345678901"})
    text = text_of(plans.plan(new))
    assert "СНИЛС: …8901" in text
    assert "1234567" not in text


def test_only_the_first_of_many_are_shown_and_all_in_full():
    many = [
        plans.operation("membership.end", str(number), label=f"Ученик {number}", reason="unlisted")
        for number in range(1, 9)
    ]
    assert "    and 3 more" in lines_of(plans.plan(*many))
    assert sum("Ученик" in line for line in lines_of(plans.plan(*many))) == 5
    assert sum("Ученик" in line for line in lines_of(plans.plan(*many), full=True)) == 8


def test_classes_come_in_the_order_of_a_school():
    names = {"1": "10А", "2": "5А", "3": "5Б"}
    moved = [plans.operation("person.update", "7", edu_group=key, after={}) for key in names]
    seen = view(
        plans.plan(*moved, plans.operation("person.update", "8", edu_group="", after={})),
        names,
        str,
    )
    assert [section.label for section in seen.sections] == ["5А", "5Б", "10А", "Outside classes"]


def test_ids_of_two_tables_that_are_equal_keep_their_own_names():
    names = {"edu_groups:7": "5А", "persons:7": "Образцов Борис", "7": "wrong"}
    archived = plans.operation("person.archive", "7", edu_group="7")
    seen = view(plans.plan(archived), names, str)
    assert (seen.sections[0].label, seen.sections[0].items[0].label) == ("5А", "Образцов Борис")


def test_a_word_or_an_id_that_nobody_knows_is_shown_as_it_is():
    odd = plans.operation(
        "membership.end",
        "77",
        edu_group="@edu_groups:9Я",
        reason="moon_phase",
        after={"mood": "calm"},
    )
    text = text_of(plans.plan(odd))
    assert "9Я (" in text
    assert "moon phase" in text
    assert "77: mood: calm" in text


def test_an_unreadable_moment_is_shown_as_it_is():
    assert "Planned at: yesterday" in text_of(plans.plan(created_at="yesterday", sources=[]))


def test_a_lesson_whose_label_names_no_day_stands_alone():
    odd = plans.operation("lesson.cancel", "5", label="какой-то урок 2026-99-99")
    assert "какой-то урок 2026-99-99" in text_of(plans.plan(odd))


def test_a_name_cannot_command_the_terminal():
    evil = plans.operation("person.restore", "7", label="Имя\x1b[2J\x07\u202e\r\nвторое\xa0имя")
    text = text_of(plans.plan(evil))
    assert "    - Имя?[2J??  второе имя\n" in text


WORD = st.text(max_size=120)


@example(label="²", source="", note="", value="")
@given(label=WORD, source=WORD, note=WORD, value=WORD)
def test_whatever_is_typed_fits_80_columns_and_only_prints(label, source, note, value):
    one = plans.operation(
        "person.update", "7", after={"last_name": value}, label=label, source=source, reason=value
    )
    plan = plans.plan(
        one,
        notes=[Note(note, note)],
        unresolved=[Question("persons", label, label, source)],
        guards=[Guard(value, 0, 1)],
        sources=[{"path": source, "sha256": note}],
    )
    text = text_of(plan)
    assert max(map(len, text.split("\n"))) <= 80
    assert all(sign.isprintable() or sign == "\n" for sign in text)


def test_the_plan_is_not_changed_by_being_shown():
    plan, again = plans.roster(), plans.roster()
    text_of(plan)
    assert plan == again


def test_a_question_of_a_sort_nobody_knows_and_a_note_are_still_told():
    plan = plans.plan(
        unresolved=[Question("wizards", "k", "Мерлин", "too_magical")],
        notes=[Note("new_rule", "слово")],
    )
    text = text_of(plan)
    assert "wizards: too magical: 1" in text
    assert "new rule: 1" in text

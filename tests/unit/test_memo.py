"""The sentences of a memo: each against a check made by hand."""

import io
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from connector.reports.remarks import MOST_LATE, remarks_of
from connector.reports.render import table, xlsx
from connector.reports.render.memo import memo_text, working_day
from connector.reports.render.memo_blocks import memo_blocks
from connector.reports.render.page import html
from connector.reports.report import Filters, Memo, Notes, Silence
from connector.rulebook import RULE_SPECS
from tests.unit.journals import MONDAY, TUESDAY
from tests.unit.memos import (
    HOMEWORK,
    LUZHINA,
    TOFIK,
    TOPIC,
    TOPIC_AGAIN,
    late,
    lessons,
    memo,
)
from tests.unit.sample_reports import LESSON, english, finding


def told(made):
    return memo_text(made, english)


def test_what_no_data_tells_is_left_empty():
    text = told(memo(TOPIC))
    assert (text.number, text.basis, text.inspector, text.director, text.place) == ("",) * 5


def test_what_the_settings_tell_stands_in_the_memo():
    own = Memo("17", "план ВШК", "цель", "Соколова Н. П.", "Громов А. В.", "г. Приозёрск")
    text = told(memo(TOPIC, memo=own))
    assert (text.number, text.basis, text.purpose) == ("17", "план ВШК", "цель")
    assert text.place == own.place


def test_initials_stay_on_the_line_of_their_surname():
    own = Memo(inspector="заместитель директора по УВР Ким А. С.", director="Лужина О.В.")
    text = told(memo(TOPIC, memo=own))
    kept = "Ким\N{NO-BREAK SPACE}А.\N{NO-BREAK SPACE}С."
    assert text.inspector == f"заместитель директора по УВР {kept}"
    assert text.director == "Лужина\N{NO-BREAK SPACE}О.В."


def test_the_object_is_counted_and_its_classes_are_named():
    assert told(memo(TOPIC)).objects == (
        "Lessons held: 40; classes and groups: 2; teachers: 2.",
        "Classes: 5А, 10Б.",
    )


def test_chosen_subjects_are_named():
    made = memo(TOPIC, filters=Filters(subjects=("Алгебра",)))
    assert told(made).objects[-1] == "Subjects: Алгебра."


def test_a_rule_that_found_nothing_is_praised():
    good = told(memo(TOPIC)).good
    assert f"{RULE_SPECS['HW'].title}: none." in good
    assert f"{RULE_SPECS['TOPIC'].title}: none." not in good


def test_rules_about_periods_are_not_praised_for_silence():
    """In September there is no period mark yet, which is nobody's merit."""
    assert f"{RULE_SPECS['FINALAVG'].title}: none." not in told(memo(TOPIC)).good


@pytest.mark.parametrize("rule", ["HW", ""])
def test_what_was_not_read_is_not_praised(rule):
    notes = Notes(silences=(Silence(50, rule, "not_read", 3, MONDAY, TUESDAY),))
    assert f"{RULE_SPECS['HW'].title}: none." not in told(memo(TOPIC, notes=notes)).good


def test_teachers_and_classes_without_remarks_are_named():
    good = told(memo(TOPIC)).good
    assert "Teachers without remarks: Мамед оглы Тофик." in good
    assert "Classes without remarks: 10Б." in good


def test_who_held_few_lessons_is_not_praised():
    few = [*lessons(20), *lessons(9, TOFIK, 60)]
    assert not any("without remarks" in line for line in told(memo(TOPIC, held=few)).good)


def test_a_rule_that_was_not_asked_the_last_time_is_told_with_its_new_remarks():
    made = memo(TOPIC, HOMEWORK, before=(TOPIC,))
    then = replace(made.comparison.previous, by_rule={"TOPIC": 1})
    compared = told(replace(made, comparison=replace(made.comparison, previous=then))).compared
    assert compared[1] == "Not asked at the last check, so new now: Lessons without homework — 1."


def test_without_a_last_check_nothing_is_compared():
    assert told(memo(TOPIC)).compared == ()


def test_remarks_of_the_last_check_are_fixed_or_stand():
    gone = finding(lesson_id=LESSON + 9)
    text = told(
        memo(TOPIC, TOPIC_AGAIN, HOMEWORK, before=(TOPIC, HOMEWORK, gone), looked={LESSON + 9})
    )
    assert text.compared == (
        "Remarks of the check of 11.09.2026: 3; fixed: 1, not fixed: 2; new since: 1.",
    )


def test_a_lesson_that_is_held_no_more_is_told_apart_from_fixed():
    gone = finding(lesson_id=LESSON + 9)
    compared = told(memo(TOPIC, before=(TOPIC, gone))).compared
    assert "fixed: 0, not fixed: 1" in compared[0]
    assert compared[1].startswith("Of them not comparable")
    assert compared[1].endswith(": 1.")


def test_late_entries_are_never_called_not_fixed():
    compared = told(memo(late(1), before=(late(1),))).compared
    assert "not fixed: 0" in compared[0]
    assert compared[1].endswith("such as entries made late: 1.")


def test_the_conclusions_count_complete_records_and_the_most_frequent_remarks():
    conclusions = told(memo(TOPIC, TOPIC_AGAIN, HOMEWORK)).conclusions
    assert conclusions[0] == "Lessons whose record is complete: 92.5 % of 40."
    assert conclusions[1].startswith("Most of the 3 remarks: ")
    assert "— 2; " in conclusions[1]
    assert conclusions[2] == "Of them violations: 2."


def test_whether_it_became_better_goes_by_lessons():
    conclusions = told(memo(TOPIC, before=(TOPIC, HOMEWORK, TOPIC_AGAIN))).conclusions
    assert conclusions[-1] == "Remarks per 100 lessons: 2.5; at the check of 11.09.2026: 10.0."


def test_without_remarks_nothing_is_recommended_and_nobody_signs():
    text = told(memo())
    assert (text.recommendations, text.acquainted) == ((), ())
    assert text.conclusions[-1] == "No remarks."


def test_recommendations_have_a_day_and_those_who_did_not_mend_are_asked_why():
    lines = told(memo(TOPIC, before=(TOPIC,))).recommendations
    assert all(line.endswith("25.09.2026.") for line in lines)
    assert any("why 1 remarks of the check of 11.09.2026" in line for line in lines)


def test_a_deadline_on_a_weekend_moves_to_monday():
    made = memo(TOPIC, memo=Memo(fix_days=1, repeat_days=2))
    assert told(made).recommendations[0].endswith("21.09.2026.")
    assert told(made).repeat == "21.09.2026"


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_a_working_day_is_never_a_weekend_and_at_most_two_days_later(day):
    found = working_day(day)
    assert found.weekday() < 5
    assert 0 <= (found - day).days <= 2


def test_everybody_with_a_remark_signs_once_in_order():
    made = memo(TOPIC, TOPIC_AGAIN, late(1))
    assert told(made).acquainted == ("Лужина Вера Ильинична", "Мамед оглы Тофик")


# --- remarks


def listed(made):
    return [(one.teacher_id, one.group_id, one.rule, one.count) for one in remarks_of(made)]


def test_remarks_stand_by_teacher_class_subject_and_rule():
    made = memo(HOMEWORK, TOPIC, TOPIC_AGAIN, late(1))
    assert listed(made) == [
        (LUZHINA, 50, "TOPIC", 2),
        (LUZHINA, 60, "HW", 1),
        (TOFIK, 50, "LATE", 1),
    ]


def test_a_remark_that_names_nobody_stands_last():
    nobody = replace(HOMEWORK, teacher_ids=())
    assert listed(memo(nobody, TOPIC))[-1] == (None, 60, "HW", 1)


@pytest.mark.parametrize(("count", "left"), [(MOST_LATE, True), (MOST_LATE + 1, False)])
def test_many_late_entries_of_a_teacher_are_a_number_only(count, left):
    made = memo(TOPIC, *(late(number) for number in range(count)))
    assert any(one.rule == "LATE" for one in remarks_of(made)) is left
    teachers = next(table for table in made.tables if table.key == "teachers")
    keys = [column.key for column in teachers.columns]
    of_tofik = next(row for row in teachers.rows if row[0] == TOFIK)
    assert of_tofik[keys.index("late")] == count


def test_a_remark_tells_how_much_of_it_was_told_before():
    (one,) = remarks_of(memo(TOPIC, TOPIC_AGAIN, before=(TOPIC,)))
    assert (one.count, one.stands) == (2, 1)


FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(["TOPIC", "HW", "LATE", "FINALAVG"]),
        lesson_id=st.integers(LESSON, LESSON + 40),
        edu_group_id=st.sampled_from([50, 60]),
        subject_id=st.sampled_from([1, 2, None]),
        teacher_ids=st.sampled_from([(), (LUZHINA,), (TOFIK,), (LUZHINA, TOFIK)]),
        date=st.sampled_from([MONDAY, TUESDAY]),
    ),
    max_size=60,
    unique=True,
)


@given(FINDINGS)
def test_every_finding_is_a_remark_to_each_of_its_teachers_or_counted_as_late(findings):
    made = memo(*findings)
    remarked = sum(one.count for one in remarks_of(made))
    late_of = {
        who: [one for one in findings if one.rule == "LATE" and who in (one.teacher_ids or (None,))]
        for who in (LUZHINA, TOFIK, None)
    }
    left_out = sum(len(found) for found in late_of.values() if len(found) > MOST_LATE)
    assert remarked + left_out == sum(max(1, len(one.teacher_ids)) for one in findings)


@given(FINDINGS)
def test_no_sentence_is_half_filled(findings):
    text = told(memo(*findings, before=tuple(findings[::2])))
    for one in fields(text):
        value = getattr(text, one.name)
        assert "{" not in str(value)


# --- other forms than Word


@pytest.mark.parametrize(
    "form", [lambda one: table(one, english), lambda one: html(one, english, lang="en")]
)
def test_the_sentences_stand_in_every_form(form):
    shown = form(memo(TOPIC, HOMEWORK)).decode()
    for line in told(memo(TOPIC, HOMEWORK)).conclusions:
        assert line in " ".join(shown.split())


def test_the_workbook_has_a_sheet_of_conclusions():
    book = load_workbook(io.BytesIO(xlsx(memo(TOPIC), english)))
    cells = [cell for row in book["Conclusions"].iter_rows(values_only=True) for cell in row]
    assert set(told(memo(TOPIC)).recommendations) <= set(cells)


def test_a_report_that_is_no_memo_has_no_such_blocks():
    assert memo_blocks(replace(memo(TOPIC), memo=None), english) == ()

import re

import pytest

from connector.source import Bell, Kind, SourceGroup
from mappings.asc import read_asc
from tests.unit.asc_schools import School, Taught, table, tag, to_2008, to_2012

VERA, OLEG = "Тестова Вера Юрьевна", "Примеров Олег Ильич"


def new(*lessons, **changes):
    return read_asc(edited(to_2012(School(list(lessons) or [Taught()])), changes), "t.xml")


def old(*lessons, **changes):
    return read_asc(edited(to_2008(School(list(lessons) or [Taught()])), changes), "t.xml")


def edited(data, changes):
    """Each change replaces the values of one attribute."""
    text = data.decode()
    for attribute, value in changes.items():
        text, count = re.subn(rf'(\b{attribute})="[^"]*"', rf'\1="{value}"', text)
        assert count
    return text.encode()


def swapped(before, after, *lessons):
    text = to_2012(School(list(lessons) or [Taught()])).decode()
    assert before in text
    return read_asc(text.replace(before, after).encode(), "t.xml")


def told(source):
    return [(p.rule, p.place.sheet, p.place.column, p.value) for p in source.problems]


def rules(source):
    return [problem.rule for problem in source.problems]


def fixes(source):
    return [(fix.rule, fix.place.sheet, fix.before, fix.after) for fix in source.fixes]


def hours(source):
    return [(slot.day, slot.number, slot.weeks) for slot in source.slots]


def test_a_lesson_and_its_hour_are_read_with_names_in_place_of_ids():
    source = new(Taught(cards=((2, 3, ("12",)),)))
    assert source.kind is Kind.ASC
    (lesson,), (slot,) = source.requirements, source.slots
    assert (lesson.edu_groups, lesson.subject, lesson.teachers) == (("5А",), "Алгебра", (VERA,))
    assert (lesson.hours_per_week, lesson.placed_hours) == (1, 1)
    assert (slot.requirement, slot.day, slot.number, slot.rooms) == (lesson.key, 2, 3, ("12",))


def test_a_key_is_made_of_names():
    source = new(Taught(("5А", "5Б"), ("1 группа",), "Физика", (VERA, OLEG)))
    assert source.requirements[0].key == (
        "5а+5б|1 группа|физика|примеров олег ильич+тестова вера юрьевна"
    )


def test_lessons_of_one_key_are_counted_from_the_smaller_one():
    source = new(Taught(cards=((1, 1, ()), (2, 1, ()))), Taught(cards=((3, 1, ()),)))
    first, second = source.requirements
    assert second.key == f"{first.key}|2"
    assert (first.hours_per_week, second.hours_per_week) == (1, 2)


def test_a_name_with_our_own_separator_gives_no_false_twin():
    source = new(Taught(subject="А|Б", teachers=()), Taught(subject="А", teachers=("Б|",)))
    assert len({each.key for each in source.requirements}) == 2


def test_classes_come_in_natural_order_and_then_their_subgroups():
    source = new(Taught(("10А",)), Taught(("5Б",)))
    assert [group.name for group in source.edu_groups[:2]] == ["5Б", "10А"]
    assert source.edu_groups[0] == SourceGroup("5Б", 5, "Б")
    assert SourceGroup("Мальчики", 10, "", "10А") in source.edu_groups
    assert all(group.name != "Весь класс" for group in source.edu_groups)


def test_the_whole_class_is_no_subgroup():
    assert new().slots[0].subgroups == ()


def test_parts_of_a_class_are_subgroups_in_the_files_order():
    assert new(Taught(parts=("2 группа", "1 группа"))).slots[0].subgroups == (
        "2 группа",
        "1 группа",
    )


def test_a_stream_of_equal_parts_names_each_part_once():
    source = new(Taught(("5А", "5Б"), ("1 группа",)))
    assert (source.slots[0].edu_groups, source.slots[0].subgroups) == (("5А", "5Б"), ("1 группа",))


@pytest.mark.parametrize(
    ("pairs", "subgroups"),
    [
        ((("5А", "1 группа"), ("5Б", "2 группа")), ("5А: 1 группа", "5Б: 2 группа")),
        ((("5А", "Весь класс"), ("5Б", "2 группа")), ("5Б: 2 группа",)),
        ((("5А", "Весь класс"), ("5А", "1 группа"), ("5Б", "Весь класс")), ()),
    ],
)
def test_a_stream_of_unequal_parts_says_whose_each_part_is(pairs, subgroups):
    """Two streams across the same classes would else look the same."""
    assert new(Taught(("5А", "5Б"), pairs=pairs)).slots[0].subgroups == subgroups


@pytest.mark.parametrize(
    ("mask", "days"),
    [("100000", [1]), ("000001", [6]), ("101000", [1, 3]), ("11111", [1, 2, 3, 4, 5])],
)
def test_masks_of_days_are_expanded(mask, days):
    source = swapped('days="100000" weeks', f'days="{mask}" weeks')
    assert [slot.day for slot in source.slots] == days
    assert source.requirements[0].placed_hours == len(days)


@pytest.mark.parametrize(
    ("mask", "kept", "placed"),
    [
        ("1", "1", 1),
        ("11", "1", 1),
        ("10", "10", 0.5),
        ("01", "01", 0.5),
        ("1010", "10", 0.5),
        ("100", "100", 0.3333),
        ("110", "110", 0.6667),
    ],
)
def test_masks_of_weeks_are_kept_in_their_shortest_form(mask, kept, placed):
    source = swapped('weeks="1" terms', f'weeks="{mask}" terms')
    assert (source.slots[0].weeks, source.requirements[0].placed_hours) == (kept, placed)


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        ('days="100000" weeks', 'days="100000,010000" weeks', "days"),
        ('days="100000" weeks', 'days="10000000" weeks', "days"),
        ('days="100000" weeks', 'days="" weeks', "days"),
        ('days="100000" weeks', 'days="x" weeks', "days"),
        ('weeks="1" terms', 'weeks="10,01" terms', "weeks"),
        ('weeks="1" terms', 'weeks="00" terms', "weeks"),
        ('terms="1" classroomids', 'terms="?" classroomids', "terms"),
        ('period="1" days', 'period="first" days', "period"),
    ],
)
def test_a_card_that_says_no_single_time_is_refused_and_not_guessed(before, after, column):
    source = swapped(before, after)
    assert [(p.rule, p.place.sheet, p.place.column) for p in source.refused] == [
        ("card_unreadable", "cards", column)
    ]
    assert source.slots == []


def test_a_card_that_stands_nowhere_is_unplaced_hours_and_no_mistake():
    source = swapped('period="1" days="100000"', 'period="" days=""')
    assert (rules(source), source.refused, source.ignored - 20) == (["unplaced"], [], 1)


def test_a_lesson_of_a_part_of_the_year_is_refused():
    """Slots know no terms; planned for the whole year it would stand where it must not."""
    source = swapped('terms="1" classroomids', 'terms="10" classroomids')
    assert [p.rule for p in source.refused] == ["part_of_year"]


def test_all_terms_are_the_whole_year():
    assert swapped('terms="1" classroomids', 'terms="1111" classroomids').problems == []


def test_hours_that_are_not_placed_are_told():
    source = new(Taught(unplaced=1.5))
    assert told(source) == [("unplaced", "lessons", "periodsperweek", "5А Алгебра")]
    assert "1.5" in source.problems[0].text
    assert source.refused == []
    assert (source.requirements[0].hours_per_week, source.requirements[0].placed_hours) == (2.5, 1)


def test_more_hours_than_declared_are_told():
    source = new(periodsperweek="0.5")
    assert told(source) == [("overplaced", "lessons", "periodsperweek", "5А Алгебра")]
    assert source.refused == []


@pytest.mark.parametrize(("text", "hours"), [("1.0", 1), ("1", 1), ("1,5", 1.5), (" 0.5 ", 0.5)])
def test_hours_are_read_with_a_dot_and_with_a_comma(text, hours):
    assert new(periodsperweek=text).requirements[0].hours_per_week == hours


def test_a_third_of_an_hour_written_short_is_no_deficit():
    source = read_asc(
        to_2012(School([Taught(weeks="1")]))
        .replace(b'weeks="1" terms', b'weeks="100" terms')
        .replace(b'periodsperweek="1"', b'periodsperweek="0.33"'),
        "t.xml",
    )
    assert source.problems == []


@pytest.mark.parametrize("text", ["", "many", "-1", "1e9"])
def test_unreadable_hours_are_told_and_what_is_placed_counts(text):
    source = new(periodsperweek=text)
    assert rules(source) == ["hours_unreadable"]
    assert source.requirements[0].hours_per_week == 1


def test_a_card_of_several_periods_is_expanded_in_the_old_schema():
    source = old(Taught(cards=((1, 3, ()),), length=2))
    assert hours(source) == [(1, 3, "1"), (1, 4, "1")]
    assert source.requirements[0].placed_hours == 2


def test_a_card_is_one_period_in_the_new_schema_however_long_its_lesson():
    source = new(Taught(cards=((1, 3, ()),), length=2))
    assert hours(source) == [(1, 3, "1"), (1, 4, "1")]


def test_weeks_stand_on_the_lesson_in_the_old_schema():
    source = old(Taught(weeks="01"))
    assert (source.slots[0].weeks, source.requirements[0].placed_hours) == ("01", 0.5)


@pytest.mark.parametrize(("from_one", "day"), [(False, 1), (True, 1)])
def test_days_of_the_old_schema_count_from_0_or_as_the_root_says(from_one, day):
    data = to_2008(School([Taught()]), from_one=from_one)
    assert read_asc(data, "t.xml").slots[0].day == day


@pytest.mark.parametrize("day", ["7", "-1", "Пн"])
def test_a_day_that_no_week_has_is_refused(day):
    assert [p.rule for p in old(day=day).refused] == ["card_unreadable"]


def test_the_schema_is_told_by_content_and_not_by_its_name():
    data = to_2008(School([Taught()])).replace(b"aSc Timetables XML", b"aSc Timetables 2012 XML")
    assert len(read_asc(data, "t.xml").slots) == 1


def test_a_lesson_twice_at_one_time_is_taken_once():
    lesson = Taught(cards=((1, 1, ()), (1, 1, ()), (2, 1, ())))
    source = new(lesson)
    assert hours(source) == [(1, 1, "1"), (2, 1, "1")]
    assert "card_twice" in rules(source)
    assert source.requirements[0].placed_hours == 2


def test_alternating_weeks_at_one_time_are_two_hours():
    source = swapped(
        "</cards>", "</cards>", Taught(weeks="10"), Taught(subject="Химия", weeks="01")
    )
    assert len(source.slots) == 2
    assert source.problems == []


@pytest.mark.parametrize(
    ("attribute", "sheet", "table_name"),
    [
        ("subjectid", "lessons", "subjects"),
        ("teacherids", "lessons", "teachers"),
        ("classids", "lessons", "classes"),
        ("groupids", "lessons", "groups"),
        ("lessonid", "cards", "lessons"),
        ("classid", "groups", "classes"),
    ],
)
def test_an_id_that_no_row_has_is_refused_with_its_table(attribute, sheet, table_name):
    source = new(**{attribute: "*999"})
    found = next(p for p in source.refused if p.place.sheet == sheet)
    assert (found.rule, found.place.column, found.value) == ("dangling_id", attribute, "*999")
    assert table_name in found.text
    assert source.slots == []


def test_a_room_that_no_row_has_is_refused():
    source = swapped(
        'terms="1" classroomids="',
        'terms="1" classroomids="*999,',
        Taught(cards=((1, 1, ("12",)),)),
    )
    assert told(source)[0] == ("dangling_id", "cards", "classroomids", "*999")
    assert source.slots == []


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ('teacherid=""', 'teacherid="*999"', ("classes", "teacherid")),
        (
            'classroomids="" periodspercard',
            'classroomids="*999" periodspercard',
            ("lessons", "classroomids"),
        ),
        ('weeksdefid="W1"', 'weeksdefid="*999"', ("lessons", "weeksdefid")),
    ],
)
def test_an_id_on_which_no_hour_depends_is_told_and_changes_nothing(before, after, place):
    source = swapped(before, after, Taught(cards=((1, 1, ("12",)),)))
    assert told(source) == [("loose_id", *place, "*999")]
    assert (source.refused, len(source.slots)) == ([], 1)


def test_weeks_stand_on_the_lesson_where_its_cards_have_none():
    text = to_2012(School([Taught(weeks="10")])).decode().replace(' weeks="10" terms', " terms")
    assert read_asc(text.encode(), "t.xml").slots[0].weeks == "10"
    lost = text.replace('weeksdefid="W10"', 'weeksdefid="*999"')
    assert [p.rule for p in read_asc(lost.encode(), "t.xml").refused] == ["card_unreadable"]


def test_every_dangling_card_is_told():
    cards = tuple((day, 1, ()) for day in range(1, 7))
    assert len(new(Taught(cards=cards), lessonid="*999").refused) == 6


def test_a_period_that_the_file_does_not_have_is_refused():
    source = swapped('period="1" days', 'period="40" days')
    assert told(source)[0] == ("dangling_id", "cards", "period", "40")


def test_a_long_lesson_that_runs_over_the_last_period_is_refused():
    source = old(Taught(cards=((1, 8, ()),), length=2))
    assert told(source)[0] == ("dangling_id", "cards", "period", "9")


def test_a_file_without_periods_is_read_without_bells():
    text = to_2012(School([Taught()])).decode()
    source = read_asc(re.sub(r"<periods.*</periods>", "", text, flags=re.DOTALL).encode(), "t.xml")
    assert (source.bells, len(source.slots), source.problems) == ([], 1, [])


def test_bells_are_read_with_leading_zeros_in_order():
    bells = new().bells
    assert bells[0] == Bell(0, "0", "08:00", "08:40")
    assert [bell.number for bell in bells] == list(range(9))


def test_a_time_that_is_none_is_told_and_left_out():
    source = swapped('starttime="8:00"', 'starttime="25:00"')
    assert told(source) == [("time_unreadable", "periods", "starttime", "25:00")]
    assert source.bells[0].start == ""


def test_two_periods_of_one_number_are_refused():
    source = swapped('period="8"', 'period="7"')
    assert told(source) == [("period_unreadable", "periods", "period", "7")]


def test_a_subject_or_teacher_with_odd_spaces_is_tidied_and_told_once():
    source = new(Taught(subject=" Русский  язык "), Taught(("5Б",), subject=" Русский  язык "))
    assert source.subjects == ["Русский язык"]
    assert fixes(source) == [("spaces", "subjects", " Русский  язык ", "Русский язык")]


def test_a_group_of_every_class_with_odd_spaces_is_one_fix():
    source = swapped('"1 группа"', '"1  группа "', Taught(("5А",)), Taught(("5Б",)))
    assert fixes(source) == [("spaces", "groups", "1  группа ", "1 группа")]


def test_latin_letters_in_a_russian_word_are_mended_and_told():
    source = new(Taught(subject="Aлгебра", teachers=("Тестовa Вера",)))
    assert (source.subjects, source.teachers) == (["Алгебра"], ["Тестова Вера"])
    assert [rule for rule, *_rest in fixes(source)] == ["look_alike_letters"] * 2


def test_a_class_with_a_latin_letter_is_mended_and_told():
    source = new(Taught(("5A",)))
    assert source.edu_groups[0].name == source.slots[0].edu_groups[0] == "5А"
    assert fixes(source) == [("class_letters", "classes", "5A", "5А")]


@pytest.mark.parametrize("name", ["5D", "11 F", "7-Z", "9«G»"])
def test_a_class_with_a_letter_that_has_no_twin_is_refused_with_its_lessons(name):
    source = new(Taught((name,)), Taught(("5А",)))
    assert [(p.rule, p.value) for p in source.refused] == [("bad_class", name)]
    assert {slot.edu_groups for slot in source.slots} == {("5А",)}


def test_another_spelling_of_a_class_is_told():
    source = new(Taught(("7 «а» класс",)))
    assert source.slots[0].edu_groups == ("7А",)
    assert fixes(source) == [("class_spelling", "classes", "7 «а» класс", "7А")]


def test_a_class_without_a_number_is_kept_and_told():
    source = new(Taught(("Кружок",)))
    assert told(source) == [("pseudo_class", "classes", "name", "Кружок")]
    assert source.edu_groups[0] == SourceGroup("Кружок", None, "")
    assert (source.slots[0].edu_groups, source.refused) == (("Кружок",), [])


def test_a_class_is_known_by_its_short_name_where_its_long_one_is_none():
    source = swapped('name="5А" short="5А"', 'name="Пятый" short="5А"')
    assert source.edu_groups[0].name == "5А"
    assert fixes(source) == [("class_by_short_name", "classes", "Пятый", "5А")]


def test_a_class_that_stands_twice_is_told():
    source = new(Taught(("5А",)), Taught(("5 А",)))
    assert told(source) == [("class_twice", "classes", "name", source.problems[0].value)]
    assert [group.name for group in source.edu_groups if not group.parent] == ["5А"]


def test_two_subjects_of_one_name_are_told():
    source = new(Taught(subject="Физика"), Taught(subject="физика "))
    assert rules(source) == ["name_twice"]


def test_two_teachers_of_one_name_are_told():
    source = new(Taught(teachers=(VERA,)), Taught(teachers=(VERA.upper(),)))
    assert told(source)[0][:3] == ("name_twice", "teachers", "name")


@pytest.mark.parametrize("name", ["Вакансия", "вакансия 2", "Физика (Вакантно)", "Не назначен"])
def test_a_vacancy_is_told_and_kept(name):
    source = new(Taught(teachers=(name,)))
    assert told(source) == [("vacancy", "teachers", "name", name)]
    assert source.slots[0].teachers == (name,)


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ('name="Тестова В.Ю." firstname="Вера Юрьевна" lastname="Тестова"', VERA),
        ('name="" firstname="Вера Юрьевна" lastname="Тестова"', VERA),
        (f'name="" firstname="" lastname="{VERA}"', VERA),
        (f'name="{VERA}" firstname="В.Ю." lastname="Тестова"', VERA),
        ('name="Тестова В.Ю." firstname="В.Ю." lastname="Тестова"', "Тестова В.Ю."),
        (f'name="{VERA}" firstname="{VERA}" lastname="{VERA}"', VERA),
    ],
)
def test_a_teacher_has_the_fullest_name_his_row_knows(attributes, name):
    assert swapped(f'name="{VERA}"', attributes).slots[0].teachers == (name,)


def test_a_teacher_without_a_name_is_left_out_and_told():
    source = swapped(f'name="{VERA}" short="Тесто"', 'name=" " short=""')
    assert told(source)[1] == ("name_missing", "teachers", "name", "")
    assert source.slots[0].teachers == ()


def test_a_lesson_whose_subject_has_no_name_is_refused():
    source = swapped('name="Алгебра" short="Алг"', 'name="" short=""')
    assert [p.rule for p in source.refused] == ["subject_nameless"]


def test_a_room_without_a_name_is_no_room():
    source = swapped('name="12" short="12"', 'name="" short=""', Taught(cards=((1, 1, ("12",)),)))
    assert (source.slots[0].rooms, source.rooms) == ((), [])
    assert rules(source) == ["name_missing"]


def test_several_rooms_are_kept_in_order():
    assert new(Taught(cards=((1, 1, ("331", "325")),))).slots[0].rooms == ("331", "325")


def test_a_lesson_of_no_class_is_kept_and_told():
    source = new(Taught(()))
    # Without any class the file is no timetable; beside a class it is a meeting.
    assert [p.rule for p in source.refused] == ["table_missing"]
    source = new(Taught(()), Taught())
    assert told(source) == [("lesson_without_class", "lessons", "classids", "Алгебра")]
    assert {slot.edu_groups for slot in source.slots} == {(), ("5А",)}


def test_a_lesson_of_no_teacher_is_kept_and_told():
    source = new(Taught(teachers=()), Taught())
    assert told(source) == [("lesson_without_teacher", "lessons", "teacherids", "Алгебра")]


def test_a_lesson_that_names_no_group_is_one_of_the_whole_class_and_told():
    source = new(groupids="")
    assert (source.slots[0].subgroups, rules(source)) == ((), ["no_groups"])


def test_classes_that_contradict_their_groups_are_refused():
    data = to_2012(School([Taught(("5А",)), Taught(("5Б",))])).decode()
    ids = re.findall(r'<class id="(\S+)"', data)
    broken = re.sub(r'classids="[^"]*"', f'classids="{ids[0]}"', data)
    assert [p.rule for p in read_asc(broken.encode(), "t").refused] == ["classes_contradict_groups"]


def test_single_pupils_of_a_lesson_are_told():
    assert rules(new(seminargroup="1")) == ["chosen_by_pupils"]


@pytest.mark.parametrize("kind", ["subject", "teacher", "classroom", "class", "group", "lesson"])
def test_two_rows_of_one_id_are_refused(kind):
    lesson = Taught(cards=((1, 1, ("12",)),))
    text = to_2012(School([lesson])).decode()
    row = re.search(rf"<{kind} .*/>", text)[0]
    source = read_asc(text.replace(row, row + row, 1).encode(), "t.xml")
    assert [p.rule for p in source.refused] == ["id_twice"]


@pytest.mark.parametrize("kind", ["subject", "teacher", "classroom", "class", "group", "lesson"])
def test_a_row_without_an_id_is_refused(kind):
    lesson = Taught(cards=((1, 1, ("12",)),))
    text = to_2012(School([lesson])).decode()
    row = re.search(rf"<{kind} .*/>", text)[0]
    source = read_asc(text.replace(row, f"{row}<{kind} name='x'/>", 1).encode(), "t.xml")
    assert [p.rule for p in source.refused] == ["no_id"]


def test_a_part_without_a_name_is_refused_with_its_lessons():
    source = swapped('name="1 группа"', 'name=""', Taught(parts=("1 группа",)), Taught())
    assert [p.rule for p in source.refused] == ["group_nameless"]
    assert [slot.subgroups for slot in source.slots] == [()]


@pytest.mark.parametrize("name", ["subjects", "classes", "lessons", "cards", "groups"])
def test_a_timetable_cannot_be_read_without(name):
    text = to_2012(School([Taught()])).decode()
    data = re.sub(rf"<{name} .*</{name}>", "", text, flags=re.DOTALL).encode()
    source = read_asc(data, "t.xml")
    assert [(p.rule, p.place.sheet, p.place.row) for p in source.refused] == [
        ("table_missing", name, 0)
    ]
    assert (source.slots, source.edu_groups) == ([], [])


@pytest.mark.parametrize("name", ["teachers", "classrooms"])
def test_a_timetable_can_be_read_without(name):
    lesson = Taught(cards=((1, 1, ("12",)),))
    text = to_2012(School([lesson])).decode()
    source = read_asc(re.sub(rf"<{name} .*</{name}>", "", text, flags=re.DOTALL).encode(), "t.xml")
    assert [(p.rule, p.place.sheet, p.refuses) for p in source.problems] == [
        ("table_missing", name, False)
    ]
    assert len(source.slots) == 1


def classes(count):
    return [Taught((f"{1 + at % 11}{'АБВ'[at // 11]}",), cards=()) for at in range(count)]


def test_ten_cards_of_a_school_are_a_trial_export():
    school = School(
        [*classes(22), Taught(cards=tuple((1 + at % 5, at // 5, ()) for at in range(10)))]
    )
    source = read_asc(to_2012(school), "t.xml")
    assert [(p.rule, p.place.sheet, p.value) for p in source.problems] == [
        ("trial_export", "cards", "10")
    ]
    assert source.slots == []


def test_ten_lessons_of_a_school_are_a_trial_export():
    cards = tuple((day, number, ()) for day in range(1, 7) for number in range(6))
    lessons = [Taught(tuple(each.classes[0] for each in classes(22)), cards=cards)] * 10
    source = read_asc(to_2012(School(lessons)), "t.xml")
    assert [(p.rule, p.place.sheet) for p in source.problems] == [("trial_export", "lessons")]


def test_eleven_of_each_are_no_trial_export():
    lessons = [Taught(each.classes) for each in classes(11)]
    assert "trial_export" not in rules(read_asc(to_2012(School(lessons)), "t.xml"))


def test_a_small_school_may_have_ten_cards():
    cards = tuple((1 + at % 5, at // 5, ()) for at in range(10))
    assert new(Taught(cards=cards)).problems == []


def test_the_vendors_minimal_shape_is_read():
    """A configured export may leave out any column that a row does not need."""
    tables = {
        "subjects": [tag("subject", id="s", name="Алгебра")],
        "classes": [tag("class", id="c", name="7 А")],
        "lessons": [tag("lesson", id="l", subjectid="s", classids="c", periodsperweek="1.0")],
        "cards": [tag("card", lessonid="l", period="1", days="1")],
    }
    body = "".join(table(name, rows) for name, rows in tables.items())
    source = read_asc(f"<timetable>{body}</timetable>".encode(), "t.xml")
    assert source.problems == []
    assert (source.slots[0].edu_groups, source.slots[0].weeks) == (("7А",), "1")

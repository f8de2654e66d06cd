"""OneRoster 1.1 and 1.2: pupils through users, roles, enrollments and homeroom classes."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.source import Kind, SourceGroup
from mappings.oneroster import read_oneroster
from mappings.reading import read_source

TODAY = date(2026, 11, 24)
MANIFEST = "propertyName,value\nmanifest.version,1.0\noneroster.version,{version}\n"
CLASSES = """sourcedId,status,title,classCode,classType
c5,,5 А,,homeroom
c6,,6Б,,homeroom
e1,,5А английский 1,,scheduled
"""
USERS = """sourcedId,status,enabledUser,role,givenName,familyName,middleName
u1,,true,student,Анна,Ким,Олеговна
u2,,true,student,Семён,Лис,
t1,,true,teacher,Вера,Ива,Ильинична
"""
ENROLLMENTS = """sourcedId,status,classSourcedId,userSourcedId,role,beginDate,endDate
1,,c5,u1,student,2026-09-01,
2,,c6,u2,student,2026-09-01,2027-05-31
3,,e1,u1,student,,
4,,c5,t1,teacher,,
"""
DEMOGRAPHICS = "sourcedId,birthDate,sex\nu1,2014-09-01,female\n"


def read(**tables):
    """Read an export; a table given replaces the usual one, None leaves it out."""
    usual = {
        "manifest": MANIFEST.format(version="1.1"),
        "classes": CLASSES,
        "users": USERS,
        "enrollments": ENROLLMENTS,
        "demographics": DEMOGRAPHICS,
    }
    files = {
        f"{name}.csv": text.encode()
        for name, text in {**usual, **tables}.items()
        if text is not None
    }
    return read_oneroster(files, "export", today=TODAY)


def people(source):
    return [(p.local_key, p.last_name, p.first_name, p.edu_group, p.left) for p in source.pupils]


def rules(source):
    return [(problem.rule, problem.place.sheet, problem.place.row) for problem in source.problems]


TWO = [("id:u1", "Ким", "Анна", "5А", False), ("id:u2", "Лис", "Семён", "6Б", False)]


def test_students_stand_in_their_homerooms():
    source = read()
    assert (people(source), source.problems) == (TWO, [])
    assert (source.rows, source.accepted, source.ignored) == (2, 2, 1)


def test_scheduled_classes_are_subgroups():
    source = read()
    assert source.pupils[0].subgroups == ("5А английский 1",)
    assert source.edu_groups == [
        SourceGroup("5А", 5, "А"),
        SourceGroup("6Б", 6, "Б"),
        SourceGroup("5А английский 1", 5, "", "5А"),
    ]


def test_demographics_give_sex_and_birthday():
    pupil = read().pupils[0]
    assert (pupil.sex, pupil.birthday) == ("Female", date(2014, 9, 1))


def test_without_demographics_nothing_is_said_of_them():
    pupil = read(demographics=None).pupils[0]
    assert (pupil.sex, pupil.birthday) == (None, None)


def test_in_1_2_roles_tell_who_is_a_student():
    users = "sourcedId,status,givenName,familyName\nu1,,Анна,Ким\nu2,,Семён,Лис\nt1,,Вера,Ива\n"
    roles = "sourcedId,status,userSourcedId,role\nr1,,u1,student\nr2,,u2,student\nr3,,t1,teacher\n"
    source = read(users=users, roles=roles, manifest=MANIFEST.format(version="1.2"))
    assert (people(source), source.problems) == (TWO, [])
    assert source.pupils[0].middle_name is None


def test_an_unknown_version_is_told():
    assert rules(read(manifest=MANIFEST.format(version="2.0"))) == [
        ("oneroster_version", "manifest.csv", 0)
    ]


@pytest.mark.parametrize(
    ("tables", "left"),
    [
        ({"users": USERS.replace("u1,,true", "u1,tobedeleted,true")}, True),
        ({"users": USERS.replace("u1,,true", "u1,,false")}, True),
        ({"enrollments": ENROLLMENTS.replace("2026-09-01,\n", "2026-09-01,2026-10-01\n")}, True),
        ({"enrollments": ENROLLMENTS.replace("2026-09-01,\n", "2026-09-01,2026-11-24\n")}, False),
    ],
)
def test_a_deleted_disabled_or_ended_pupil_has_left(tables, left):
    pupil = read(**tables).pupils[0]
    assert (pupil.left, pupil.edu_group) == (left, "" if left else "5А")


def test_a_pupil_in_two_homerooms_is_refused():
    source = read(enrollments=ENROLLMENTS + "5,,c6,u1,student,,\n")
    assert (people(source), rules(source)) == (TWO[1:], [("two_classes", "users.csv", 2)])


def test_a_transfer_leaves_the_class_that_goes_on():
    moved = ENROLLMENTS.replace("c5,u1,student,2026-09-01,", "c5,u1,student,2026-09-01,2026-10-01")
    source = read(enrollments=moved + "5,,c6,u1,student,2026-10-02,\n")
    assert people(source)[0] == ("id:u1", "Ким", "Анна", "6Б", False)


def test_a_student_without_a_homeroom_is_refused():
    source = read(enrollments=ENROLLMENTS.replace("1,,c5,u1", "1,,c5,u9"))
    assert rules(source) == [("no_class", "users.csv", 2)]


def test_a_class_that_is_not_there_is_told():
    source = read(enrollments=ENROLLMENTS + "5,,zz,u1,student,,\n")
    assert rules(source) == [("dangling_id", "enrollments.csv", 6)]


def test_a_class_with_an_unreadable_name_is_refused_with_its_pupils():
    source = read(classes=CLASSES.replace("5 А", "Орлы"))
    assert ("bad_class", "classes.csv", 2) in rules(source)
    assert people(source) == TWO[1:]


def test_a_deleted_class_is_no_class():
    source = read(classes=CLASSES.replace("c5,,", "c5,tobedeleted,"))
    assert ("dangling_id", "enrollments.csv", 2) in rules(source)
    assert people(source) == TWO[1:]


def test_a_latin_letter_in_the_title_of_a_class_is_told():
    source = read(classes=CLASSES.replace("5 А", "5A"))
    assert people(source) == TWO
    assert [(fix.rule, fix.before, fix.after) for fix in source.fixes] == [
        ("class_letters", "5A", "5А")
    ]


def test_home_schooling_is_a_class_without_a_year():
    source = read(classes=CLASSES.replace("5 А", "Надомное обучение"))
    assert source.pupils[0].edu_group == "Надомное обучение"
    assert rules(source) == [("pseudo_class", "classes.csv", 2)]


@pytest.mark.parametrize("text", ["", "\n", "sourcedId,status\n"])
def test_an_empty_table_has_no_rows(text):
    assert read(users=text).pupils == []


@pytest.mark.parametrize("table", ["users", "classes", "enrollments"])
def test_a_missing_table_refuses_the_export(table):
    source = read(**{table: None})
    assert (source.pupils, rules(source)) == ([], [("table_missing", f"{table}.csv", 0)])


def test_an_identifier_given_twice_refuses_the_second_row():
    source = read(users=USERS + "u1,,true,student,Яна,Лис,\n")
    assert (people(source), rules(source)) == (TWO, [("id_twice", "users.csv", 5)])


def test_a_row_without_an_identifier_is_refused():
    assert rules(read(users=USERS + ",,true,student,Яна,Лис,\n")) == [("no_id", "users.csv", 5)]


def test_a_missing_name_refuses_the_row():
    source = read(users=USERS.replace("Анна,Ким", ",Ким"))
    assert rules(source) == [("no_first_name", "users.csv", 2)]


def test_a_name_that_is_none_refuses_the_row():
    source = read(users=USERS.replace("Анна,Ким", "А.,Ким5"))
    assert [rule for rule, _sheet, _row in rules(source)] == ["name_characters", "initials"]
    assert people(source) == TWO[1:]


def test_a_wrong_birthday_is_told_and_left_out():
    source = read(demographics=DEMOGRAPHICS.replace("2014-09-01", "01.13.2014"))
    assert [(p.rule, p.refuses) for p in source.problems] == [("bad_date", False)]
    assert source.pupils[0].birthday is None


def test_a_zip_and_a_folder_are_read_alike(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    with zipfile.ZipFile(tmp_path / "export.bin", "w") as archive:
        for name, text in (("users", USERS), ("classes", CLASSES), ("enrollments", ENROLLMENTS)):
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
            archive.writestr(f"deep/{name}.csv", text)
    one, other = (read_source(tmp_path / name, today=TODAY) for name in ("export", "export.bin"))
    assert (one.kind, people(one)) == (Kind.ONEROSTER, TWO)
    assert people(other) == TWO
    assert len(one.sha256) == len(other.sha256) == 64


def test_an_export_that_is_no_text_is_told(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("users", "classes", "enrollments"):
            archive.writestr(f"{name}.csv", bytes(range(32)))
    path = tmp_path / "export.zip"
    path.write_bytes(stream.getvalue())
    assert {problem.rule for problem in read_source(path, today=TODAY).problems} == {"not_a_table"}


@given(st.permutations(USERS.splitlines()[1:]), st.permutations(ENROLLMENTS.splitlines()[1:]))
def test_the_order_of_rows_means_nothing(users, enrollments):
    source = read(
        users="\n".join([USERS.splitlines()[0], *users]),
        enrollments="\n".join([ENROLLMENTS.splitlines()[0], *enrollments]),
    )
    assert sorted(people(source)) == TWO
    assert source.edu_groups == read().edu_groups


def test_enrolments_tell_the_first_day_and_of_leavers_the_last():
    enrolments = ENROLLMENTS.replace("2027-05-31", "2026-11-10")
    found = {
        p.local_key: (p.enrolled, p.left, p.left_on) for p in read(enrollments=enrolments).pupils
    }
    assert found == {
        "id:u1": (date(2026, 9, 1), False, None),
        "id:u2": (None, True, date(2026, 11, 10)),
    }


@pytest.mark.parametrize("day", ["", "soon", "2026-13-01"])
def test_an_enrolment_without_a_real_day_tells_none(day):
    enrolments = ENROLLMENTS.replace("u1,student,2026-09-01", f"u1,student,{day}")
    assert read(enrollments=enrolments).pupils[0].enrolled is None

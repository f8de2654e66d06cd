"""Classes, subgroups, teachers and subjects: found by name where it is one, asked about else."""

import pytest

from connector.planned import Have, HavePerson
from connector.source import Kind, SourceGroup
from connector.sync.resolve import (
    resolve_groups,
    resolve_roster,
    resolve_subjects,
    resolve_teachers,
)
from tests.unit.rosters import YEAR, group, linked, pupil, school, source, source_group

ENGLISH = "5А (англ. 1)"
ALIASES = {"англ. яз": "Английский язык", "ин. яз. (англ.)": "Английский язык"}


def asked(found):
    return [(q.local_key, q.reason, [c.vendor_id for c in q.candidates]) for q in found.questions]


def classes(have, *groups):
    return resolve_groups(groups, have, study_year=YEAR)


# --- classes


@pytest.mark.parametrize("spelling", ["5А", "5 а", '5 "А"', "5-А", "5A"])
def test_a_class_is_found_however_the_diary_spells_it(spelling):
    found = classes(school([group(51, spelling)]), source_group("5А"))
    assert found.classes == {"5А": 51}
    assert found.ids == {"2026:5А": 51}


def test_a_name_is_no_identity_to_keep():
    """A class renamed in the diary would be named back by it."""
    assert not classes(school([group(51, "5А")]), source_group("5А")).links(YEAR)


def test_a_class_of_another_year_is_another_class():
    found = classes(school([group(50, "5А", YEAR - 1)]), source_group("5А"))
    assert found.new == [source_group("5А")]


def test_two_classes_of_one_name_are_asked_about():
    have = school([group(51, "5А"), group(52, "5 а")])
    assert asked(classes(have, source_group("5А"))) == [("2026:5А", "two_fit", [51, 52])]


def test_a_class_whose_year_is_unknown_is_asked_about():
    have = school([group(51, "5А", None)])
    assert asked(classes(have, source_group("5А"))) == [("2026:5А", "unknown_year", [51])]


@pytest.mark.parametrize(("listed", "shown"), [("11А", "11А физмат"), ("10", "10А")])
def test_a_class_with_another_profile_or_no_letter_is_asked_about(listed, shown):
    have = school([group(51, shown)])
    assert asked(classes(have, source_group(listed))) == [(f"2026:{listed}", "similar_name", [51])]


def test_a_class_that_another_row_has_is_no_candidate():
    have = school([group(51, "10А")])
    found = classes(have, source_group("10А"), source_group("10А физмат"))
    assert found.classes == {"10А": 51}
    assert [g.name for g in found.new] == ["10А физмат"]


def test_a_refused_class_is_never_proposed_again():
    have = school([group(51, "11А физмат")], refused={("edu_groups", "2026:11А", 51)})
    assert [g.name for g in classes(have, source_group("11А")).new] == ["11А"]


def test_a_pseudo_class_is_found_by_name_and_never_made():
    home, clubs = SourceGroup("надомники", None, ""), SourceGroup("кружки", None, "")
    have = school([group(51, "Надомники", parallel=7)])
    found = classes(have, home, clubs)
    assert found.classes == {"надомники": 51}
    assert asked(found) == [("2026:кружки", "pseudo_class", [])]
    assert not found.new


def test_a_pseudo_class_decided_to_be_new_is_made():
    clubs = SourceGroup("кружки", None, "")
    assert classes(school(links=linked(("edu_groups", "2026:кружки", None))), clubs).new == [clubs]


def test_two_spellings_of_one_class_are_one_class():
    found = classes(
        school([group(51, "11А физмат")]), *map(source_group, ("11А физмат", "11а ФизМат"))
    )
    assert set(found.classes.values()) == {51}
    assert not found.new
    assert len(classes(school(), *map(source_group, ("11А физмат", "11а ФизМат"))).new) == 1


def test_a_linked_class_may_have_any_name():
    have = school([group(51, "5Б")], links=linked(("edu_groups", "2026:5А", 51)))
    assert classes(have, source_group("5А")).classes == {"5А": 51}


def test_a_linked_class_is_taken_and_fits_nobody_else():
    have = school([group(51, "5Б")], links=linked(("edu_groups", "2026:5А", 51)))
    found = classes(have, source_group("5А"), source_group("5Б"))
    assert [g.name for g in found.new] == ["5Б"]


@pytest.mark.parametrize("year", [YEAR - 1, None])
def test_a_link_to_a_class_that_is_gone_or_of_another_year_is_a_question(year):
    have = school(
        [group(51, "5А", year)] if year else [], links=linked(("edu_groups", "2026:5А", 51))
    )
    assert asked(classes(have, source_group("5А"))) == [("2026:5А", "link_lost", [])]


def test_two_classes_linked_to_one_are_asked_about():
    have = school(
        [group(51, "5А")],
        links=linked(("edu_groups", "2026:5А", 51), ("edu_groups", "2026:5Б", 51)),
    )
    found = classes(have, source_group("5А"), source_group("5Б"))
    assert found.classes == {"5А": 51}
    assert asked(found) == [("2026:5Б", "claimed_twice", [51])]


def test_a_class_decided_to_be_new_is_new_until_it_stands_in_the_diary():
    links = linked(("edu_groups", "2026:11А", None))
    profile = group(51, "11А физмат")
    assert [g.name for g in classes(school([profile], links=links), source_group("11А")).new] == [
        "11А"
    ]
    made = school([profile, group(52, "11А")], links=links)
    assert classes(made, source_group("11А")).classes == {"11А": 52}


# --- subgroups


def part(name, of="5А"):
    return SourceGroup(name, None, "", of)


@pytest.mark.parametrize("name", ["англ. 1", ENGLISH, "5А англ. 1", "5а-АНГЛ. 1"])
def test_a_subgroup_is_found_with_or_without_its_class(name):
    have = school([group(51, "5А"), group(511, ENGLISH, parents=(51,))])
    found = classes(have, source_group("5А"), part(name))
    assert found.pairs["5А", name] == 511


def test_one_name_in_two_classes_means_two_subgroups():
    have = school(
        [
            group(51, "5А"),
            group(52, "5Б"),
            group(511, ENGLISH, parents=(51,)),
            group(521, "5Б (англ. 1)", parents=(52,)),
        ]
    )
    found = classes(
        have, source_group("5А"), source_group("5Б"), part("англ. 1"), part("англ. 1", "5Б")
    )
    assert (found.pairs["5А", "англ. 1"], found.pairs["5Б", "англ. 1"]) == (511, 521)


def test_an_unclear_subgroup_is_asked_about_with_the_free_ones_of_its_class():
    have = school(
        [
            group(51, "5А"),
            group(511, ENGLISH, parents=(51,)),
            group(512, "5А (англ. 2)", parents=(51,)),
        ]
    )
    found = classes(have, source_group("5А"), part("англ. 2"), part("1 группа"))
    assert asked(found) == [("2026:5А|1 группа", "similar_name", [511])]


def test_two_subgroups_of_one_name_are_asked_about():
    have = school(
        [
            group(51, "5А"),
            group(511, ENGLISH, parents=(51,)),
            group(512, "англ. 1", parents=(51,)),
        ]
    )
    found = classes(have, source_group("5А"), part("англ. 1"))
    assert [(key, reason) for key, reason, _c in asked(found)] == [("2026:5А|англ. 1", "two_fit")]


def test_a_subgroup_of_a_class_without_any_is_new():
    found = classes(school([group(51, "5А")]), source_group("5А"), part("англ. 1"))
    assert found.new == [part("англ. 1")]


def test_a_subgroup_of_a_class_in_question_waits():
    have = school([group(51, "11А физмат")])
    found = classes(have, source_group("11А"), part("англ. 1", "11А"))
    assert [key for key, _r, _c in asked(found)] == ["2026:11А"]
    assert not found.new


def test_a_linked_subgroup_and_a_decided_new_one_need_no_question():
    have = school(
        [group(51, "5А"), group(511, "5А (нем.)", parents=(51,))],
        links=linked(("edu_groups", "2026:5А|1", 511), ("edu_groups", "2026:5А|2", None)),
    )
    found = classes(have, source_group("5А"), part("1"), part("2"))
    assert found.pairs["5А", "1"] == 511
    assert found.new == [part("2")]


def test_a_decided_new_subgroup_is_found_once_it_stands():
    have = school(
        [group(51, "5А"), group(511, "5А (2)", parents=(51,))],
        links=linked(("edu_groups", "2026:5А|2", None)),
    )
    assert classes(have, source_group("5А"), part("2")).pairs["5А", "2"] == 511


def test_a_timetable_says_nothing_about_class_lists():
    timetable = source(pupil(), kind=Kind.ASC)
    found = resolve_roster([timetable], school(), study_year=YEAR)
    assert not found.groups.new
    assert not found.pupils.new


# --- teachers

VERA = HavePerson(1, "Иванова", "Вера", "Григорьевна", None, None)
VADIM = HavePerson(2, "Иванова", "Валерия", "Глебовна", None, None)
PLAIN = HavePerson(3, "Петрова-Водкина", "Ольга", "", None, None)


def teachers(*names, staff=(VERA, PLAIN), **more):
    return resolve_teachers(names, Have(teachers={p.id: p for p in staff}, **more))


@pytest.mark.parametrize("name", ["Иванова Вера Григорьевна", "ИВАНОВА  Вера Григорьевна"])
def test_a_teacher_is_found_by_the_full_name(name):
    assert teachers(name).ids == {name: 1}


@pytest.mark.parametrize(
    "name",
    ["Иванова В.Г.", "Иванова В. Г.", "В.Г. Иванова", "Иванова В", "Вера Иванова"],
)
def test_initials_are_a_question_that_may_be_answered_in_bulk(name):
    (question,) = teachers(name).questions
    assert (question.reason, question.unique) == ("initials", True)
    assert [c.vendor_id for c in question.candidates] == [1]


def test_a_bare_surname_is_never_answered_in_bulk():
    (question,) = teachers("Иванова").questions
    assert (question.reason, question.unique) == ("initials", False)


def test_a_double_surname_is_one_word_or_two():
    (question,) = teachers("Петрова - Водкина О.").questions
    assert [c.vendor_id for c in question.candidates] == [3]


@pytest.mark.parametrize(
    ("name", "reason"), [("Аль Рашид О.", "initials"), ("Рашид О.", "unknown_name")]
)
def test_a_surname_of_two_words_must_be_whole(name, reason):
    (question,) = teachers(
        name, staff=(HavePerson(4, "Аль Рашид", "Ольга", "", None, None),)
    ).questions
    assert question.reason == reason


def test_initials_that_fit_two_are_never_chosen_between():
    (question,) = teachers("Иванова В.Г.", staff=(VERA, VADIM)).questions
    assert (question.reason, question.unique) == ("two_fit", False)


@pytest.mark.parametrize("other", ["Иванова Вера Григорьевна", "Иванова Вера"])
def test_initials_of_somebody_already_named_are_not_for_bulk(other):
    assert not any(q.unique for q in teachers("Иванова В.Г.", other).questions)


@pytest.mark.parametrize("name", ["Иванова А.Г.", "Иванова В.Г.Д.", "Вера Григорьевна"])
def test_other_initials_are_somebody_unknown(name):
    (question,) = teachers(name, staff=(VERA,)).questions
    assert question.reason == "unknown_name"


def test_an_unknown_teacher_gets_suggestions_for_a_typo_and_none_for_noise():
    typo, noise = teachers("Иваноова Вера Григорьевна", "вакансия").questions
    assert [c.vendor_id for c in typo.candidates] == [1]
    assert noise.candidates == ()


def test_teachers_of_one_full_name_are_never_chosen_between():
    twin = HavePerson(9, "Иванова", "Вера", "Григорьевна", None, None)
    (question,) = teachers("Иванова Вера Григорьевна", staff=(VERA, twin)).questions
    assert (question.reason, question.unique) == ("two_fit", False)


def test_a_teacher_who_left_is_nobody():
    gone = HavePerson(1, "Иванова", "Вера", "Григорьевна", None, None, live=False)
    (question,) = teachers("Иванова Вера Григорьевна", staff=(gone,)).questions
    assert question.candidates == ()


def test_decisions_about_teachers_are_remembered_however_the_name_is_spaced():
    found = teachers(
        "Иванова  В.Г.", "Вакансия", links=linked(("teachers", "иванова в.г.", 1), ("teachers", "вакансия", None))
    )  # fmt: skip
    assert found.ids == {"Иванова  В.Г.": 1}
    assert found.new == ["Вакансия"]
    assert not found.links(YEAR)


def test_a_link_to_a_teacher_who_is_gone_is_a_question():
    found = teachers("Иванова В.Г.", links=linked(("teachers", "Иванова В.Г.", 8)))
    assert asked(found) == [("Иванова В.Г.", "link_lost", [])]


def test_a_refused_teacher_is_never_proposed_again():
    name = "Иванова В.Г."
    found = teachers(name, refused={("teachers", name, 1)})
    assert asked(found) == [(name, "unknown_name", [])]


# --- subjects


def subjects(*names, known=("Алгебра", "Английский язык"), **more):
    have = Have(subjects=dict(enumerate(known, 1)), **more)
    return resolve_subjects(names, have, ALIASES)


@pytest.mark.parametrize(
    ("name", "evidence"),
    [("алгебра ", "name"), ("Англ. яз", "alias"), ("Ин. яз. (англ.)", "alias")],
)
def test_a_subject_is_found_by_name_or_alias(name, evidence):
    found = subjects(name)
    assert found.matched[name].evidence == evidence


def test_a_subject_is_found_where_the_diary_has_the_alias():
    assert subjects("Английский язык", known=("Англ. яз",)).ids == {"Английский язык": 1}


def test_the_very_name_goes_before_an_alias():
    found = subjects("Англ. яз", known=("Англ. яз", "Английский язык"))
    assert found.ids == {"Англ. яз": 1}


def test_two_subjects_behind_one_alias_are_never_chosen_between():
    found = subjects("ин. яз. (англ.)", known=("Англ. яз", "Английский язык"))
    assert asked(found) == [("ин. яз. (англ.)", "two_fit", [1, 2])]


def test_an_unknown_subject_gets_suggestions():
    (question,) = subjects("Алгбра").questions
    assert (question.reason, question.unique) == ("unknown_name", False)
    assert question.candidates[0].vendor_id == 1


def test_each_name_is_asked_about_once():
    assert len(subjects("Астрономия", "Астрономия").questions) == 1


def test_a_refused_subject_is_never_proposed_again():
    found = subjects("Алгебра", refused={("subjects", "Алгебра", 1)})
    assert asked(found) == [("Алгебра", "unknown_name", [])]

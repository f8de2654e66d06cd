"""Who is who: evidence in order, and whatever is not proven is asked."""

from datetime import date

import pytest

from connector.planned import Link
from connector.source import SourcePupil
from connector.sync.near import is_typo, sound
from connector.sync.resolve import resolve_pupils
from tests.unit.rosters import (
    ANNA,
    BORIS,
    BORN,
    OTHER_DAY,
    YEAR,
    group,
    linked,
    person,
    pupil,
    school,
)

FIVE_A, FIVE_B, FOUR_A, FOUR_B = 51, 52, 41, 42
HERE = (group(FIVE_A, "5А"), group(FIVE_B, "5Б"))
LAST_YEAR = (group(FOUR_A, "4А", YEAR - 1), group(FOUR_B, "4Б", YEAR - 1))
PETROVA = ANNA.replace("Орлова", "Петрова")


def resolve(have, *pupils, year=YEAR):
    names = {
        g.name: g.id for g in have.groups.values() if g.study_year == year and g.type == "Group"
    }
    return resolve_pupils(pupils, have, names, study_year=year)


def asked(found):
    return [(q.reason, [c.vendor_id for c in q.candidates], q.unique) for q in found.questions]


def settled(found):
    return {key: (match.vendor_id, match.evidence) for key, match in found.matched.items()}


def only(have, one):
    """The question about one pupil, who must be neither matched nor new."""
    found = resolve(have, one)
    assert not found.matched
    assert not found.new
    (question,) = asked(found)
    return question


# --- links


def test_a_stored_link_is_followed_whatever_the_name():
    have = school(HERE, [person(1, BORIS)], [(1, FIVE_A)], links=linked(("persons", "id:7", 1)))
    assert settled(resolve(have, pupil(ANNA, local_key="id:7"))) == {"id:7": (1, "link")}


def test_a_link_by_snils_says_so():
    have = school(HERE, [person(1)], links=linked(("persons", "snils:11223344595", 1)))
    one = pupil(snils="11223344595")
    assert settled(resolve(have, one)) == {one.local_key: (1, "snils")}


def test_a_file_that_has_learnt_the_snils_keeps_the_link_made_by_birthday():
    before = pupil(born=BORN)
    have = school(HERE, [person(1)], links=linked(("persons", before.local_key, 1)))
    now = pupil(born=BORN, snils="11223344595")
    found = resolve(have, now)
    assert settled(found) == {now.local_key: (1, "link")}
    assert [(k.local_key, k.vendor_id, k.study_year) for k in found.links(YEAR)] == [
        (now.local_key, 1, YEAR)
    ]


def test_a_link_under_a_key_that_two_pupils_could_have_is_nobodys():
    old = pupil(born=BORN)
    have = school(HERE, [person(1, born=BORN)], links=linked(("persons", old.local_key, 1)))
    found = resolve(
        have, pupil(born=BORN, snils="11223344595"), pupil(born=BORN, snils="08765430300")
    )
    assert not found.matched
    assert [reason for reason, _c, _u in asked(found)] == ["namesakes", "namesakes"]


def test_a_link_to_a_person_the_mirror_does_not_know_is_a_question():
    one = pupil(born=BORN)
    have = school(HERE, [person(2)], links=linked(("persons", one.local_key, 1)))
    assert only(have, one) == ("link_lost", [2], False)


def test_two_keys_linked_to_one_person_are_both_asked_about():
    have = school(HERE, [person(1)], links=linked(("persons", "id:1", 1), ("persons", "id:2", 1)))
    found = resolve(have, pupil(local_key="id:1"), pupil(BORIS, local_key="id:2"))
    assert asked(found) == [("claimed_twice", [1], False)] * 2


def test_a_decided_new_pupil_is_new_though_a_namesake_stands_elsewhere():
    one = pupil()
    have = school(HERE, [person(1)], [(1, FIVE_B)], links=linked(("persons", one.local_key, None)))
    assert resolve(have, one).new == [one]


def test_a_decided_new_pupil_who_has_meanwhile_appeared_in_the_class_is_not_made_twice():
    one = pupil()
    have = school(HERE, [person(1)], [(1, FIVE_A)], links=linked(("persons", one.local_key, None)))
    assert only(have, one) == ("name_and_class", [1], True)


def test_a_decided_new_pupil_whose_birthday_has_appeared_is_found():
    one = pupil(born=BORN)
    have = school(HERE, [person(1, born=BORN)], links=linked(("persons", one.local_key, None)))
    assert settled(resolve(have, one)) == {one.local_key: (1, "name+birthday")}


def test_a_link_by_class_of_another_year_means_nobody_in_this_years_class():
    """Last year's Anna of 5А is in 6А now; this year's Anna of 5А is somebody else."""
    one = pupil(ANNA, "5А")
    have = school(
        (*HERE, group(61, "6А"), group(50, "5А", YEAR - 1)),
        [person(1)],
        [(1, 50), (1, 61)],
        links=linked(Link("persons", one.local_key, 1, "name+class", study_year=YEAR - 1)),
    )
    assert only(have, one) == ("transferred", [1], False)


@pytest.mark.parametrize("year", [None, YEAR - 1])
def test_an_old_link_by_class_holds_while_the_person_stands_in_that_class(year):
    one = pupil(ANNA, "5А")
    have = school(
        HERE,
        [person(1)],
        [(1, FIVE_A)],
        links=linked(Link("persons", one.local_key, 1, "name+class", study_year=year)),
    )
    assert settled(resolve(have, one)) == {one.local_key: (1, "link")}


def test_a_link_by_class_decided_this_year_holds_though_the_diary_says_another_class():
    one = pupil(ANNA, "5А")
    have = school(
        HERE,
        [person(1)],
        [(1, FIVE_B)],
        links=linked(Link("persons", one.local_key, 1, "name", study_year=YEAR)),
    )
    assert settled(resolve(have, one)) == {one.local_key: (1, "link")}


def test_a_link_by_class_is_doubted_when_a_namesake_appears_in_the_files():
    """Whose transfer it was, the old pupil's or the newcomer's arrival, no row says."""
    old, other = pupil(ANNA, "5А"), pupil(ANNA, "5Б")
    have = school(
        HERE,
        [person(1)],
        [(1, FIVE_A)],
        links=linked(Link("persons", old.local_key, 1, "name+class", study_year=YEAR)),
    )
    assert asked(resolve(have, old, other)) == [("namesakes", [1], False)] * 2


def test_a_link_by_class_stands_beside_a_namesake_who_is_decided_too():
    old, other = pupil(ANNA, "5А"), pupil(ANNA, "5Б")
    have = school(
        HERE,
        [person(1)],
        [(1, FIVE_A)],
        links=linked(("persons", old.local_key, 1), ("persons", other.local_key, None)),
    )
    found = resolve(have, old, other)
    assert found.ids == {old.local_key: 1}
    assert found.new == [other]


def test_a_link_by_class_is_used_up_once_the_person_has_left_the_class():
    one = pupil(ANNA, "5А")
    link = Link("persons", one.local_key, 1, "name+class", study_year=YEAR)
    have = school(HERE, [person(1)], former={(1, FIVE_A)}, links=linked(link))
    assert only(have, one) == ("came_back", [1], False)


def test_who_is_decided_to_have_come_back_has():
    one = pupil(ANNA, "5А")
    link = Link("persons", one.local_key, 1, "name", 60, "somebody", study_year=YEAR)
    have = school(HERE, [person(1)], former={(1, FIVE_A)}, links=linked(link))
    assert settled(resolve(have, one)) == {one.local_key: (1, "link")}
    assert not resolve(have, one).links(YEAR)


def test_a_decision_about_a_stranger_to_the_class_becomes_one_about_its_pupil():
    one = pupil(ANNA, "5А")
    link = Link("persons", one.local_key, 1, "name", 70, "somebody", study_year=YEAR)
    have = school(HERE, [person(1)], [(1, FIVE_A)], links=linked(link))
    (kept,) = resolve(have, one).links(YEAR)
    assert (kept.evidence, kept.decided_by) == ("name+class", "somebody")


# --- name and birthday


@pytest.mark.parametrize("place", [FIVE_A, FIVE_B, None])
def test_full_name_and_birthday_are_enough_wherever_the_person_stands(place):
    have = school(HERE, [person(1, born=BORN)], [(1, place)] if place else [])
    one = pupil(born=BORN)
    assert settled(resolve(have, one)) == {one.local_key: (1, "name+birthday")}


def test_yo_and_case_do_not_matter():
    have = school(HERE, [person(1, "КИСЕЛЁВ СЕМЁН ПЕТРОВИЧ", BORN)])
    one = pupil("Киселев Семен Петрович", born=BORN)
    assert settled(resolve(have, one)) == {one.local_key: (1, "name+birthday")}


def test_a_file_without_a_column_of_patronymics_is_matched_by_the_rest():
    have = school(HERE, [person(1, born=BORN)])
    one = pupil(born=BORN, middle_name=None)
    assert settled(resolve(have, one)) == {one.local_key: (1, "name+birthday")}


def test_two_persons_of_one_name_and_birthday_are_never_chosen_between():
    have = school(HERE, [person(1, born=BORN), person(2, born=BORN)], [(1, FIVE_A)])
    assert only(have, pupil(born=BORN)) == ("two_fit", [1, 2], False)


def test_a_contradicting_birthday_makes_a_namesake_another_person():
    have = school(HERE, [person(1, born=OTHER_DAY)], [(1, FIVE_A)])
    one = pupil(born=BORN)
    assert resolve(have, one).new == [one]


def test_a_refused_pair_is_never_proposed_again():
    one = pupil(born=BORN)
    have = school(
        HERE,
        [person(1, born=BORN)],
        [(1, FIVE_A)],
        refused={("persons", one.local_key, 1)},
    )
    assert resolve(have, one).new == [one]


# --- name and class


def test_a_full_name_and_class_are_a_question_that_may_be_answered_in_bulk():
    have = school(HERE, [person(1), person(2, BORIS)], [(1, FIVE_A), (2, FIVE_A)])
    assert only(have, pupil()) == ("name_and_class", [1], True)


def test_last_years_class_counts_when_the_year_turns():
    have = school((*HERE, *LAST_YEAR), [person(1)], [(1, FOUR_A)])
    assert only(have, pupil()) == ("name_and_class", [1], True)


def test_another_letter_of_last_year_is_a_transfer_to_look_at():
    have = school((*HERE, *LAST_YEAR), [person(1)], [(1, FOUR_B)])
    assert only(have, pupil()) == ("transferred", [1], False)


def test_the_tenth_classes_are_made_of_any_ninth_one():
    have = school([group(101, "10А"), group(92, "9Б", YEAR - 1)], [person(1)], [(1, 92)])
    assert only(have, pupil(edu_group="10А")) == ("name_and_class", [1], True)


def test_a_full_name_in_another_class_is_a_question():
    have = school(HERE, [person(1)], [(1, FIVE_B)])
    assert only(have, pupil()) == ("transferred", [1], False)


@pytest.mark.parametrize("live", [True, False])
def test_who_left_and_comes_back_is_asked_about(live):
    have = school(HERE, [person(1, live=live)], former={(1, FIVE_A)})
    assert only(have, pupil()) == ("came_back", [1], False)


def test_one_name_in_two_classes_is_a_question_about_both():
    have = school(HERE, [person(1), person(2)], [(1, FIVE_A), (2, FIVE_B)])
    assert only(have, pupil()) == ("two_fit", [1, 2], False)


def test_namesakes_in_the_files_share_a_candidate_and_both_are_asked():
    have = school(HERE, [person(1)], [(1, FIVE_A)])
    found = resolve(have, pupil(edu_group="5А"), pupil(edu_group="5Б"))
    assert asked(found) == [("namesakes", [1], False)] * 2


def test_a_namesake_of_a_matched_pupil_is_not_made_new_unasked():
    have = school(HERE, [person(1, born=BORN)], [(1, FIVE_A)])
    first, second = pupil(born=BORN), pupil(edu_group="5Б")
    found = resolve(have, first, second)
    assert settled(found) == {first.local_key: (1, "name+birthday")}
    assert asked(found) == [("namesakes", [], False)]


def test_namesakes_with_different_birthdays_are_simply_two_people():
    have = school(HERE, [person(1, born=BORN)], [(1, FIVE_A)])
    first, second = pupil(born=BORN), pupil(born=OTHER_DAY, edu_group="5Б")
    found = resolve(have, first, second)
    assert settled(found) == {first.local_key: (1, "name+birthday")}
    assert found.new == [second]


def test_two_new_namesakes_whom_nothing_tells_apart_are_asked_about():
    found = resolve(school(HERE), pupil(edu_group="5А"), pupil(edu_group="5Б"))
    assert asked(found) == [("namesakes", [], False)] * 2


def test_two_new_namesakes_with_different_snils_are_new():
    rows = pupil(snils="11223344595"), pupil(snils="08765430300")
    assert resolve(school(HERE), *rows).new == sorted(rows, key=lambda p: p.local_key)


def test_more_candidates_than_a_question_shows_are_all_in_doubt():
    people = [person(n) for n in range(30)]
    found = resolve(school(HERE, people, [(n, FIVE_A) for n in range(30)]), pupil())
    assert len(found.questions[0].candidates) == 10
    assert found.candidates == set(range(30))


def test_a_name_that_hundreds_bear_is_asked_about_without_comparing_them_all():
    people = [person(n, born=BORN if n == 7 else None) for n in range(300)]
    have = school(HERE, people, [(n, FIVE_A) for n in range(300)])
    rows = [pupil(snils=f"{n:011}", born=BORN if n == 0 else None) for n in range(250)]
    new = pupil(edu_group="5Б")
    have.links |= linked(Link("persons", new.local_key, None, "new", study_year=YEAR))
    found = resolve(have, *rows, new)
    assert found.ids == {rows[0].local_key: 7}
    assert found.new == [new]
    assert {q.reason for q in found.questions} == {"namesakes"}
    assert found.candidates == set(range(300)) - {7}


# --- nearly the same


def test_a_new_surname_with_the_same_birthday_may_be_answered_in_bulk():
    have = school(HERE, [person(1, born=BORN)], [(1, FIVE_A)])
    assert only(have, pupil(PETROVA, born=BORN)) == ("surname_changed", [1], True)


def test_a_new_surname_in_the_same_class_is_a_question_where_the_old_one_is_missing():
    have = school(HERE, [person(1)], [(1, FIVE_A)])
    assert only(have, pupil(PETROVA)) == ("surname_changed", [1], False)


def test_nobody_changed_a_surname_whose_old_name_still_stands_in_the_files():
    have = school(HERE, [person(1)], [(1, FIVE_A)])
    found = resolve(have, pupil(), pupil(PETROVA))
    assert [p.last_name for p in found.new] == ["Петрова"]


def test_a_new_surname_in_another_class_without_a_birthday_is_a_new_person():
    have = school(HERE, [person(1)], [(1, FIVE_B)])
    one = pupil(PETROVA)
    assert resolve(have, one).new == [one]


def test_a_typo_in_the_surname_is_a_similar_name():
    have = school(HERE, [person(1)], [(1, FIVE_A)])
    assert only(have, pupil("Орлава Анна Ильинична")) == ("similar_name", [1], False)


def test_a_typo_in_the_patronymic_is_a_similar_name():
    have = school(HERE, [person(1)], [(1, FIVE_A)])
    assert only(have, pupil("Орлова Анна Илинична")) == ("similar_name", [1], False)


def test_another_patronymic_is_another_person():
    have = school(HERE, [person(1)], [(1, FIVE_A)])
    one = pupil("Орлова Анна Сергеевна")
    assert resolve(have, one).new == [one]


def test_a_missing_patronymic_is_asked_about():
    have = school(HERE, [person(1, "Орлова Анна")], [(1, FIVE_A)])
    assert only(have, pupil()) == ("similar_name", [1], False)


def test_two_spellings_of_a_first_name_are_asked_about():
    have = school(HERE, [person(1, "Орлова Наталия Ильинична", BORN)], [(1, FIVE_A)])
    assert only(have, pupil("Орлова Наталья Ильинична", born=BORN)) == ("similar_name", [1], True)


def test_a_new_surname_without_a_patronymic_is_asked_about_in_the_same_class():
    have = school(HERE, [person(1, "Орлова Анна")], [(1, FIVE_A)])
    assert only(have, pupil("Петрова Анна")) == ("surname_changed", [1], False)


def test_a_new_surname_in_a_file_without_patronymics_is_found_by_the_birthday():
    have = school(HERE, [person(1, born=BORN)])
    one = pupil("Петрова Анна", born=BORN, middle_name=None)
    assert only(have, one) == ("surname_changed", [1], True)


def test_a_new_surname_and_a_lost_patronymic_are_too_little():
    have = school(HERE, [person(1)], [(1, FIVE_A)])
    one = pupil("Петрова Анна", born=BORN)
    assert resolve(have, one).new == [one]


def test_a_first_name_and_a_birthday_in_common_mean_nothing():
    have = school(HERE, [person(1, born=BORN)], [(1, FIVE_A)])
    one = pupil("Петрова Анна Сергеевна", born=BORN)
    assert resolve(have, one).new == [one]


def test_another_birthday_makes_a_near_name_another_person():
    have = school(HERE, [person(1, born=OTHER_DAY)], [(1, FIVE_A)])
    one = pupil(PETROVA, born=BORN)
    assert resolve(have, one).new == [one]


def test_a_new_surname_is_seen_when_the_year_turns():
    have = school((*HERE, *LAST_YEAR), [person(1)], [(1, FOUR_A)])
    assert only(have, pupil(PETROVA)) == ("surname_changed", [1], False)


def test_two_near_ones_are_both_shown():
    have = school(
        HERE,
        [person(1, "Орлава Анна Ильинична"), person(2, PETROVA)],
        [(1, FIVE_A), (2, FIVE_A)],
    )
    assert only(have, pupil()) == ("two_fit", [1, 2], False)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Анна", "Яна"), ("Анна", "Инна"), ("Мария", "Марина"), ("Алина", "Лиана"), ("Иван", "Пётр")],
)
def test_twins_are_never_each_others_candidates(one, other):
    have = school(HERE, [person(1, f"Орлов {one} Ильич", BORN)], [(1, FIVE_A)])
    twin = pupil(f"Орлов {other} Ильич", born=BORN)
    found = resolve(have, twin)
    assert found.new == [twin]


def test_twins_are_each_found_by_their_own_name():
    have = school(
        HERE,
        [person(1, "Орлов Ян Ильич", BORN), person(2, "Орлов Иван Ильич", BORN)],
        [(1, FIVE_A), (2, FIVE_A)],
    )
    ivan, yan = pupil("Орлов Иван Ильич", born=BORN), pupil("Орлов Ян Ильич", born=BORN)
    assert settled(resolve(have, ivan, yan)) == {
        ivan.local_key: (2, "name+birthday"),
        yan.local_key: (1, "name+birthday"),
    }


def test_letters_that_changed_places_are_a_slip_even_with_the_same_birthday():
    have = school(HERE, [person(1, "Орлов Алкесей Ильич", BORN)], [(1, FIVE_A)])
    assert only(have, pupil("Орлов Алексей Ильич", born=BORN)) == ("similar_name", [1], True)


@pytest.mark.parametrize(
    ("one", "other"), [("кирилл", "кирил"), ("софья", "софия"), ("даниил", "данил")]
)
def test_spellings_of_one_first_name_sound_the_same(one, other):
    assert sound(one) == sound(other)
    assert is_typo(one, other)


# --- leavers and rows of several files


def test_a_leaver_is_recognised_like_everybody():
    have = school(HERE, [person(1, born=BORN)], [(1, FIVE_A)])
    one = pupil(born=BORN, left=True, edu_group="")
    assert settled(resolve(have, one)) == {one.local_key: (1, "name+birthday")}


def test_a_leaver_without_a_class_whose_name_alone_agrees_is_asked_about():
    have = school(HERE, [person(1)], [(1, FIVE_A)])
    one = pupil(left=True, edu_group="", local_key="class:орлова анна ильинична:")
    assert only(have, one) == ("leaver", [1], False)


@pytest.mark.parametrize("known", [(), (person(1, live=False),)])
def test_a_leaver_whom_the_diary_does_not_show_is_counted_and_never_new(known):
    found = resolve(school(HERE, known), pupil(left=True))
    assert not found.new
    assert not found.questions
    assert [note.rule for note in found.notes] == ["leavers_unknown"]


def test_a_leaver_whose_namesake_stays_is_asked_about():
    have = school(HERE, [person(1, born=BORN)], [(1, FIVE_A)])
    stays, leaves = pupil(born=BORN), pupil(left=True, edu_group="5Б")
    assert asked(resolve(have, stays, leaves)) == [("namesakes", [], False)]


def test_one_key_in_two_classes_is_a_question_whatever_the_birthday():
    have = school(HERE, [person(1, born=BORN)], [(1, FIVE_A)])
    found = resolve(have, pupil(born=BORN), pupil(born=BORN, edu_group="5Б"))
    assert not found.matched
    assert asked(found) == [("listed_twice", [1], False)]


def test_one_key_in_a_class_and_among_the_leavers_is_a_question_despite_a_link():
    rows = pupil(born=BORN), pupil(born=BORN, left=True)
    have = school(HERE, [person(1)], links=linked(("persons", rows[0].local_key, 1)))
    assert asked(resolve(have, *rows)) == [("listed_twice", [1], False)]


def test_what_one_file_leaves_open_another_may_say():
    one = pupil(local_key="id:1", sex="Female")
    found = resolve(school(HERE), one, pupil(local_key="id:1", born=BORN, row=1))
    (new,) = found.new
    assert (new.sex, new.birthday) == ("Female", BORN)


def test_an_empty_diary_makes_everybody_new():
    rows: list[SourcePupil] = [pupil(ANNA), pupil(BORIS, born=date(2014, 1, 1))]
    found = resolve(school(), *rows)
    assert {p.local_key for p in found.new} == {p.local_key for p in rows}
    assert not found.candidates

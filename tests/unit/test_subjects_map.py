import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.names import fold
from mappings.subjects import aliases, canonical, folded, suggest

TABLE = tomllib.loads((Path(__file__).parents[2] / "mappings" / "subjects.toml").read_text("utf-8"))
DIARY = {
    1: "Английский язык",
    2: "Алгебра",
    3: "Физика",
    4: "Физическая культура",
    5: "Русский язык",
    6: "Вероятность и статистика",
    7: "Технология",
}


def test_no_spelling_stands_twice():
    """Of one spelling under two subjects the table would be guessing."""
    spellings = Counter(folded(each) for name, others in TABLE.items() for each in (name, *others))
    assert [spelling for spelling, count in spellings.items() if count > 1] == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Русский язык ", "Русский язык"),
        ("РУССКИЙ ЯЗЫК", "Русский язык"),
        ("Рус.язык", "Русский язык"),
        ("рус. яз.", "Русский язык"),
        ("Руский язык", "Русский язык"),
        ("Математика  ", "Математика"),
        ("Aлгебра", "Алгебра"),
        ("Алгебра и начала анализа", "Алгебра и начала математического анализа"),
        ("Физ-ра", "Физическая культура"),
        ("Физкультура", "Физическая культура"),
        ("физ – ра", "Физическая культура"),
        ("ОБЗР", "Основы безопасности и защиты Родины"),
        ("Технология", "Труд (технология)"),
        ("Разговоры\xa0о  важном", "Разговоры о важном"),
        ("Россия - мои горизонты", "Россия — мои горизонты"),
        ("Иностранный язык (английский)", "Английский язык"),
    ],
)
def test_a_usual_spelling_is_known(written, meant):
    assert canonical(written) == (meant, True)


@pytest.mark.parametrize("written", ["Физ.", "Лит.", "Я", "", "Черчение и ИЗО", "Кружок шахмат"])
def test_what_could_be_several_subjects_or_none_is_left_as_it_is(written):
    assert canonical(written) == (written, False)


def test_an_unknown_name_gets_its_spaces_put_right():
    assert canonical("  Юный \xa0химик ") == ("Юный химик", False)


@given(st.sampled_from(sorted(TABLE)))
def test_a_canonical_name_is_its_own(name):
    assert canonical(name) == (name, True)


@given(st.sampled_from([each for others in TABLE.values() for each in others]))
def test_the_core_finds_each_spelling_by_its_own_folding(spelling):
    """The planner's core folds with `connector.names.fold` and knows nothing of our dots."""
    assert aliases()[fold(spelling)] == canonical(spelling)[0]


def test_old_and_new_safety_are_two_subjects():
    assert canonical("ОБЖ") != canonical("ОБЗР")


def test_the_best_suggestion_comes_first():
    assert suggest("англ. яз", DIARY)[0] == (1, 100)


def test_two_spellings_of_one_subject_are_wholly_alike():
    assert suggest("Труд", DIARY)[0] == (7, 100)


def test_equally_good_suggestions_stand_by_id():
    found = suggest("Физ.", DIARY)
    assert [vendor_id for vendor_id, _score in found] == [3, 4]
    assert found[0][1] == found[1][1]


def test_a_longer_name_of_a_known_subject_is_suggested_and_not_taken():
    name = "Вероятность и статистика (углубл.)"
    assert canonical(name) == (name, False)
    assert suggest(name, DIARY)[0][0] == 6


def test_nothing_is_suggested_where_nothing_is_alike():
    assert suggest("Йога", DIARY) == []


def test_no_more_is_suggested_than_asked_for():
    assert len(suggest("язык", DIARY, limit=1)) == 1


@given(st.text(max_size=40), st.dictionaries(st.integers(), st.text(max_size=20), max_size=8))
def test_scores_fall_and_stay_within_their_range(name, known):
    scores = [score for _vendor_id, score in suggest(name, known, limit=99)]
    assert scores == sorted(scores, reverse=True)
    assert all(60 <= score <= 100 for score in scores)

"""A person taken out of the history: nothing of them is left there, nobody else loses a word, the chain holds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mirror import chain
from connector.mirror.store import Mirror

AT = datetime(2026, 11, 24, tzinfo=UTC)
PUPIL, OTHER = 71, 72
BLANK = (None,) * 5


def changed(mirror, person, *surnames):
    """The person appears, and then is called otherwise run after run."""
    for surname in surnames:
        run = mirror.start_run("pull", {}, AT)
        with mirror.transaction():
            existing = mirror.rows("persons", "id = ?", (person,))
            mirror.merge(run, AT, "persons", [(person, None, surname, "Ян", *BLANK)], existing)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "school.db"
    with Mirror.open(path, write=True) as mirror:
        changed(mirror, PUPIL, "Берёзкин", "Осинкин", "Липкин")
        changed(mirror, OTHER, "Дубов", "Клёнов")
    return path


def test_the_chain_holds_after_a_person_was_erased(path):
    with Mirror.open(path, write=True) as mirror:
        before = chain.verify(mirror.query)
        assert mirror.erase_person(PUPIL) == 2
        after = chain.verify(mirror.query)
    assert (after.ok, after.head, after.rows, after.erased) == (True, before.head, before.rows, 2)


def test_what_the_history_said_of_a_person_is_not_left_in_the_file(path):
    assert "Берёзкин".encode() in path.read_bytes()
    with Mirror.open(path, write=True) as mirror:
        # As SQLite is built by its makers; Debian's overwrites by itself.
        mirror._connection.execute("PRAGMA secure_delete = OFF")
        mirror.erase_person(PUPIL)
    for file in path.parent.iterdir():
        assert not any(name.encode() in file.read_bytes() for name in ("Берёзкин", "Осинкин"))


def test_nobody_else_loses_a_word(path):
    history = "SELECT * FROM changes WHERE key = ?"
    with Mirror.open(path, write=True) as mirror:
        before = mirror.query(history, (f"[{OTHER}]",))
        mirror.erase_person(PUPIL)
        assert mirror.query(history, (f"[{OTHER}]",)) == before


def test_the_persons_own_rows_stay(path):
    with Mirror.open(path, write=True) as mirror:
        mirror.erase_person(PUPIL)
        assert mirror.query("SELECT last_name FROM persons WHERE id = ?", (PUPIL,)) == [("Липкин",)]


def test_who_was_erased_has_nothing_left_to_erase(path):
    with Mirror.open(path, write=True) as mirror:
        mirror.erase_person(PUPIL)
        assert mirror.erase_person(PUPIL) == 0


def test_the_history_goes_on_after_an_erased_person(path):
    with Mirror.open(path, write=True) as mirror:
        mirror.erase_person(PUPIL)
        changed(mirror, OTHER, "Вязов")
        found = chain.verify(mirror.query)
    assert (found.ok, found.rows, found.erased) == (True, 4, 2)


SURNAMES = st.lists(st.sampled_from(["Ивин", "Елин", "Рябин"]), max_size=4)


@settings(max_examples=25)  # each makes a mirror file
@given(st.dictionaries(st.integers(1, 5), SURNAMES), st.permutations(range(1, 6)))
def test_whoever_is_erased_in_whatever_order_the_chain_holds(tmp_path_factory, school, order):
    with Mirror.open(tmp_path_factory.mktemp("law") / "school.db", write=True) as mirror:
        for person, surnames in school.items():
            changed(mirror, person, *surnames)
        before = chain.tip(mirror.query)
        erased = 0
        for person in order:
            erased += mirror.erase_person(person)
            found = chain.verify(mirror.query)
            assert (found.ok, found.head, found.erased) == (True, before.head, erased)
        assert mirror.query("SELECT 1 FROM changes WHERE salt IS NOT NULL") == []

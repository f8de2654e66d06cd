"""Whoever of a name is there before a plan is known by it, and never taken for the one it creates."""

from connector.planned import Have, HavePerson, Operation
from connector.sync.namesakes import namesakes
from connector.sync.outcome import Resolver, done_id

GROUP = "500"
NEW = "@persons:born:тестов иван юрьевич:2015-03-03"
CREATE = Operation(
    "person.create",
    NEW,
    GROUP,
    None,
    {"last_name": "Тестов", "first_name": "Иван", "middle_name": "Юрьевич"},
    "new",
    "",
)


def person(number, last="Тестов", first="Иван", middle="Юрьевич"):
    return HavePerson(number, last, first, middle, "Male", None)


def diary(*people):
    return Have(
        persons={one.id: one for one in people}, members={(one.id, int(GROUP)) for one in people}
    )


def test_namesakes_are_listed_by_the_reference_of_the_new_one():
    have = diary(person(2), person(1), person(3, first="Олег"))
    assert namesakes([CREATE], have) == {NEW: ["1", "2"]}


def test_without_a_namesake_or_a_new_person_nothing_is_listed():
    assert namesakes([CREATE], diary(person(3, last="Пробин"))) == {}
    assert namesakes([], diary(person(1))) == {}


def test_a_namesake_in_the_same_class_is_not_the_new_one():
    have = diary(person(1))
    known = Resolver(have, {}, namesakes=namesakes([CREATE], have))
    assert done_id(CREATE, known) is None


def test_the_new_one_is_found_beside_his_namesake():
    before, after = diary(person(1)), diary(person(1), person(9))
    known = Resolver(after, {}, namesakes=namesakes([CREATE], before))
    assert done_id(CREATE, known) == 9

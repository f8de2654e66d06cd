"""Write profiles: what a deployment takes, read from TOML; every mistake is named."""

import pytest

from connector.errors import FileUnreadable, SettingsError
from connector.planned import INVERSES
from connector.writes import Member, Search
from mappings.write_profiles import read_write_profile

CREATE = """
[person.create]
method = "POST"
path = "schools/{school}/persons"
body = { lastName = "last_name", birthday = "birthday:moment" }
success = [200, 201]
new_id = "id"
"""


@pytest.fixture
def read(tmp_path):
    def reading(text, name="ours.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_write_profile(str(path))

    return reading


# --- what is shipped


def test_the_reference_profile_can_do_everything_and_take_everything_back():
    profile = read_write_profile("reference")
    resources = ("edu_group.", "person.", "membership.", "lesson.")
    operations = {op for op in INVERSES if op.startswith(resources)}
    assert set(profile.operations) == operations | {"timetable.put"}
    assert {INVERSES[op] for op in operations} <= operations
    assert profile.name == "reference"


def test_every_creation_of_the_reference_profile_tells_the_new_id():
    profile = read_write_profile("reference")
    creations = {op for op in profile.operations if op.endswith(".create")}
    assert {op for op, how in profile.operations.items() if how.new_id} == creations


def test_what_no_reading_shows_may_be_sent_twice_or_can_be_looked_for():
    profile = read_write_profile("reference")
    assert {op for op, how in profile.operations.items() if how.repeat} == {
        "person.archive",
        "person.restore",
    }
    assert {op for op, how in profile.operations.items() if how.find} == {"person.create"}


def test_nothing_the_profile_tells_an_operator_claims_that_the_vendor_publishes_it():
    assert "emulated" in read_write_profile("reference").title


# --- a profile of one's own


def test_a_profile_can_be_a_file_and_may_know_a_part_of_the_operations(read):
    profile = read('title = "Регион"\n' + CREATE, "регион.toml")
    assert (profile.name, profile.title, set(profile.operations)) == (
        "регион",
        "Регион",
        {"person.create"},
    )
    how = profile.operations["person.create"]
    assert how.body == {
        "lastName": Member("last_name"),
        "birthday": Member("birthday", "moment"),
    }
    assert (how.method, how.success, how.new_id) == ("POST", frozenset({200, 201}), "id")


def test_what_a_profile_leaves_out_has_a_plain_meaning(read):
    (how,) = read('[person.restore]\nmethod = "POST"\npath = "p/{target}"').operations.values()
    assert (how.body, dict(how.query), how.new_id, how.find, how.repeat) == (
        None,
        {},
        "",
        None,
        False,
    )
    assert how.success == frozenset()


def test_a_search_is_read_whole(read):
    text = CREATE + (
        '[person.create.find]\nmethod = "GET"\npath = "people/{school}"\n'
        'body = { fam = "last_name" }\nmatch = { born = "birthday:moment" }\n'
    )
    assert read(text).operations["person.create"].find == Search(
        "GET",
        "people/{school}",
        {"fam": Member("last_name")},
        {"born": Member("birthday", "moment")},
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        # An operation that is misspelt would silently never be sent.
        ('[person.creat]\nmethod = "POST"\npath = "x"', "person.creat"),
        ('[persons.create]\nmethod = "POST"\npath = "x"', "persons.create"),
        ("person = 5", "person"),
        ('[person]\ncreate = "POST x"', "person.create"),
        ('[person.create]\nmethod = "POST"\npath = "x"\nbodi = {}', "person.create.bodi"),
        ('[person.create]\nmethod = "FETCH"\npath = "x"', "person.create.method"),
        ('[person.create]\nmethod = 7\npath = "x"', "person.create.method"),
        ('[person.create]\npath = "x"', "person.create.method"),
        ('[person.create]\nmethod = "POST"', "person.create.path"),
        ('[person.create]\nmethod = "POST"\npath = 7', "person.create.path"),
        ('[person.create]\nmethod = "POST"\npath = "/x"', "person.create.path"),
        (
            '[person.create]\nmethod = "POST"\npath = "https://elsewhere.example/x"',
            "person.create.path",
        ),
        ('[person.create]\nmethod = "POST"\npath = "x"\nsuccess = 200', "person.create.success"),
        (
            '[person.create]\nmethod = "POST"\npath = "x"\nsuccess = ["200"]',
            "person.create.success",
        ),
        ('[person.create]\nmethod = "POST"\npath = "p/{persn_id}"', "{persn_id}"),
        ('[person.create]\nmethod = "POST"\npath = ""', "person.create.path"),
        (
            '[person.create]\nmethod = "POST"\npath = "x"\nbody = { a = "lastname" }',
            "person.create.body.a",
        ),
        # A refusal is never a success.
        (
            '[person.create]\nmethod = "POST"\npath = "x"\nsuccess = [200, 409]',
            "person.create.success",
        ),
        ('[person.create]\nmethod = "POST"\npath = "x"\nsuccess = [true]', "person.create.success"),
        ('[person.create]\nmethod = "POST"\npath = "x"\nbody = "text"', "person.create.body"),
        (
            '[person.create]\nmethod = "POST"\npath = "x"\nbody = { a = "b:date" }',
            "person.create.body.a",
        ),
        ('[person.create]\nmethod = "POST"\npath = "x"\nbody = { a = 7 }', "person.create.body.a"),
        (
            '[person.create]\nmethod = "POST"\npath = "x"\nbody = { a = ":int" }',
            "person.create.body.a",
        ),
        ('[person.create]\nmethod = "POST"\npath = "x"\nquery = "text"', "person.create.query"),
        ('[person.create]\nmethod = "POST"\npath = "x"\nquery = { a = 7 }', "person.create.query"),
        ('[person.create]\nmethod = "POST"\npath = "x"\nnew_id = 7', "person.create.new_id"),
        ('[person.create]\nmethod = "POST"\npath = "x"\nrepeat = 1', "person.create.repeat"),
        ('[person.create]\nmethod = "POST"\npath = "x"\nfind = "x"', "person.create.find"),
        (
            '[person.create]\nmethod = "POST"\npath = "x"\n[person.create.find]\nmethod = "PUT"\npath = "x"',
            "person.create.find",
        ),
        (
            '[person.create]\nmethod = "POST"\npath = "x"\n[person.create.find]\nmethod = "GET"',
            "person.create.find",
        ),
        (
            '[person.create]\nmethod = "POST"\npath = "x"\n[person.create.find]\nmethod = "GET"\npath = "//host/x"',
            "person.create.find",
        ),
        (
            '[person.create]\nmethod = "POST"\npath = "x"\n[person.create.find]\nmethod = "GET"\npath = "x"\nquery = { a = "b" }',
            "person.create.find.query",
        ),
        (
            '[person.create]\nmethod = "POST"\npath = "x"\nquery = { a = "date:day" }',
            "person.create.query.a",
        ),
        (
            '[person.create]\nmethod = "POST"\npath = "x"\nbody = { a = "birthday:" }',
            "person.create.body.a",
        ),
        ("title = 7", "title"),
        ('[mark.put]\nmethod = "POST"\npath = "x"', "mark.put"),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(read, text, named):
    with pytest.raises(SettingsError) as wrong:
        read(text)
    sentence = wrong.value.sentence()
    assert named in sentence
    assert "ours.toml" in sentence
    assert "None" not in sentence
    assert wrong.value.exit_code == 2


@pytest.mark.parametrize("text", ["[person.create", b"\xff\xfe\x00", "a = 1\na = 2"])
def test_what_is_no_toml_is_refused(read, text):
    with pytest.raises(FileUnreadable) as wrong:
        read(text)
    assert "ours.toml" in wrong.value.sentence()


@pytest.mark.parametrize(
    "name", ["no_such_profile", "missing.toml", "../profiles/reference", ".", ""]
)
def test_a_profile_that_is_not_there_is_refused(name):
    with pytest.raises(FileUnreadable) as wrong:
        read_write_profile(name)
    assert wrong.value.sentence()


def test_a_file_of_the_users_never_hides_behind_a_shipped_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reference").write_text("", encoding="utf-8")
    assert read_write_profile("reference").operations

"""Each operation of the shipped write profile, as it goes over the wire, and what its answer means."""

import json

import httpx
import pytest
import respx

from connector.api.client import Client, Limits, TokenBucket, Tools
from connector.api.gateway import find_call, write_call
from connector.errors import (
    AccessDenied,
    BodyUnreadable,
    NotFound,
    RateLimited,
    RequestRejected,
    TransportFailed,
    UsageProblem,
    VendorBroken,
)
from mappings.write_profiles import read_write_profile

BASE = "https://api.dnevnik.ru/v2"
PROFILE = read_write_profile("reference")
# Longer than a double can hold, so that a lossy id is seen.
SCHOOL, GROUP, OTHER = "1000000000000000007", "1000000000000000051", "1000000000000000053"
PERSON, LESSON, SUBJECT, TEACHER, PLACE = (f"10000000000000009{n:02d}" for n in range(1, 6))
NEW_ID = 1000000000000000999
# What a lossy reader would make of it.
ROUNDED = float(NEW_ID)

PUPIL = {
    "last_name": "Выдумкина",
    "first_name": "Аглая",
    "middle_name": "Львовна",
    "sex": "Female",
    "birthday": "2014-03-05",
    "snils": "12345678901",
}
PUPIL_ON_THE_WIRE = {
    "lastName": "Выдумкина",
    "firstName": "Аглая",
    "middleName": "Львовна",
    "sex": "Female",
    "birthday": "2014-03-05T00:00:00",
    "snils": "12345678901",
}
# Operation, its values and target; method, path and query; body (None: none at all); whether the answer names a new object.
OPERATIONS = {
    "edu_group.create": (
        {"name": "5Б", "parallel": 5, "study_year": 2026, "type": "Group", "parent_ids": []},
        None,
        f"POST schools/{SCHOOL}/edu-groups",
        {"name": "5Б", "parallel": 5, "studyyear": 2026, "type": "Group", "parentIds": []},
        True,
    ),
    "edu_group.update": (
        {"name": "5Б хим", "parallel": 5, "parent_ids": [GROUP]},
        GROUP,
        f"PUT edu-groups/{GROUP}",
        {"name": "5Б хим", "parallel": 5, "parentIds": [int(GROUP)]},
        False,
    ),
    "edu_group.archive": ({"name": "5Б"}, GROUP, f"DELETE edu-groups/{GROUP}", None, False),
    "edu_group.restore": ({}, GROUP, f"POST edu-groups/{GROUP}/restore", None, False),
    "person.create": (PUPIL, None, f"POST schools/{SCHOOL}/persons", PUPIL_ON_THE_WIRE, True),
    "person.update": (
        {"last_name": "Новая", "birthday": None},
        PERSON,
        f"PUT persons/{PERSON}",
        {"lastName": "Новая", "birthday": None},
        False,
    ),
    "person.archive": (
        {"date": "2026-11-24"},
        PERSON,
        f"DELETE persons/{PERSON}?date=2026-11-24",
        None,
        False,
    ),
    "person.restore": ({}, PERSON, f"POST persons/{PERSON}/restore", None, False),
    "membership.add": (
        {"person_id": PERSON, "edu_group_id": GROUP, "from": "2026-09-01"},
        PERSON,
        f"POST edu-groups/{GROUP}/students",
        {"person": int(PERSON), "from": "2026-09-01T00:00:00"},
        False,
    ),
    "membership.move": (
        {
            "person_id": PERSON,
            "from_group_id": GROUP,
            "edu_group_id": OTHER,
            "date": "2026-11-24",
        },
        PERSON,
        f"POST persons/{PERSON}/transfers",
        {"from_group": int(GROUP), "to_group": int(OTHER), "date": "2026-11-24T00:00:00"},
        False,
    ),
    "membership.end": (
        {"person_id": PERSON, "edu_group_id": GROUP, "date": "2026-11-24"},
        PERSON,
        f"DELETE edu-groups/{GROUP}/students/{PERSON}?date=2026-11-24",
        None,
        False,
    ),
    "lesson.create": (
        {
            "edu_group_id": GROUP,
            "subject_id": SUBJECT,
            "date": "2026-12-01",
            "number": 3,
            "hours": 1,
            "teacher_ids": [TEACHER],
            "place_id": PLACE,
        },
        None,
        f"POST edu-groups/{GROUP}/lessons",
        {
            "subject": int(SUBJECT),
            "date": "2026-12-01T00:00:00",
            "number": 3,
            "hours": 1,
            "teachers": [int(TEACHER)],
            "place": int(PLACE),
        },
        True,
    ),
    "lesson.update": (
        {"teacher_ids": [TEACHER], "place_id": None},
        LESSON,
        f"PUT lessons/{LESSON}",
        {"teachers": [int(TEACHER)], "place": None},
        False,
    ),
    "lesson.cancel": ({"date": "2026-12-01"}, LESSON, f"DELETE lessons/{LESSON}", None, False),
    "lesson.restore": ({}, LESSON, f"POST lessons/{LESSON}/restore", None, False),
    "timetable.put": (
        {"name": "Обычный", "items": [{"number": 1, "start": "08:30", "finish": "09:15"}]},
        None,
        f"PUT schools/{SCHOOL}/timetables",
        {"name": "Обычный", "items": [{"number": 1, "start": "08:30", "finish": "09:15"}]},
        False,
    ),
}


@pytest.fixture
def waits():
    return []


@pytest.fixture
def client(waits):
    """A client that may write and never really waits."""
    with Client(
        base_url=BASE,
        token="secret-token",
        may_write=True,
        limits=Limits(attempts=4),
        bucket=TokenBucket(1e6, 1_000_000, lambda: 0.0),
        tools=Tools(clock=lambda: 0.0, wait=waits.append, chance=lambda: 0.0),
    ) as made:
        yield made


def call_of(op, **changes):
    values, target, *_rest = OPERATIONS[op]
    return write_call(PROFILE, op, {**values, "school": SCHOOL, "target": target, **changes})


def answer_of(op):
    makes = OPERATIONS[op][4]
    success = min(PROFILE.operations[op].success)
    if success == 204:
        return httpx.Response(204)
    made = {"id": ROUNDED, "id_str": str(NEW_ID)} if makes else {"anything": True}
    return httpx.Response(success, json=made)


def test_the_table_here_knows_every_operation_and_the_profile_offers_all_of_them():
    assert set(OPERATIONS) == set(PROFILE.operations)


@pytest.mark.parametrize("op", OPERATIONS)
@respx.mock
def test_an_operation_is_sent_as_the_profile_says(client, op):
    _values, _target, line, body, makes = OPERATIONS[op]
    method, _space, path = line.partition(" ")
    route = respx.route().mock(return_value=answer_of(op))
    assert client(call_of(op)) == (NEW_ID if makes else None)
    request = route.calls.last.request
    assert (request.method, str(request.url)) == (method, f"{BASE}/{path}")
    assert request.headers["Access-Token"] == "secret-token"
    assert (json.loads(request.content) if request.content else None) == body
    assert route.call_count == 1


@pytest.mark.parametrize("op", OPERATIONS)
@respx.mock
def test_a_write_whose_answer_is_lost_is_sent_once_and_may_have_landed(client, waits, op):
    route = respx.route().mock(side_effect=httpx.ReadTimeout)
    with pytest.raises(TransportFailed) as failed:
        client(call_of(op))
    assert (route.call_count, failed.value.sent, waits) == (1, True, [])


@pytest.mark.parametrize("op", OPERATIONS)
@respx.mock
def test_a_write_that_the_server_broke_on_is_not_repeated(client, op):
    route = respx.route().mock(return_value=httpx.Response(500))
    with pytest.raises(VendorBroken):
        client(call_of(op))
    assert route.call_count == 1


@respx.mock
def test_a_write_that_never_left_is_repeated_by_the_transport(client):
    route = respx.route().mock(side_effect=[httpx.ConnectError, answer_of("person.create")])
    assert client(call_of("person.create")) == NEW_ID
    assert route.call_count == 2


@respx.mock
def test_a_throttled_write_was_not_processed_and_is_repeated_after_the_pause(client, waits):
    throttled = httpx.Response(429, headers={"Retry-After": "7"})
    route = respx.route().mock(side_effect=[throttled, answer_of("lesson.create")])
    assert client(call_of("lesson.create")) == NEW_ID
    assert (route.call_count, waits[0]) == (2, 7.0)


@respx.mock
def test_a_throttling_that_asks_for_too_long_a_pause_ends_the_run(client):
    respx.route().mock(return_value=httpx.Response(433, headers={"Retry-After": "3600"}))
    with pytest.raises(RateLimited) as limited:
        client(call_of("membership.add"))
    assert limited.value.retry_after == 3600


@pytest.mark.parametrize("op", OPERATIONS)
@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (409, "conflict", RequestRejected),
        (404, "parameterInvalid", NotFound),
        (403, "outOfScope", AccessDenied),
        (400, "invalidRequest", RequestRejected),
    ],
)
@respx.mock
def test_a_refusal_is_final_and_carries_the_vendors_word(client, op, status, kind, error):
    answer = httpx.Response(status, json={"type": kind, "description": "no"})
    route = respx.route().mock(return_value=answer)
    with pytest.raises(error) as refused:
        client(call_of(op))
    assert (refused.value.facts["type"], route.call_count) == (kind, 1)


@pytest.mark.parametrize("op", OPERATIONS)
@respx.mock
def test_nothing_is_sent_while_writing_is_off(op):
    route = respx.route().mock(return_value=answer_of(op))
    with Client(base_url=BASE, token="secret-token") as reader, pytest.raises(UsageProblem):
        reader(call_of(op))
    assert route.call_count == 0


@pytest.mark.parametrize("op", OPERATIONS)
def test_neither_names_nor_ids_stand_in_what_errors_and_logs_show(op):
    call = call_of(op)
    assert call.template == PROFILE.operations[op].path
    assert not {SCHOOL, GROUP, PERSON, LESSON} & set(call.template.replace("?", "/").split("/"))


def test_a_path_that_lacks_a_value_is_refused_before_anything_is_sent():
    with pytest.raises(UsageProblem):
        call_of("edu_group.update", target=None)
    with pytest.raises(UsageProblem):
        write_call(PROFILE, "membership.end", {"person_id": PERSON})


@pytest.mark.parametrize("value", ["1/../../persons/2", "1?x=2", "", " ", "%2e%2e", "..", "."])
def test_a_value_cannot_lead_the_path_elsewhere(value):
    with pytest.raises(UsageProblem):
        call_of("person.update", target=value)


def test_an_operation_that_the_profile_lacks_is_refused_by_name():
    with pytest.raises(UsageProblem, match=r"person\.merge"):
        write_call(PROFILE, "person.merge", {})


def test_a_query_leaves_out_what_the_operation_does_not_carry():
    call = call_of("person.archive", date=None)
    assert call.query == ()


# --- answers that say less than they should


@pytest.mark.parametrize("op", ["edu_group.create", "person.create", "lesson.create"])
@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b'"ok"', b"{}", b'{"id": "seven"}', b'{"id": [1]}', b'{"id', b"5"]
)
@respx.mock
def test_a_creation_whose_answer_tells_no_id_may_have_landed(client, op, body):
    """It is no refusal and no bug of ours: the journal must say "unknown"."""
    route = respx.route().mock(return_value=httpx.Response(200, content=body))
    with pytest.raises(BodyUnreadable):
        client(call_of(op))
    assert route.call_count == 1


@respx.mock
def test_an_id_without_its_twin_is_taken_as_it_is(client):
    respx.route().mock(return_value=httpx.Response(200, json={"id": 77}))
    assert client(call_of("edu_group.create")) == 77


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"not json at all", b'{"x": 1}'])
@respx.mock
def test_where_no_id_is_needed_nothing_is_read_from_a_good_answer(client, body):
    respx.route().mock(return_value=httpx.Response(200, content=body))
    assert client(call_of("person.update")) is None


# --- looking for what a lost creation may have made

FIND = PROFILE.operations["person.create"]


@respx.mock
def test_a_lost_creation_is_looked_for_by_its_natural_key(client):
    found = [{"id": 1.0, "id_str": str(NEW_ID)}, {"id": 5}]
    route = respx.route().mock(return_value=httpx.Response(200, json=found))
    assert client(find_call(FIND, PUPIL | {"school": SCHOOL})) == [NEW_ID, 5]
    request = route.calls.last.request
    assert (request.method, str(request.url)) == ("POST", f"{BASE}/schools/{SCHOOL}/persons/find")
    body = json.loads(request.content)
    assert body == {k: v for k, v in PUPIL_ON_THE_WIRE.items() if k != "sex"}


@respx.mock
def test_looking_is_a_read_that_may_be_repeated_and_needs_no_right_to_write():
    route = respx.route().mock(side_effect=[httpx.Response(503), httpx.Response(200, json=[])])
    with Client(
        base_url=BASE, token="secret-token", tools=Tools(wait=lambda _s: None, chance=lambda: 0.0)
    ) as reader:
        assert reader(find_call(FIND, PUPIL | {"school": SCHOOL})) == []
    assert route.call_count == 2


@pytest.mark.parametrize(
    "body", [b"{}", b"null", b'"none"', b'[{"name": "x"}]', b"[7]", b'[{"id": "a"}]']
)
@respx.mock
def test_an_answer_that_lists_no_persons_proves_nothing(client, body):
    """Read as "nobody there" it would make a second person of the same child."""
    respx.route().mock(return_value=httpx.Response(200, content=body))
    with pytest.raises(BodyUnreadable):
        client(find_call(FIND, PUPIL | {"school": SCHOOL}))


def test_an_operation_that_cannot_be_looked_for_says_so():
    with pytest.raises(UsageProblem):
        find_call(PROFILE.operations["membership.add"], {})


@respx.mock
def test_a_search_that_brings_strangers_is_sifted_by_the_profile(client, tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(
        """
[person.create]
method = "POST"
path = "people"
body = { fam = "last_name" }
new_id = "number"
[person.create.find]
method = "GET"
path = "people/{school}"
match = { fam = "last_name", born = "birthday:moment" }
""",
        encoding="utf-8",
    )
    how = read_write_profile(str(file)).operations["person.create"]
    rows = [
        {"number": 1, "fam": "Выдумкина", "born": "2014-03-05T00:00:00"},
        {"number": 2, "fam": "Выдумкина", "born": "2013-03-05T00:00:00"},
        {"number": 3, "fam": "Другая", "born": "2014-03-05T00:00:00"},
    ]
    route = respx.route().mock(return_value=httpx.Response(200, json=rows))
    assert client(find_call(how, PUPIL | {"school": SCHOOL})) == [1]
    assert (route.calls.last.request.method, route.calls.last.request.content) == ("GET", b"")


@respx.mock
def test_only_the_statuses_that_the_profile_names_mean_done(client):
    """A deployment that queues a write answers 202: it is not done, and may still land."""
    route = respx.route().mock(return_value=httpx.Response(202, json={"id": 5}))
    with pytest.raises(VendorBroken):
        client(call_of("edu_group.create"))
    assert route.call_count == 1


@pytest.mark.parametrize("value", ["@edu_groups:5Б", "", "1e5", None])
def test_what_should_be_an_id_and_is_none_is_refused(value):
    values = {"name": "5Б", "parent_ids": [value], "school": SCHOOL}
    with pytest.raises(UsageProblem):
        write_call(PROFILE, "edu_group.create", values)

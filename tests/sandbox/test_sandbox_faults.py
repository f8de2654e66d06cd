"""Scripted faults over a real socket: each strikes the calls it names and no other."""

import email.utils
import http.client
import json

import pytest

from connector.sandbox.access import Bucket, Door
from connector.sandbox.faults import bend, parse
from connector.sandbox.server import RunningSandbox
from tests.sandbox.asking import Asker, config


def rule(action, *, when="", path="*", **options):
    lines = ["[[rule]]", f'match = {{ method = "GET", path = "{path}" }}', f'action = "{action}"']
    lines += [f"when = {{ {when} }}"] if when else []
    return "\n".join(lines + [f"{name} = {json.dumps(value)}" for name, value in options.items()])


def statuses(asker, count, path="/users/me"):
    return [asker.raw("GET", path)[0] for _ in range(count)]


@pytest.mark.parametrize(
    ("when", "struck"),
    [
        ("nth = 2", [2]),
        ("nth = [1, 4]", [1, 4]),
        ("every = 2", [2, 4]),
        ("from_call = 2, to_call = 3", [2, 3]),
        ("from_call = 4", [4, 5]),
        ("", [1, 2, 3, 4, 5]),
    ],
)
def test_a_rule_strikes_the_calls_it_counts(living, when, struck):
    living.faults(rule("status", when=when))
    assert [n for n, status in enumerate(statuses(living, 5), 1) if status == 500] == struck


@pytest.mark.parametrize("path", ["/users/*", r"^/users/me$"])
def test_a_path_is_a_glob_or_a_regular_expression(living, path):
    living.faults(rule("status", path=path))
    assert (statuses(living, 1), statuses(living, 1, "/schools")) == ([500], [200])


@pytest.mark.parametrize("status", [429, 433])
def test_throttling_can_name_seconds_a_date_or_nothing(living, status):
    living.faults(
        rule("throttle", status=status, retry_after=3, when="nth = 1")
        + "\n"
        + rule("throttle", status=status, retry_after="date", when="nth = 2")
        + "\n"
        + rule("throttle", status=status, when="nth = 3")
    )
    answers = [living.raw("GET", "/users/me") for _ in range(2)]
    assert [answer[0] for answer in answers] == [status, status]
    assert answers[0][1]["Retry-After"] == "3"
    assert email.utils.parsedate_to_datetime(answers[1][1]["Retry-After"])


def test_throttling_without_a_date_has_no_such_header(living):
    living.faults(rule("throttle"))
    assert living.raw("GET", "/users/me")[1]["Retry-After"] is None


@pytest.mark.parametrize("status", [200, 502, 503])
def test_maintenance_is_a_page_whatever_its_status(living, status):
    living.faults(rule("maintenance", status=status))
    found, headers, body = living.raw("GET", "/users/me")
    assert found == status
    assert headers["Content-Type"].startswith("text/html")
    assert 'class="error__description"' in body.decode()


@pytest.mark.parametrize("before", [True, False])
def test_a_dropped_call_gets_no_byte_of_an_answer(living, before):
    living.faults(rule("drop", before=before))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        living.raw("GET", "/users/me")


def test_the_call_after_a_dropped_one_is_answered(living):
    living.faults(rule("drop", when="nth = 1"))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        living.raw("GET", "/users/me")
    assert statuses(living, 1) == [200]


def test_a_cut_body_is_half_of_the_json(living):
    whole = living.raw("GET", "/users/me")[2]
    living.faults(rule("truncate"))
    assert living.raw("GET", "/users/me")[2] == whole[: len(whole) // 2]


def test_a_body_can_end_with_the_connection(living):
    living.faults(rule("truncate", closed=True))
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        living.raw("GET", "/users/me")


def test_an_expired_token_stays_expired_until_the_faults_are_cleared(living):
    living.faults(rule("expire_token", when="nth = 2"))
    assert statuses(living, 3) == [200, 401, 401]
    living.control("faults", method="DELETE")
    assert statuses(living, 1) == [200]


def test_an_extra_member_stands_in_every_row(living):
    living.faults(rule("extra_member", name="novelty"))
    assert all("novelty" in group for group in living.groups())


def test_a_member_can_change_its_type(living):
    living.faults(rule("wrong_type", member="parallel"))
    assert {type(group["parallel"]) for group in living.groups()} == {str}


def test_a_list_can_come_empty(living):
    living.faults(rule("empty_list", path="/schools/*/edu-groups"))
    assert living.groups() == []


def test_a_hanging_call_is_answered_in_the_end(living):
    living.faults(rule("hang", seconds=0.05))
    assert statuses(living, 1) == [200]


def test_faults_of_the_configuration_are_in_force_from_the_start():
    with RunningSandbox(config(faults=rule("status", status=504))) as running:
        assert statuses(Asker(running), 1) == [504]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[[rule]]\naction = "explode"', "explode"),
        ('[[rule]]\naction = "hang"\nstatus = 3', "status"),
        ('[[rule]]\naction = "hang"\nwhen = { sometimes = true }', "sometimes"),
        ('[[rule]]\naction = "hang"\nmatch = { host = "x" }', "host"),
        ('[[rule]]\naction = "hang"\nmatch = { path = "^(" }', "regular expression"),
        ("[rules]\na = 1", "rules"),
        ("not toml", "line 1"),
    ],
)
def test_a_wrong_rule_says_what_is_wrong(toml, said):
    with pytest.raises(ValueError, match=said):
        parse(toml)


@pytest.mark.parametrize(
    ("value", "changed"),
    [
        (5, "5 units"),
        ("x", {"value": "x"}),
        (None, "unexpected"),
        (True, "unexpected"),
        ([1], "unexpected"),
    ],
)
def test_every_type_has_another_one(value, changed):
    struck = parse('[[rule]]\naction = "wrong_type"\nmember = "m"')[0]
    assert bend(struck, [{"deep": {"m": value}}]) == [{"deep": {"m": changed}}]


def test_a_bucket_lets_a_burst_through_and_then_keeps_the_pace():
    bucket = Bucket(rate=2.0, burst=3)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(100.5), bucket.take(100.5)] == [True, False]


def test_too_fast_a_caller_gets_429_and_433_in_turn(living):
    door = Door(living.running.desk.school, 7, rate=1.0, burst=1)
    limits = [door.pace("token", 50.0) for _ in range(4)]
    assert [limit.status for limit in limits if limit] == [429, 433, 429]


def test_each_token_has_its_own_pace():
    with RunningSandbox(config(rate=0.001, burst=1)) as running:
        admin, teacher = Asker(running), Asker(running, "teacher")
        assert (statuses(admin, 2), statuses(teacher, 1)) == ([200, 429], [200])


def test_a_throttled_answer_says_when_to_come_back():
    with RunningSandbox(config(rate=0.001, burst=1)) as running:
        asker = Asker(running)
        asker.raw("GET", "/users/me")
        assert asker.raw("GET", "/users/me")[1]["Retry-After"] == "1"


def test_latency_delays_every_answer():
    with RunningSandbox(config(latency_ms=30)) as running:
        asker = Asker(running)
        statuses(asker, 2)
        first, second = (call["at"] for call in asker.control("calls"))
    assert second - first >= 0.03


CLASS = {"name": "5Б", "parallel": 5, "studyyear": 2025, "type": "Group"}
WRITING = '[[rule]]\nmatch = {{ method = "POST" }}\naction = "drop"\n{}'


def dropped_write(asker, option):
    asker.faults(WRITING.format(option))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        asker.raw("POST", f"/schools/{asker.school}/edu-groups", CLASS)
    return "5Б" in {group["name"] for group in asker.groups()}


@pytest.mark.parametrize(
    ("option", "landed"),
    [
        ("", False),
        ("before = true", False),
        ("before = false", True),
        ("after_commit = true", True),
    ],
)
def test_a_dropped_write_has_landed_or_not(living, option, landed):
    assert dropped_write(living, option) is landed


@pytest.mark.parametrize(
    ("option", "landed"), [("before = true", None), ("after_commit = true", True)]
)
def test_the_log_of_a_dropped_write_has_no_status_and_tells_whether_it_landed(
    living, option, landed
):
    dropped_write(living, option)
    (call,) = (call for call in living.control("calls") if call["method"] == "POST")
    assert (call["status"], call.get("landed")) == (0, landed)


def test_a_status_can_name_its_error(living):
    living.faults(rule("status", status=403, type="outOfScope"))
    assert living.refused("/users/me") == (403, "outOfScope")


def test_a_slow_body_is_whole_in_the_end(living):
    whole = living.raw("GET", "/users/me")[2]
    living.faults(rule("slow_body", seconds=0.05, pieces=5))
    assert living.raw("GET", "/users/me")[2] == whole


def test_a_slow_body_follows_its_head(living):
    living.faults(rule("slow_body", seconds=30.0, pieces=2))
    connection = http.client.HTTPConnection(living.host, living.port, timeout=10)
    try:
        connection.request("GET", f"{living.base}/users/me", headers={"Access-Token": living.token})
        assert connection.getresponse().status == 200
    finally:
        connection.close()


def test_rows_can_come_twice(living):
    groups = living.groups()
    living.faults(rule("duplicate_rows"))
    assert living.groups() == [*groups, *groups]


def test_rows_inside_rows_can_come_twice():
    struck = parse('[[rule]]\naction = "duplicate_rows"\nmember = "students"')[0]
    rows = [{"students": [1, 2], "group": {"students": [3], "name": "x"}}, 5]
    assert bend(struck, rows) == [
        {"students": [1, 2, 1, 2], "group": {"students": [3, 3], "name": "x"}},
        5,
    ]


def test_narrowed_rights_last_as_long_as_the_rule_strikes(living):
    groups = living.groups()
    living.faults(rule("narrow_rights", name="5*", when="nth = 1"))
    assert [group["name"] for group in living.groups()] == ["1А"]
    assert living.groups() == groups


def test_narrowed_rights_refuse_the_hidden_class(living):
    group = living.group("5А")
    living.faults(rule("narrow_rights", name="5А"))
    assert living.refused(f"/edu-groups/{group}") == (403, "outOfScope")


def test_a_skewed_clock_shows_in_every_date_of_the_head(living):
    living.faults(rule("clock_skew", seconds=-7200.0) + "\n" + rule("throttle", retry_after="date"))
    headers = living.raw("GET", "/users/me")[1]
    said = email.utils.parsedate_to_datetime(headers["Date"])
    back = email.utils.parsedate_to_datetime(headers["Retry-After"])
    assert (back - said).total_seconds() in {2.0, 3.0}
    living.control("faults", method="DELETE")
    now = email.utils.parsedate_to_datetime(living.raw("GET", "/users/me")[1]["Date"])
    assert 7190 < (now - said).total_seconds() < 7260


def test_every_answer_is_dated_once(living):
    assert len(living.raw("GET", "/users/me")[1].get_all("Date")) == 1
    assert len(living.raw("GET", "/__sandbox/calls", base="")[1].get_all("Date")) == 1


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[[rule]]\naction = "stale_read"', "seconds or calls"),
        ('[[rule]]\naction = "slow_body"\npieces = 0', "pieces"),
        ('[[rule]]\naction = "hang"\nseconds = "long"', "seconds"),
        ('[[rule]]\naction = "status"\nstatus = true', "status"),
        ('[[rule]]\naction = "drop"\nbefore = 1', "before"),
    ],
)
def test_an_option_of_the_wrong_kind_is_named(toml, said):
    with pytest.raises(ValueError, match=said):
        parse(toml)

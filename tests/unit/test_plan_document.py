"""A plan as a file: what was read is what is applied."""

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.planned import (
    INVERSES,
    Candidate,
    Channel,
    Guard,
    Link,
    Note,
    Operation,
    Plan,
    Question,
)
from connector.sync.plan import SCHEMA, digest_of, from_document, to_document
from tests.unit.plans import roster, schedule

# A file is UTF-8, so half a surrogate pair cannot come from one.
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
IDS = st.integers(1, 2**63 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
VALUES = st.none() | st.dictionaries(TEXT, JSON, max_size=4)
OPERATIONS = st.builds(
    Operation,
    op=st.sampled_from(sorted(INVERSES)),
    target=TEXT,
    edu_group=TEXT,
    before=VALUES,
    after=VALUES,
    reason=TEXT,
    evidence=TEXT,
    source=TEXT,
    label=TEXT,
    channel=st.sampled_from(Channel),
    irreversible=st.booleans(),
    seen=TEXT,
    number=st.integers(0, 5000),
    needs=st.lists(st.integers(1, 5000), max_size=3).map(tuple),
    guards=st.lists(TEXT, max_size=2).map(tuple),
)
QUESTIONS = st.builds(
    Question,
    resource=TEXT,
    local_key=TEXT,
    label=TEXT,
    reason=TEXT,
    candidates=st.lists(st.builds(Candidate, IDS, TEXT, st.integers(0, 100), TEXT), max_size=2).map(
        tuple
    ),
    unique=st.booleans(),
)
LINKS = st.builds(
    Link,
    resource=TEXT,
    local_key=TEXT,
    vendor_id=st.none() | IDS,
    evidence=TEXT,
    score=st.integers(0, 100),
    decided_by=TEXT,
    study_year=st.none() | st.integers(2000, 2100),
)
PLANS = st.builds(
    Plan,
    plan=TEXT,
    kind=st.sampled_from(["roster", "schedule", "restore", "undo"]),
    school_id=IDS.map(str),
    study_year=st.integers(2000, 2100),
    channel=st.sampled_from(Channel),
    created_at=TEXT,
    scope=st.dictionaries(TEXT, JSON, max_size=3),
    sources=st.lists(st.fixed_dictionaries({"path": TEXT, "sha256": TEXT}), max_size=2),
    operations=st.lists(OPERATIONS, max_size=4),
    guards=st.lists(st.builds(Guard, TEXT, st.integers(), st.integers()), max_size=2),
    unresolved=st.lists(QUESTIONS, max_size=2),
    notes=st.lists(st.builds(Note, TEXT, TEXT, TEXT, TEXT), max_size=2),
    links=st.lists(LINKS, max_size=2),
    unchanged=st.integers(0, 5000),
)


def through_a_file(document):
    return json.loads(json.dumps(document, ensure_ascii=False, indent=1))


@given(PLANS)
def test_a_plan_is_read_back_as_it_was_written(plan):
    assert from_document(through_a_file(to_document(plan))) == plan


@given(PLANS)
def test_a_plan_that_was_read_back_has_the_same_digest(plan):
    document = through_a_file(to_document(plan))
    assert to_document(from_document(document)) == document


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    yield path


def edited(document, path):
    """The document with one value changed, or taken out where that is a container's."""
    copy = deepcopy(document)
    inside = copy
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = "edited" if inside[path[-1]] != "edited" else "again"
    return copy


@pytest.mark.parametrize("plan", [roster(), schedule()], ids=["roster", "schedule"])
def test_whatever_was_edited_in_a_plan_it_is_refused(plan):
    document = through_a_file(to_document(plan))
    for path in leaves(document):
        if path:
            with pytest.raises(ValueError, match=r"digest|schema"):
                from_document(edited(document, path))


def test_a_plan_that_lost_an_operation_is_refused():
    document = to_document(roster())
    del document["operations"][0]
    with pytest.raises(ValueError, match="digest"):
        from_document(document)


@pytest.mark.parametrize(
    "thing", [None, [], 7, "plan", {}, {"schema": SCHEMA}, {"schema": "dnevnik/plan/2"}]
)
def test_what_is_no_plan_is_refused(thing):
    with pytest.raises(ValueError):
        from_document(thing)


def test_a_plan_of_another_version_is_refused_by_its_schema_even_with_a_digest_that_fits():
    document = to_document(roster()) | {"schema": "dnevnik/plan/2"}
    document["digest"] = digest_of({k: v for k, v in document.items() if k != "digest"})
    with pytest.raises(ValueError, match="schema"):
        from_document(document)


def test_the_digest_does_not_depend_on_the_order_or_the_spacing_of_the_file():
    document = to_document(roster())
    shuffled = json.loads(json.dumps(dict(reversed(list(document.items()))), sort_keys=True))
    assert from_document(shuffled) == from_document(document)


def test_the_head_tells_what_would_change():
    document = to_document(roster())
    assert list(document)[:3] == ["schema", "plan", "digest"]
    assert document["changes"] == {
        "create": 7,
        "update": 2,
        "move": 1,
        "archive": 3,
        "unchanged": 512,
    }
    assert document["by_resource"]["persons"] == {"archive": 1, "create": 2, "update": 1}
    assert [g["tripped"] for g in document["guards"]] == [True, True, False]


def test_ids_travel_as_text_because_they_exceed_what_other_readers_hold():
    plan = roster(
        links=[Link("persons", "k", 2**63 - 1, "link"), Link("persons", "n", None, "new")]
    )
    document = to_document(plan)
    assert [link["vendor_id"] for link in document["links"]] == [str(2**63 - 1), None]
    assert all(
        isinstance(c["vendor_id"], str) for q in document["unresolved"] for c in q["candidates"]
    )


@pytest.mark.parametrize("verb", ["create", "restore", "add"])
def test_what_comes_counts_as_created(verb):
    assert Operation(f"person.{verb}", "1", "", None, None, "", "").kind == "create"

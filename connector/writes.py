"""Write profiles: how a deployment that grants writes takes them, as data. No public source shows such calls.

A profile is one TOML file (`mappings/profiles/`); `connector.api.gateway` turns an operation and its values into a call.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a body: the value it takes, and as what: `text`, `int`, `ints` (a list of ids), `moment` (a day at midnight) or `json`."""

    value: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Search:
    """How a lost creation is looked for by its natural key.

    Attributes:
        method, path, body: the call; a GET has no body.
        match: members of an answered row that must equal a value; an empty mapping trusts the vendor's own search.

    """

    method: str
    path: str
    body: Mapping[str, Member]
    match: Mapping[str, Member]


@dataclass(frozen=True, slots=True)
class WriteOperation:
    """How one operation is sent.

    Attributes:
        name: e.g. `person.create`.
        method: HTTP verb.
        path: under the base address; placeholders are `{school}`, `{target}` and values of the operation.
        query: pairs of the query, by name of the value.
        body: wire name → value; members whose value is not given are left out. None: no body.
        success: statuses that mean done; empty: any of 2xx.
        new_id: member of the answer that holds the new object's id, "" where none is made.
        find: how to look for what a lost answer may have made; None where reading the school again shows it.
        repeat: sending it twice does no harm; it matters where no reading shows whether it landed.

    """

    name: str
    method: str
    path: str
    query: Mapping[str, str]
    body: Mapping[str, Member] | None
    success: frozenset[int]
    new_id: str = ""
    find: Search | None = None
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class WriteProfile:
    """A deployment's writes; an operation it does not name cannot be sent."""

    name: str
    title: str
    operations: Mapping[str, WriteOperation]

"""Writes of class lists and schedules, as a write profile describes them: an operation becomes a call.

Nothing here is known of the vendor: what a deployment takes is what its profile says.
"""

import re
from collections.abc import Mapping
from typing import Any

from connector.api.calls.base import Call, Evidence, Retry
from connector.api.decode import INT64_MAX, Decoded, Unreadable, json_value
from connector.errors import UsageProblem
from connector.i18n import N_, _
from connector.writes import Member, WriteOperation, WriteProfile

_PLACE = re.compile(r"\{(\w+)\}")
_SAFE = re.compile(r"[0-9A-Za-z_-]+")
_ID = re.compile(r"[1-9][0-9]{0,18}")
NewId = int | None


def write_call(profile: WriteProfile, op: str, values: Mapping[str, Any]) -> Call[NewId]:
    """The call of an operation; its value is the new object's id, None where none is made.

    Args:
        profile: of the deployment.
        op: e.g. `person.create`.
        values: the operation's values, with `school` and `target`; references are resolved.

    Raises:
        UsageProblem: the profile does not know the operation, a value of its path is missing, or one is no id.

    """
    how = profile.operations.get(op)
    if how is None:
        text = N_("The write profile {profile} cannot do {op}.")
        raise UsageProblem(_(text).format(profile=profile.name, op=op))
    return Call(
        name=op.replace(".", "_"),
        method=how.method,
        path=_path(how.path, values),
        template=how.path,
        query=tuple(
            (wire, str(values[value]))
            for wire, value in how.query.items()
            if values.get(value) is not None
        ),
        body=None if how.body is None else body_of(how.body, values),
        decode=_new_id(how),
        writes=True,
        retry=Retry.IF_UNPROCESSED,
        scope=(),
        evidence=Evidence("", "low"),
        success=how.success,
    )


def find_call(how: WriteOperation, values: Mapping[str, Any]) -> Call[list[int]]:
    """The call that looks for what a lost creation may have made; its value is the ids that fit.

    Raises:
        UsageProblem: the operation says nothing of that.

    """
    if how.find is None:
        raise UsageProblem(how.name)
    finding = how.find
    wanted = body_of(finding.match, values)

    def decode(body: bytes) -> Decoded[list[int]]:
        rows = json_value(body).value
        # Half an answer read as "nobody there" would make a second one of the same.
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise Unreadable(N_("the answer is no list of objects"))
        return Decoded(
            [
                _id(row, how.new_id or "id")
                for row in rows
                if all(row.get(k) == v for k, v in wanted.items())
            ]
        )

    return Call(
        name=f"{how.name.replace('.', '_')}_find",
        method=finding.method,
        path=_path(finding.path, values),
        template=finding.path,
        query=(),
        body=body_of(finding.body, values) if finding.method == "POST" else None,
        decode=decode,
        writes=False,
        retry=Retry.ALWAYS,
        scope=(),
        evidence=Evidence("", "low"),
    )


def _path(path: str, values: Mapping[str, Any]) -> str:
    def put(found: re.Match[str]) -> str:
        value = str(values.get(found[1]) or "")
        if not _SAFE.fullmatch(value):
            text = N_("The write profile needs {name}, which the operation does not carry.")
            raise UsageProblem(_(text).format(name=found[1]))
        return value

    return _PLACE.sub(put, path)


def body_of(members: Mapping[str, Member], values: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON body: members whose value the operation does not carry are left out.

    Raises:
        UsageProblem: what should be an id is none.

    """
    return {
        wire: _as(member.kind, values[member.value])
        for wire, member in members.items()
        if member.value in values
    }


def _as(kind: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    if value is None:
        return None
    if kind == "int":
        return _as_id(value)
    if kind == "ints":
        return [_as_id(item) for item in value]
    if kind == "moment":
        return f"{value}T00:00:00"
    return value


def _as_id(value: object) -> int:
    if not _ID.fullmatch(str(value)):
        raise UsageProblem(N_("The operation carries no id where the write profile needs one."))
    return int(str(value))


def _new_id(how: WriteOperation) -> Any:  # noqa: ANN401 - a decoder of Decoded[NewId]
    def decode(body: bytes) -> Decoded[NewId]:
        if not how.new_id:
            return Decoded(None)
        answer = json_value(body).value
        if not isinstance(answer, dict):
            raise Unreadable(N_("the answer is no object"))
        return Decoded(_id(answer, how.new_id))

    return decode


def _id(row: Mapping[str, Any], member: str) -> int:
    """An id, from its text twin where there is one.

    Raises:
        Unreadable: there is none, or it is no id: what was written may well have landed.

    """
    found = row.get(f"{member}_str") or row.get(member)
    text = str(found)
    if isinstance(found, bool) or not _ID.fullmatch(text) or int(text) > INT64_MAX:
        raise Unreadable(N_("the answer tells no id"))
    return int(text)

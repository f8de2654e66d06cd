"""Persons of the same name who are there before a plan creates another one: none of them is ever the new one. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from connector.names import full_key
from connector.planned import Have, Operation


def namesakes(operations: Iterable[Operation], have: Have) -> dict[str, list[str]]:
    """Ids, as text, of the persons of one full name with a person to be created, by his reference."""
    wanted = {
        o.target: full_key(
            str((o.after or {}).get("last_name") or ""),
            str((o.after or {}).get("first_name") or ""),
            (o.after or {}).get("middle_name"),
        )
        for o in operations
        if o.op == "person.create"
    }
    if not wanted:
        return {}
    there: dict[str, list[str]] = defaultdict(list)
    for identity, who in sorted(have.persons.items()):
        there[full_key(who.last_name, who.first_name, who.middle_name)].append(str(identity))
    return {target: there[key] for target, key in wanted.items() if key in there}

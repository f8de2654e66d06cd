"""Who belongs where: names of classes, halves of a class, a pupil's way from one class to another."""

from datetime import date

from connector.sandbox import subjects as s
from connector.sandbox.model import Group, Membership
from connector.sandbox.people import Person

# Which parallels a school of fewer than eleven classes has.
FEW = (5, 1, 9, 10, 7, 3, 11, 8, 6, 2, 4)
LETTERS = "АБВГДЕЖЗИКЛМН"
SMALLEST_HALF = 4


def move(groups: list[Group], person: Person, old: Group, new: Group, day: date) -> None:
    """Take a pupil from one class and its subgroups to another on a day; the old memberships stay as archived."""
    leaving = [g for g in groups if g is old or old in g.parents]
    for membership in (
        m
        for g in leaving
        if g is not new and new not in g.parents
        for m in g.roll
        if m.person is person and m.until is None
    ):
        membership.until = day
    joining = [new]
    for subject in {
        g.subjects[0] for g in groups if new in g.parents and g.kind == "subgroup" and g.subjects
    }:
        halves = [
            g
            for g in groups
            if new in g.parents and g.kind == "subgroup" and g.subjects == [subject]
        ]
        same = [g for g in halves if subject == s.PE and g.roll[0].person.sex == person.sex]
        joining.append((same or halves)[0])
    joining += [g for g in groups if new in g.parents and g.kind == "stream"]
    for group in joining:
        if not any(m.person is person and m.until is None for m in group.roll):
            group.roll.append(Membership(person, day))


def split(group: Group, subject: str) -> list[list[Membership]]:
    """Halves of a class in subjects taught in subgroups; empty where the class stays together."""
    roll = group.roll
    if subject == s.PE and group.parallel >= 8:
        halves = [[m for m in roll if m.person.sex == sex] for sex in ("Male", "Female")]
    elif subject == s.ENG or (subject == s.ICT and group.parallel >= 7):
        halves = [roll[: len(roll) // 2], roll[len(roll) // 2 :]]
    else:
        return []
    lasting = [sum(m.since is None and m.until is None for m in half) for half in halves]
    return halves if min(lasting) >= SMALLEST_HALF else []


def class_names(count: int) -> list[tuple[int, str]]:
    """Parallels and letters of a school with so many classes."""
    if count < 11:
        return sorted((parallel, LETTERS[0]) for parallel in FEW[:count])
    sizes = {parallel: count // 11 + (parallel <= count % 11) for parallel in range(1, 12)}
    # Fewer go on to the last parallel than come to the first.
    if sizes[11] > 1:
        sizes[11], sizes[1] = sizes[11] - 1, sizes[1] + 1
    return [(parallel, LETTERS[n]) for parallel, size in sizes.items() for n in range(size)]

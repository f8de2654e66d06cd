"""Names in a school's rulebook against those of its diary: what fits nothing is perhaps misspelt."""

from collections.abc import Collection, Iterator

from rapidfuzz import process

from connector.errors import SettingsError
from connector.i18n import N_, _
from connector.rulebook import Rulebook, group_matches, plain_text, subject_matches
from mappings.rulebooks import placed, read_rulebook

# Per cent of likeness from which a pattern is taken for a misspelt subject: one or two letters of a usual name.
_NEAR = 86


def check_subjects(book: Rulebook, subjects: Collection[str]) -> None:
    """Refuse a pattern that fits no subject of the school and is nearly the name of one: a slip of the pen.

    Patterns that are like nothing are left alone: the sample names subjects that not every school has.

    Raises:
        SettingsError: with the names that are meant, perhaps.

    """
    known = {plain_text(name): name for name in subjects if name}
    for one in (book, *book.others):
        parts = {"ungraded": one.ungraded_subjects, "without_homework": one.no_homework_subjects}
        for key, patterns in parts.items():
            for pattern in patterns:
                if any(subject_matches(name, (pattern,)) for name in known.values()):
                    continue
                near = process.extract(
                    plain_text(pattern.strip("*")), list(known), score_cutoff=_NEAR, limit=3
                )
                if near:
                    raise SettingsError(
                        where=placed(one.file, one.lines.get(f"subjects.{key}")),
                        key=f"subjects.{key}",
                        value=pattern,
                        allowed=", ".join(known[name] for name, *_score in near),
                    )


def idle_groups(book: Rulebook, groups: Collection[str]) -> Iterator[str]:
    """Sentences about patterns of `[groups]` that fit no class or group of the school.

    Names of groups are too short to tell a slip of the pen from a group that is still to come, so nothing is refused.
    Patterns of the shipped sample are left alone: not every school has home schooling.
    """
    if not groups:
        return
    shipped = read_rulebook()
    for one in (book, *book.others):
        parts = {
            "home_schooling": (one.home_schooling_groups, shipped.home_schooling_groups),
            "without_homework": (one.no_homework_groups, shipped.no_homework_groups),
        }
        for key, (patterns, usual) in parts.items():
            for pattern in patterns:
                if pattern in usual or any(group_matches(name, (pattern,)) for name in groups):
                    continue
                text = N_(
                    '{where}: "{value}" of groups.{key} fits no class or group of the diary, so it frees nobody. Capital letters matter; * stands for any text.'
                )
                where = placed(one.file, one.lines.get(f"groups.{key}"))
                yield _(text).format(where=where, value=pattern, key=key)

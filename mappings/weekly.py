"""What all readers of timetables share: the key of a requirement. Pure."""

from functools import lru_cache

from connector.names import fold


def requirement_key(
    edu_groups: tuple[str, ...],
    subgroups: tuple[str, ...],
    subject: str,
    teachers: tuple[str, ...],
) -> str:
    """`5а+5б|1 группа|физика|тестова вера юрьевна`: made of names, so that the next export has the same.

    The order within each part does not count.
    """
    return "|".join(
        (_joined(edu_groups), _joined(subgroups), _joined((subject,)), _joined(teachers))
    )


@lru_cache(maxsize=4096)
def _joined(names: tuple[str, ...]) -> str:
    # A name with our own separator must not make two keys equal.
    return "+".join(sorted(fold(name).replace("|", "/") for name in names))

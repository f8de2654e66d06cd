"""Who usually teaches: the ground on which a substitution is told from an ordinary lesson."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from connector.planned import HaveLesson

# Group, weekday (1 Monday), lesson number, subject.
Hour = tuple[int, int, int | None, int | None]
Teachers = frozenset[int]
# Fewer lessons than these are no custom.
ENOUGH = 3


def hour_of(lesson: HaveLesson) -> Hour:
    """The weekly hour a lesson belongs to."""
    return lesson.edu_group_id, lesson.date.isoweekday(), lesson.number, lesson.subject_id


def usual_teachers(
    lessons: Iterable[HaveLesson], today: date, wished: Mapping[Hour, Teachers]
) -> dict[Hour, Teachers]:
    """Find the usual teachers of each weekly hour.

    More than half of the hour's lessons from today on decide, since the teacher may have changed during the year;
    where these are few, those of the whole horizon, then those of all lessons of the group in the subject. The first
    to have at least `ENOUGH` lessons and a majority wins; failing that any majority of the hour, and failing that
    the wish, where at least one lesson of the hour agrees with it.

    Args:
        lessons: lessons of the horizon; those without teachers say nothing.
        today: first day that is not past.
        wished: teachers of the pattern.

    Returns:
        Only hours for which something can be said. What is missing has no custom to differ from.

    """
    ahead: dict[Hour, Counter[Teachers]] = defaultdict(Counter)
    whole: dict[Hour, Counter[Teachers]] = defaultdict(Counter)
    subject: dict[tuple[int, int | None], Counter[Teachers]] = defaultdict(Counter)
    for lesson in lessons:
        if lesson.teacher_ids:
            teachers, hour = frozenset(lesson.teacher_ids), hour_of(lesson)
            whole[hour][teachers] += 1
            if lesson.date >= today:
                ahead[hour][teachers] += 1
                subject[lesson.edu_group_id, lesson.subject_id][teachers] += 1
    found = {}
    for hour, votes in whole.items():
        if len(votes) == 1 and votes.total() >= ENOUGH:
            usual: Teachers | None = next(iter(votes))
        else:
            usual = (
                _majority(ahead.get(hour), ENOUGH)
                or _majority(votes, ENOUGH)
                or _majority(subject.get((hour[0], hour[3])), ENOUGH)
                or _majority(votes, 1)
            )
        if usual is None and wished.get(hour) in votes:
            usual = wished[hour]
        if usual is not None:
            found[hour] = usual
    return found


def _majority(votes: Counter[Teachers] | None, enough: int) -> Teachers | None:
    if votes is None or votes.total() < enough:
        return None
    ((teachers, count),) = votes.most_common(1)
    return teachers if count * 2 > votes.total() else None

"""What a report rests on: how words were read, which data were missing, how old the rest is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.journal import Lesson
from connector.reports.report import FailedWindow, Freshness, Notes, Silence, StatusMet
from connector.reports.rules.attendance import attendance_modes
from connector.reports.rules.case import NOT_READ, Gap, Scene
from connector.reports.selection import Selection
from connector.rulebook import RuleSettings


def notes(scene: Scene, chosen: Selection, gaps: Iterable[Gap]) -> Notes:
    """Collect the notes of one report.

    Args:
        scene: what was judged.
        chosen: what is shown.
        gaps: lessons about which rules stayed silent, already chosen.

    """
    journal = scene.journal
    past = [
        lesson for lesson in journal.lessons if lesson.day < scene.as_of and chosen.shows(lesson)
    ]
    groups = sorted(
        {
            lesson.group_id
            for lesson in past
            if lesson.group_id in journal.groups and lesson.group_id is not None
        }
    )
    long = [group for group in groups if journal.calendar.of(group).saturdays]
    roll = scene.rulebook.rules.get("ATT", RuleSettings("ATT"))
    modes = attendance_modes(scene.held, roll)
    return Notes(
        statuses=_statuses(scene, past),
        homework=scene.homework,
        attendance=tuple((group, modes[group]) for group in groups if group in modes),
        saturdays=None if 0 < len(long) < len(groups) else bool(long),
        six_days=tuple(one for one in long if one in journal.groups[one].class_ids)
        if len(long) < len(groups)
        else (),
        saturdays_found=journal.calendar.saturdays_found,
        silences=(*_silences(gaps), *_never_read(scene, chosen)),
        failed=_failed(scene, chosen),
        freshness=tuple(
            Freshness(
                group, *(journal.coverage.last_read(part, group) for part in (LESSONS, MARKS, LOG))
            )
            for group in groups
        ),
        clock_differs=journal.clock_differs,
        groups_found_by=_word(journal.pulled, "groups_found_by"),
    )


def _statuses(scene: Scene, past: Iterable[Lesson]) -> tuple[StatusMet, ...]:
    met = Counter(lesson.status for lesson in past)
    return tuple(
        StatusMet(status, count, scene.rulebook.statuses.means_held(status))
        for status, count in sorted(met.items(), key=lambda item: (-item[1], item[0] or ""))
    )


def _silences(gaps: Iterable[Gap]) -> list[Silence]:
    cells: dict[tuple[int | None, str, str], list[date]] = defaultdict(list)
    for gap in gaps:
        cells[gap.lesson.group_id, gap.rule, gap.reason].append(gap.lesson.day)
    ordered = sorted(cells.items(), key=lambda item: (item[0][0] or 0, *item[0][1:]))
    return [
        Silence(group, rule, reason, len(days), min(days), max(days))
        for (group, rule, reason), days in ordered
    ]


def _never_read(scene: Scene, chosen: Selection) -> list[Silence]:
    """Groups with pupils of which no lesson window was ever read."""
    return [
        Silence(group.id, "", NOT_READ, 0, None, None)
        for group in scene.journal.groups.values()
        if group.active_members
        and chosen.has_group(group.id)
        and scene.journal.coverage.last_read(LESSONS, group.id) is None
    ]


def _failed(scene: Scene, chosen: Selection) -> tuple[FailedWindow, ...]:
    last = min(chosen.end, scene.as_of)
    return tuple(
        FailedWindow(
            window.group_id,
            window.resource,
            window.start,
            window.end,
            window.detail or window.state,
        )
        for window in scene.journal.coverage.failed()
        if window.resource in (LESSONS, MARKS, LOG)
        and window.end >= chosen.start
        and window.start <= last
        and chosen.has_group(window.group_id)
    )


def _word(pulled: Mapping[str, object], name: str) -> str | None:
    """A fact of the pull as one line: it may be a word or an object of words."""
    value = pulled.get(name)
    if isinstance(value, dict):
        return ", ".join(f"{part}: {way}" for part, way in sorted(value.items()))
    return None if value is None else str(value)

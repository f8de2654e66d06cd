"""The sentences of a memo (справка): what a deputy would write under the tables, made of the same numbers. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from connector.reports.catalogue import FINAL_MARKS
from connector.reports.checks import DROPPED, FIXED, KNOWN, NEW, OUTSIDE, STANDS, UNJUDGED
from connector.reports.render.sheets import Translate, day_text, group_name, teacher_name
from connector.reports.render.tabular import number_text
from connector.reports.report import Memo, Report
from connector.reports.selection import natural
from connector.reports.whole import OF_RECORD, completeness, rate
from connector.rulebook import RULE_SPECS, SEVERITIES

# Who held fewer lessons has shown too little to be praised by name.
PROVEN = 10
# More names than this are told as a number.
_NAMED = 12
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class MemoText:
    """A memo in words, in the report's language; empty fields are left to the pen.

    Attributes:
        school: its name.
        place: city.
        day: of the memo.
        number: of the memo.
        basis: plan of control or order.
        purpose: of the check.
        span: first and last day of the lessons.
        inspector: who checked.
        director: for the signature.
        objects: what was looked at.
        good: what was found in order.
        compared: what became of the last check's remarks; empty when there was none.
        unjudged: what could not be judged; empty when all could.
        conclusions: in order.
        recommendations: in order, each with its day.
        repeat: day of the repeated check.
        acquainted: teachers with remarks, who sign.

    """

    school: str
    place: str
    day: str
    number: str
    basis: str
    purpose: str
    span: str
    inspector: str
    director: str
    objects: tuple[str, ...]
    good: tuple[str, ...]
    compared: tuple[str, ...]
    unjudged: tuple[str, ...]
    conclusions: tuple[str, ...]
    recommendations: tuple[str, ...]
    repeat: str
    acquainted: tuple[str, ...]


def memo_text(report: Report, translate: Translate) -> MemoText:
    """Write the memo of a report whose names are legible already."""
    memo = report.memo or Memo()
    teachers = sorted(
        {
            teacher_name(report, who, translate)
            for found in report.findings
            for who in found.teacher_ids
        },
        key=natural,
    )
    return MemoText(
        school=report.names.school,
        place=memo.place,
        day=day_text(report.as_of),
        number=memo.number,
        basis=memo.basis,
        purpose=memo.purpose
        or translate("to check that the electronic journal is filled in on time and truthfully"),
        span=f"{day_text(report.start)} – {day_text(report.end)}",
        inspector=_name_kept_whole(memo.inspector),
        director=_name_kept_whole(memo.director),
        objects=tuple(_objects(report, translate)),
        good=tuple(_good(report, translate)),
        compared=tuple(_compared(report, translate)),
        unjudged=tuple(_unjudged(report, translate)),
        conclusions=tuple(_conclusions(report, translate)),
        recommendations=tuple(_recommendations(report, memo, translate)),
        repeat=day_text(working_day(report.as_of + timedelta(days=memo.repeat_days))),
        acquainted=tuple(teachers),
    )


def _name_kept_whole(text: str) -> str:
    """Initials stay on the line of their surname: «Ким А. С.»."""
    return re.sub(r" (?=[^\W\d_]\.)", "\N{NO-BREAK SPACE}", text)


def working_day(day: date) -> date:
    """The day, or the Monday after it where it is a Saturday or Sunday: not every school works on Saturdays."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= _SATURDAY else 0)


def _objects(report: Report, translate: Translate) -> Iterator[str]:
    classes = [
        group_name(report, row[0])
        for row in _rows(report, "classes")
        if row[1] and isinstance(row[0], int)
    ]
    yield translate(
        "Lessons held: {lessons}; classes and groups: {classes}; teachers: {teachers}."
    ).format(
        lessons=report.lessons_held,
        classes=len(classes),
        teachers=sum(bool(row[1]) for row in _rows(report, "teachers")),
    )
    if classes:
        names = ", ".join(sorted(classes, key=natural))
        yield translate("Classes: {names}.").format(names=names)
    if report.filters.subjects:
        yield translate("Subjects: {names}.").format(names=", ".join(report.filters.subjects))


def _rows(report: Report, key: str) -> tuple[tuple[object, ...], ...]:
    return next((table.rows for table in report.tables if table.key == key), ())


def _good(report: Report, translate: Translate) -> Iterator[str]:
    silent = {silence.rule for silence in report.notes.silences}
    for rule in report.rules:
        # Before the first period ends its rules find nothing, which is nobody's merit; nor is what was not read.
        praised = rule not in FINAL_MARKS.rules and silent.isdisjoint({rule, ""})
        if praised and not report.found(rule):
            yield translate("{title}: none.").format(title=translate(RULE_SPECS[rule].title))
    clean = [
        teacher_name(report, who, translate)
        for who, held, found, *_rest in _rows(report, "teachers")
        if isinstance(who, int) and isinstance(held, int) and held >= PROVEN and not found
    ]
    if clean:
        yield translate("Teachers without remarks: {names}.").format(names=_some(clean, translate))
    classes = [
        group_name(report, group)
        for group, held, found, *_rest in _rows(report, "classes")
        if isinstance(group, int) and isinstance(held, int) and held >= PROVEN and not found
    ]
    if classes:
        yield translate("Classes without remarks: {names}.").format(names=_some(classes, translate))


def _some(names: Iterable[str], translate: Translate) -> str:
    known = sorted(names, key=natural)
    text = ", ".join(known[:_NAMED])
    left = len(known) - _NAMED
    return (
        translate("{names} and {count} more").format(names=text, count=left) if left > 0 else text
    )


def _compared(report: Report, translate: Translate) -> Iterator[str]:
    if report.comparison is None:
        return
    counts, then = report.comparison.counts(), report.comparison.previous
    before = sum(then.by_rule.values())
    yield translate(
        "Remarks of the check of {day}: {before}; fixed: {fixed}, not fixed: {stands}; new since: {new}."
    ).format(
        day=day_text(then.as_of),
        before=before,
        fixed=counts[FIXED],
        stands=counts[STANDS],
        new=counts[NEW],
    )
    anew = [rule for rule in report.rules if rule not in then.by_rule and report.found(rule)]
    if anew:
        told = "; ".join(
            f"{translate(RULE_SPECS[one].title)} — {report.found(one)}" for one in anew
        )
        yield translate("Not asked at the last check, so new now: {titles}.").format(titles=told)
    if counts[KNOWN]:
        yield translate(
            "Told before and not to be mended any more, such as entries made late: {count}."
        ).format(count=counts[KNOWN])
    other = counts[DROPPED] + counts[UNJUDGED] + counts[OUTSIDE]
    if other:
        yield translate(
            "Of them not comparable, for the lesson, rule or day is not looked at any more or the data were not read: {count}."
        ).format(count=other)


def _unjudged(report: Report, translate: Translate) -> Iterator[str]:
    lessons = sum(silence.lessons for silence in report.notes.silences)
    if lessons:
        yield translate("Records not judged for want of data: {count}.").format(count=lessons)
    unread = sorted(
        {
            group_name(report, silence.group_id)
            for silence in report.notes.silences
            if not silence.lessons
        },
        key=natural,
    )
    if unread:
        yield translate("Groups never read: {names}.").format(names=_some(unread, translate))


def _conclusions(report: Report, translate: Translate) -> Iterator[str]:
    share = completeness(report.lessons_held, report.findings)
    if isinstance(share, Fraction) and not OF_RECORD.isdisjoint(report.rules):
        yield translate("Lessons whose record is complete: {share} % of {lessons}.").format(
            share=number_text(share, translate), lessons=report.lessons_held
        )
    if not report.findings:
        yield translate("No remarks.")
        return
    counts = Counter(found.rule for found in report.findings)
    shown = [
        f"{translate(RULE_SPECS[rule].title).lower()} — {count}"
        for rule, count in counts.most_common(3)
    ]
    yield translate("Most of the {count} remarks: {rules}.").format(
        count=len(report.findings), rules="; ".join(shown)
    )
    grave = sum(found.severity == SEVERITIES[-1] for found in report.findings)
    if grave:
        yield translate("Of them violations: {count}.").format(count=grave)
    yield from _turned(report, translate)


def _turned(report: Report, translate: Translate) -> Iterator[str]:
    """Whether it became better: by the share of lessons, for there are more lessons every week."""
    if report.comparison is None:
        return
    then = report.comparison.previous
    before = rate(sum(then.by_rule.values()), then.lessons_held)
    now = rate(len(report.findings), report.lessons_held)
    if isinstance(before, Fraction) and isinstance(now, Fraction):
        yield translate("Remarks per 100 lessons: {now}; at the check of {day}: {before}.").format(
            now=number_text(now, translate),
            before=number_text(before, translate),
            day=day_text(then.as_of),
        )


def _recommendations(report: Report, memo: Memo, translate: Translate) -> Iterator[str]:
    if not report.findings:
        return
    by = day_text(working_day(report.as_of + timedelta(days=memo.fix_days)))
    if any(found.rule in OF_RECORD for found in report.findings):
        yield translate(
            "Teachers named in the remarks: enter what is missing in the journal by {day}."
        ).format(day=by)
    if any(found.rule not in OF_RECORD for found in report.findings):
        yield translate(
            "Look at the remarks on marks, put right what is wrong and explain the rest to the deputy head by {day}."
        ).format(day=by)
    stands = report.comparison.counts()[STANDS] if report.comparison else 0
    if report.comparison and stands:
        yield translate(
            "Tell the deputy head why {count} remarks of the check of {last} are not mended, by {day}."
        ).format(count=stands, last=day_text(report.comparison.previous.as_of), day=by)
    yield translate(
        "Class teachers: see to it that the remarks of their classes are mended by {day}."
    ).format(day=by)

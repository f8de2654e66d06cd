"""What a report rests on, in words: its head, its rules, how the data were read and what was missing of them."""

from collections.abc import Mapping

from connector.i18n import N_
from connector.reports.catalogue import REPORTS
from connector.reports.coverage import LESSONS, LOG, MARKS
from connector.reports.homework import DUE, GIVEN
from connector.reports.render.headings import age_line, head, rule_counts
from connector.reports.render.sheets import (
    SEVERITY_LABELS,
    Block,
    Cell,
    Column,
    Kind,
    Sheet,
    Translate,
    class_block,
    day_text,
    group_name,
    teacher_block,
)
from connector.reports.report import Report, Silence
from connector.reports.rules.attendance import ROLL
from connector.reports.rules.case import GAP_REASONS
from connector.reports.selection import natural
from connector.rulebook import RULE_SPECS, RuleSettings
from connector.vocab import FAILURES, GROUPS_FOUND_BY, label

RESOURCES: Mapping[str, str] = {
    LESSONS: N_("lessons"),
    MARKS: N_("marks"),
    LOG: N_("attendance"),
}
HOMEWORK_WORDS: Mapping[str, str] = {
    GIVEN: N_("homework stands on the lesson it was given at"),
    DUE: N_("homework stands on the lesson it is due on"),
}
HOMEWORK_UNKNOWN = N_(
    "not known whether homework stands on the lesson it was given at or due on: it counts either way"
)
BASIS_WORDS: Mapping[str, str] = {
    "rulebook": N_("set in the rulebook"),
    "data": N_("found in the data"),
    "pull": N_("found by the pull"),
    "none": N_("the data do not tell"),
}


def homework_text(report: Report, translate: Translate) -> str:
    """How homework was read, and why."""
    reading = report.notes.homework
    return translate("{how} ({why}; later: {later}, same day: {same}, other: {other})").format(
        how=translate(HOMEWORK_WORDS.get(reading.reading, HOMEWORK_UNKNOWN)),
        why=translate(BASIS_WORDS[reading.basis]),
        later=reading.later,
        same=reading.same,
        other=reading.other,
    )


def warnings(report: Report, translate: Translate) -> list[str]:
    """What a reader must know before believing the counts."""
    notes = report.notes
    found = _switched_off(report, translate)
    if report.history_begins is not None:
        found.append(
            translate(
                "The history of this mirror begins on {begins}: what the diary said on {day} is not known. Judged is what it says now; records entered or removed since are not told apart."
            ).format(
                begins=report.history_begins.astimezone(report.zone).strftime("%d.%m.%Y %H:%M"),
                day=day_text(report.as_of),
            )
        )
    if report.data_read_at is None:
        found.append(translate("No lessons of these days were read: the report says nothing."))
    if report.notes.homework.reading not in HOMEWORK_WORDS and "HW" in report.rules:
        found.append(translate("Homework: {how}.").format(how=translate(HOMEWORK_UNKNOWN)))
    silent = sum(silence.lessons for silence in notes.silences)
    if silent:
        found.append(
            translate("Records not judged for want of data: {count}.").format(count=silent)
        )
    unread = sum(not (silence.lessons or silence.rule) for silence in notes.silences)
    if unread:
        found.append(translate("Groups never read: {count}.").format(count=unread))
    lacking: dict[str, dict[str, None]] = {}
    for silence in notes.silences:
        if silence.rule and not silence.lessons:
            lacking.setdefault(silence.reason, {})[silence.rule] = None
    found += [
        translate("Not checked: {rules}: {reason}.").format(
            rules=", ".join(rules), reason=translate(GAP_REASONS[reason])
        )
        for reason, rules in lacking.items()
    ]
    if notes.failed:
        found.append(
            translate("Requests to the vendor that failed: {count}.").format(
                count=len(notes.failed)
            )
        )
    if notes.clock_differs:
        found.append(
            translate(
                "Marks were entered after the data were read: a clock is wrong, so the age of the data means nothing."
            )
        )
    return found


def _switched_off(report: Report, translate: Translate) -> list[str]:
    """That an empty page proves nothing: no rule of the report is in force."""
    rules = REPORTS[report.name].rules
    if report.rules or not rules:
        return []
    text = translate("Nothing was checked: the rulebook has switched off {rules}.")
    return [text.format(rules=", ".join(rules))]


def summary_sheet(report: Report, translate: Translate) -> Sheet:
    """What a reader must know first, head, counts by teacher and by class."""
    pairs = (
        *head(report, translate),
        *rule_counts(report, translate),
    )
    attention = tuple((warning,) for warning in warnings(report, translate))
    blocks = (
        Block(translate(report.title), (Column("", Kind.WARNING),), attention),
        _pairs("", pairs, Column("", Kind.LINE)),
        *(
            (teacher_block(report, translate), class_block(report, translate))
            if report.rules and report.lists_findings
            else ()
        ),
    )
    return Sheet(translate("Summary"), (blocks[0], *(block for block in blocks[1:] if block.rows)))


def about_blocks(report: Report, translate: Translate) -> list[Block]:
    """What the findings rest on, without the ages of single classes."""
    blocks = (
        _pairs(translate("The data"), _data(report, translate), Column("", width=60)),
        _rules(report, translate),
        _statuses(report, translate),
        _attendance(report, translate),
        _silences(report, translate),
        _failed(report, translate),
    )
    return [block for block in blocks if block.rows]


def about_sheet(report: Report, translate: Translate) -> Sheet:
    """Everything the findings rest on."""
    blocks = (*about_blocks(report, translate), _freshness(report, translate))
    return Sheet(translate("About the data"), blocks)


def _pairs(title: str, pairs: tuple[tuple[str, str], ...], value: Column) -> Block:
    return Block(title, (Column("", Kind.LINE, 42), value), pairs)


def _data(report: Report, translate: Translate) -> tuple[tuple[str, str], ...]:
    return (
        *head(report, translate)[:1],
        (translate("Age of the data"), age_line(report, translate)),
        (translate("Homework"), homework_text(report, translate)),
        (translate("Saturday"), _saturday(report, translate)),
        (translate("How the pull found the groups"), _found_by(report, translate)),
        *((translate("Attention"), warning) for warning in warnings(report, translate)),
    )


def _found_by(report: Report, translate: Translate) -> str:
    how = label(GROUPS_FOUND_BY, report.notes.groups_found_by)
    return translate(how) if how else "—"


def _saturday(report: Report, translate: Translate) -> str:
    if report.notes.saturdays is None:
        groups = report.names.groups
        classes = sorted((groups.get(one, str(one)) for one in report.notes.six_days), key=natural)
        word = translate("a working day of some classes: {classes}").format(
            classes=", ".join(classes)
        )
    else:
        word = translate("a working day") if report.notes.saturdays else translate("a day off")
    why = BASIS_WORDS["data" if report.notes.saturdays_found else "rulebook"]
    return f"{word} ({translate(why)})"


def _rules(report: Report, translate: Translate) -> Block:
    columns = (
        Column(translate("Rule"), width=32),
        Column(translate("Clause"), width=30),
        Column(translate("Severity"), width=14),
        Column(translate("Working days to enter"), Kind.NUMBER, 14),
        Column(translate("Findings"), Kind.NUMBER, 12),
    )
    rows: list[tuple[Cell, ...]] = []
    for rule in report.rules:
        settings = _settings(report, rule)
        title = f"{rule}: {translate(RULE_SPECS[rule].title)}"
        severity = translate(SEVERITY_LABELS[settings.severity])
        due = settings.due_working_days if RULE_SPECS[rule].has_deadline else None
        rows.append((title, settings.clause, severity, due, report.found(rule)))
    return Block(translate("Rules and clauses"), columns, tuple(rows))


def _settings(report: Report, rule: str) -> RuleSettings:
    """Of the rulebook in force, else of the first of the span that asks for the rule."""
    books = (report.rulebook, *report.rulebook.in_force_within(report.start, report.end))
    asked = (one for book in books for one in book.enabled_rules() if one.id == rule)
    return next(asked, report.rulebook.rules[rule])


def _statuses(report: Report, translate: Translate) -> Block:
    columns = (
        Column(translate("Status of the vendor"), width=32),
        Column(translate("Read as"), width=30),
        Column(translate("Lessons"), Kind.NUMBER, 12),
    )
    rows = tuple(
        (
            translate("(none)") if met.status is None else met.status,
            translate("held") if met.held else translate("not held"),
            met.lessons,
        )
        for met in report.notes.statuses
    )
    return Block(translate("Lesson statuses met and how they were read"), columns, rows)


def _attendance(report: Report, translate: Translate) -> Block:
    columns = (
        Column(translate("Class"), width=32),
        Column(translate("Attendance is entered as"), width=30),
        Column(translate("Lessons held"), Kind.NUMBER, 12),
        Column(translate("With presence"), Kind.NUMBER, 14),
    )
    rows = tuple(
        (
            group_name(report, group),
            translate("a roll") if mode.mode == ROLL else translate("exceptions only"),
            mode.lessons,
            mode.with_presence,
        )
        for group, mode in report.notes.attendance
    )
    return Block(
        translate("How attendance is entered"), columns, rows if "ATT" in report.rules else ()
    )


def _silences(report: Report, translate: Translate) -> Block:
    columns = (
        Column(translate("Class"), width=32),
        Column(translate("Why nothing is said"), width=30),
        Column(translate("Rule"), width=14),
        Column(translate("Lessons"), Kind.NUMBER, 14),
        Column(translate("From"), Kind.DAY, 12),
        Column(translate("To"), Kind.DAY, 12),
    )
    return Block(
        translate("Without data"),
        columns,
        tuple(_silence(report, silence, translate) for silence in report.notes.silences),
    )


def _silence(report: Report, silence: Silence, translate: Translate) -> tuple[Cell, ...]:
    return (
        group_name(report, silence.group_id),
        translate(GAP_REASONS[silence.reason]),
        silence.rule or translate("all"),
        silence.lessons,
        silence.first,
        silence.last,
    )


def _failed(report: Report, translate: Translate) -> Block:
    columns = (
        Column(translate("Class"), width=32),
        Column(translate("What was asked for"), width=30),
        Column(translate("Reason"), width=14),
        Column(translate("From"), Kind.DAY, 14),
        Column(translate("To"), Kind.DAY, 12),
    )
    rows = tuple(
        (
            group_name(report, window.group_id),
            translate(RESOURCES[window.resource]),
            translate(label(FAILURES, window.reason)),
            window.start,
            window.end,
        )
        for window in report.notes.failed
    )
    return Block(translate("Requests that failed"), columns, rows)


def _freshness(report: Report, translate: Translate) -> Block:
    columns = (
        Column(translate("Class"), width=32),
        Column(translate("Lessons read"), Kind.MOMENT, 30),
        Column(translate("Marks read"), Kind.MOMENT, 17),
        Column(translate("Attendance read"), Kind.MOMENT, 17),
    )
    rows = tuple(
        (
            group_name(report, fresh.group_id),
            *(
                at.astimezone(report.zone) if at else None
                for at in (fresh.lessons, fresh.marks, fresh.log)
            ),
        )
        for fresh in report.notes.freshness
    )
    return Block(translate("When each class was read last"), columns, rows)

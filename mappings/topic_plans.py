"""Topic plans (КТП): sheets → the topics of each class and subject, with everything that was wrong."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath

from connector.names import ClassName, fold, parse_class, tidy
from connector.source import Kind, Place, PlanTopic, Source, SourceGroup, TopicPlan
from mappings.findings import Findings
from mappings.plan_headings import PlanHeader, read_plan_header
from mappings.plan_rows import OF_PLAN, RowReader, Values
from mappings.plan_titles import Titled, contradict, named, titled
from mappings.plan_wording import tell_plan
from mappings.sheets import Cell, Sheet
from mappings.wording import tell

# A heading stands near the top; below that many rows without one there is none.
_HEADING_WITHIN = 60
_BETWEEN_CLASSES = re.compile(r"\s*[,;/]\s*")
# Class, subject, part and teacher, folded: one plan each.
_Key = tuple[str, str, str, str]


def holds_topic_plan(sheets: Sequence[Sheet]) -> bool:
    """Whether any sheet has a heading row of a topic plan."""
    return any(_first_header(sheet) is not None for sheet in sheets)


def _first_header(sheet: Sheet) -> int | None:
    for index in range(min(len(sheet.rows), _HEADING_WITHIN)):
        if read_plan_header(sheet, index) is not None:
            return index
    return None


def read_topic_plans(
    sheets: Sequence[Sheet], path: str, sha256: str, *, today: date, epoch_1904: bool = False
) -> Source:
    """Read every topic plan of a file.

    Args:
        sheets: of the file, hidden ones too: they are told about, not read.
        path: as the file was named.
        sha256: of its bytes.
        today: what two-digit years are judged by.
        epoch_1904: serial numbers of days count from 1904.

    """
    findings = Findings(path)
    source = Source(path, Kind.TOPIC_PLAN, sha256)
    shown = [sheet for sheet in sheets if not sheet.hidden and sheet.rows]
    by_file = named(PurePath(path).stem) if len(shown) == 1 else Titled()
    drafts: dict[_Key, list[_Draft]] = defaultdict(list)
    for sheet in sheets:
        reader = _Reader(source, findings, sheet, by_file, today, epoch_1904)
        for key, draft in reader.read().items():
            drafts[key].append(draft)
    source.topic_plans = _settled(drafts, findings)
    source.accepted = sum(len(plan.topics) for plan in source.topic_plans)
    source.edu_groups = _groups(source.topic_plans)
    source.subjects = list(dict.fromkeys(plan.subject for plan in source.topic_plans))
    source.teachers = list(
        dict.fromkeys(plan.teacher for plan in source.topic_plans if plan.teacher)
    )
    if not source.topic_plans and not findings.problems:
        tell_plan(findings, "no_topics", ("", 0, ""))
    source.problems = findings.problems
    source.fixes = findings.fixes
    return source


def _groups(plans: Sequence[TopicPlan]) -> list[SourceGroup]:
    """Classes and their parts that have a plan."""
    found: dict[tuple[str, str], SourceGroup] = {}
    for plan in plans:
        parsed = parse_class(plan.edu_group)
        if parsed is not None:
            group = SourceGroup(plan.edu_group, parsed.parallel, parsed.letter)
            found.setdefault((plan.edu_group, ""), group)
            if plan.subgroup:
                part = SourceGroup(plan.subgroup, parsed.parallel, parsed.letter, plan.edu_group)
                found.setdefault((plan.edu_group, plan.subgroup), part)
    return list(found.values())


@dataclass(slots=True)
class _Draft:
    """A plan while its rows are read."""

    edu_group: str
    subject: str
    part: str
    teacher: str
    place: Place
    whole: bool = True
    topics: list[PlanTopic] = field(default_factory=list)


def _settled(drafts: dict[_Key, list[_Draft]], findings: Findings) -> list[TopicPlan]:
    """Plans of the file; of a class and subject that several sheets plan nobody knows which holds."""
    plans = []
    for found in drafts.values():
        if len(found) > 1:
            for draft in found:
                where = (draft.place.sheet, draft.place.row, "")
                tell_plan(findings, "plan_twice", where, f"{draft.edu_group} {draft.subject}")
            continue
        (draft,) = found
        plans.append(
            TopicPlan(
                draft.edu_group,
                draft.subject,
                tuple(draft.topics),
                draft.place,
                draft.part,
                draft.teacher,
                draft.whole,
            )
        )
    return plans


class _Reader:
    """One sheet from top to bottom."""

    def __init__(
        self,
        source: Source,
        findings: Findings,
        sheet: Sheet,
        by_file: Titled,
        today: date,
        epoch_1904: bool,  # noqa: FBT001 - one place calls it
    ) -> None:
        self.source = source
        self.findings = findings
        self.sheet = sheet
        self.by_sheet = named(sheet.name)
        self.by_file = by_file
        self.today = today
        self.epoch_1904 = epoch_1904
        self.title = Titled()
        self.drafts: dict[_Key, _Draft] = {}
        self.usual: dict[tuple[Cell, ...], list[_Draft]] = {}
        self.homeless = {"plan_class_unknown": 0, "plan_subject_unknown": 0}

    def read(self) -> dict[_Key, _Draft]:
        """Read all rows of a sheet that holds a plan."""
        sheet, findings = self.sheet, self.findings
        where = (sheet.name, 0, "")
        first = _first_header(sheet)
        if first is None or sheet.hidden:
            self.source.ignored += len(sheet.rows)
            if any(cell is not None for row in sheet.rows for cell in row):
                tell_plan(findings, "plan_sheet_skipped" if first is None else "hidden_plan", where)
            return {}
        told = len(findings.problems)
        self._walk()
        for rule, count in self.homeless.items():
            if count:
                tell_plan(findings, rule, where, count=count)
        if any(problem.refuses for problem in findings.problems[told:]):
            # Which plan a refused row belonged to is not certain: none of the sheet proves an order.
            for draft in self.drafts.values():
                draft.whole = False
        if self.title.edu_group and contradict(self.title.edu_group, self.by_sheet.edu_group):
            value = f"{self.title.edu_group.name} / {sheet.name}"
            tell_plan(findings, "plan_contradicts", where, value)
            return {}
        return {key: draft for key, draft in self.drafts.items() if draft.topics}

    def _walk(self) -> None:
        rows: RowReader | None = None
        after_header = 0
        for index, row in enumerate(self.sheet.rows):
            if index < after_header:
                continue
            header = read_plan_header(self.sheet, index)
            if header is not None:
                self.source.ignored += header.last - index + 1
                after_header = header.last + 1
                rows = self._below(header)
            elif rows is None or not any(cell is not None for cell in row):
                self.source.ignored += 1
                if rows is None:
                    self.title = titled(row, self.title)
            else:
                self._row(row, index, rows)

    def _below(self, header: PlanHeader) -> RowReader:
        self.source.headers.setdefault(self.sheet.name, header.titles)
        return RowReader(
            self.findings, self.sheet.name, header, self.today, self.title.year, self.epoch_1904
        )

    def _row(self, row: Sequence[Cell], index: int, rows: RowReader) -> None:
        values = rows.values(row)
        if len(values) < 2 and (said := titled(row, self.title)) != self.title:
            # «Класс: 5Б» between the topics begins another plan.
            self.title = said
            self.usual.clear()
            rows.numbers.clear()
            self.source.ignored += 1
            return
        if rows.is_between(row, values, index):
            self.source.ignored += 1
            return
        self.source.rows += 1
        topic = rows.read(values, index)
        if topic is not None:
            for draft in self._plans_of(values, index):
                draft.topics.append(topic)

    def _plans_of(self, values: Values, index: int) -> list[_Draft]:
        """Plans that a row belongs to: one for each class that it names."""
        # Most rows say the same as the one before.
        own = tuple(values.get(name) for name in OF_PLAN)
        known = self.usual.get(own)
        if known is None:
            known = self._find_plans(values, index)
            if known:
                self.usual[own] = known
        return known

    def _find_plans(self, values: Values, index: int) -> list[_Draft]:
        said = (self.title, self.by_sheet, self.by_file)
        subject = _text(values, "subject") or next(filter(None, (one.subject for one in said)), "")
        groups = self._classes(values, index)
        if groups is None:
            return []
        if not groups:
            inherited = next(filter(None, (one.edu_group for one in said)), None)
            groups = [] if inherited is None else [inherited]
        if not groups or not subject:
            self.homeless["plan_subject_unknown" if groups else "plan_class_unknown"] += 1
            return []
        part = _text(values, "part") or self.title.part
        teacher = _text(values, "teacher") or self.title.teacher
        found = []
        for group in groups:
            key = (fold(group.name), fold(subject), fold(part), fold(teacher))
            draft = self.drafts.get(key)
            if draft is None:
                place = Place(self.findings.file, self.sheet.name, index + 1)
                draft = self.drafts[key] = _Draft(group.name, subject, part, teacher, place)
            found.append(draft)
        return found

    def _classes(self, values: Values, index: int) -> list[ClassName] | None:
        """Classes that a row names itself; None where it names something else."""
        cell = values.get("class")
        if cell is None:
            return []
        where = (self.sheet.name, index + 1, "")
        if isinstance(cell, date):
            tell(self.findings, "class_is_date", where, f"{cell:%d.%m.%Y}")
            return None
        found = [parse_class(text) for text in _BETWEEN_CLASSES.split(str(cell)) if text]
        groups = [one for one in found if one is not None]
        if len(groups) < len(found):
            tell(self.findings, "bad_class", where, str(cell))
            return None
        return groups


def _text(values: Values, field_name: str) -> str:
    cell = values.get(field_name)
    return "" if cell is None else tidy(str(cell))

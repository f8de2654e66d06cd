"""What the problems of topic plans (КТП) say and advise, by rule word. docs/files.md explains each at length."""

from connector.i18n import N_, _
from mappings.findings import Findings
from mappings.wording import Where, Wording

PLAN_RULES = {
    "no_topics": Wording(
        N_("There are headings of a topic plan, but no topic below them."),
        N_("Check that it is the right file."),
    ),
    "plan_sheet_skipped": Wording(
        N_("The sheet holds no topic plan and is not used."),
        N_("Nothing to do, if that is so; else give it headings: №, Тема, Часы, Дата."),
        refuses=False,
    ),
    "hidden_plan": Wording(
        N_("The sheet is hidden and is not used."),
        N_("Show it in Excel if its topics count, else delete it."),
        refuses=False,
    ),
    "plan_class_unknown": Wording(
        N_("It is not said which class the plan is for. Topics: {count}."),
        N_("Name the sheet like «5А Математика», or write «Класс: 5А» above the topics."),
    ),
    "plan_subject_unknown": Wording(
        N_("It is not said which subject the plan is for. Topics: {count}."),
        N_("Name the sheet like «5А Математика», or write «Предмет: Математика» above the topics."),
    ),
    "plan_contradicts": Wording(
        N_("The title names one class and the sheet another; its topics are not used."),
        N_("Correct the title or the name of the sheet."),
    ),
    "plan_twice": Wording(
        N_("Several sheets hold a plan for this class and subject; none of them is used."),
        N_("Leave one of them, or add the subgroup or the teacher."),
    ),
    "topic_missing": Wording(
        N_("The row has hours or a date, but no topic."), N_("Write the topic.")
    ),
    "topic_unnumbered": Wording(
        N_("The row has no number, though others have one: it may be a heading or a topic."),
        N_("Number the topic; of a heading leave nothing but its text."),
    ),
    "bad_hours": Wording(N_("This is no number of lessons."), N_("Write a whole number from 1.")),
    "plan_heading": Wording(
        N_("A line without number, hours and date is taken for a heading."),
        N_("Number it, if it is a topic."),
        refuses=False,
    ),
    "topic_numbers": Wording(
        N_("The numbers do not grow; the topics are read in the order of the rows."),
        N_("Put the rows in order."),
        refuses=False,
    ),
    "plan_day_unread": Wording(
        N_("This is no day; the topic counts as one without a date."),
        N_("Write it like 01.09.2026."),
        refuses=False,
    ),
    "plan_day_year": Wording(
        N_("The day has no year and the plan names no study year; the date is left out."),
        N_("Write the year, or «2026/2027 учебный год» above the topics."),
        refuses=False,
    ),
}


def tell_plan(
    findings: Findings, rule: str, where: Where, value: str = "", *, count: int = 0
) -> None:
    """Add a problem in the words of its rule."""
    said = PLAN_RULES[rule]
    speak = findings.refuse if said.refuses else findings.doubt
    speak(rule, where, value, _(said.text).format(count=count), _(said.fix))

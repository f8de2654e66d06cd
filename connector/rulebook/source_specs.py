"""Words and parameters of the rules that need the school's own files: topic plans, timetables, class lists."""

from connector.i18n import N_
from connector.rulebook.spec import Param, RuleSpec

SOURCE_SPECS = (
    RuleSpec(
        "KTP",
        title=N_("Courses behind their topic plan"),
        short=N_("Behind plan"),
        sentence=N_("Fewer lessons were held than the topic plan asks by now."),
        params={"lag": Param(default=2, high=100)},
    ),
    RuleSpec(
        "KTPORDER",
        title=N_("Topics out of the plan's order"),
        short=N_("Topic order"),
        sentence=N_("The topic stands at another place than in the topic plan."),
    ),
    RuleSpec(
        "KTPTWICE",
        title=N_("Topics written more often than planned"),
        short=N_("Topic twice"),
        sentence=N_("The topic is written at more lessons than the topic plan gives it."),
    ),
    RuleSpec(
        "SUBST",
        title=N_("Substituted lessons without a topic"),
        short=N_("Substitution"),
        sentence=N_("The lesson was given by a substitute, and its topic is not written."),
    ),
    RuleSpec(
        "ROSTER",
        title=N_("Pupils of the diary who are not in the class list"),
        short=N_("Not in list"),
        sentence=N_("The pupil stands in the class of the diary, but not in its class list."),
    ),
    RuleSpec(
        "ROSTERLEFT",
        title=N_("Pupils marked after the day of leaving"),
        short=N_("Left, marked"),
        sentence=N_("The pupil has left, but has a mark or attendance at a later lesson."),
    ),
    RuleSpec(
        "ROSTERLACK",
        title=N_("Pupils of the class list who are not in the diary"),
        short=N_("Not in diary"),
        sentence=N_("The pupil is in the class list, but not in the class of the diary."),
    ),
)

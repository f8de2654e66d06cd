"""Words and parameters of the rules about marks, pupil by pupil."""

from connector.i18n import N_
from connector.rulebook.spec import Param, RuleSpec

_UP_FROM = Param(default=0.5, low=0.01, high=0.99)
_ARRIVAL = Param(default=14, high=200)

MARK_SPECS = (
    RuleSpec(
        "MARK3",
        title=N_("Lessons with few marks"),
        short=N_("Few marks"),
        sentence=N_("The lesson was held, but only one or two pupils have a mark for it."),
        params={"marks": Param(default=3, low=2, high=40), "pupils": Param(default=10, high=100)},
    ),
    RuleSpec(
        "ACC",
        title=N_("Pupils with fewer marks than the norm"),
        short=N_("Below norm"),
        sentence=N_("The pupil has fewer marks in this period than the norm asks by now."),
        params={
            "hours_1": Param(default=3, high=50),
            "hours_2": Param(default=4, high=50),
            "hours_3": Param(default=5, high=50),
            "hours_4": Param(default=6, high=50),
            "hours_5": Param(default=7, high=50),
            "share": Param(default=1.0, low=0.01, high=1),
            "from_share": Param(default=0.5, high=1),
        },
    ),
    RuleSpec(
        "GAP",
        title=N_("Pupils without a mark for many lessons"),
        short=N_("Not asked"),
        sentence=N_("The pupil has had no mark for several lessons in a row."),
        params={"lessons": Param(default=4, low=2, high=100)},
    ),
    RuleSpec(
        "NMARK",
        title=N_("Lessons where absent pupils have marks"),
        short=N_("Absent, marked"),
        sentence=N_("Pupils are entered as absent and have a mark at the same lesson."),
        params={"made_up_later": Param(default=False)},
    ),
    RuleSpec(
        "TWOAFTERN",
        title=N_("Twos right after an absence"),
        short=N_("2 after absence"),
        sentence=N_("The pupil got a two at the first lesson after an absence."),
        params={"missed": Param(default=1, low=1, high=50)},
    ),
    RuleSpec(
        "TWOEDGE",
        title=N_("Twos at the first or last lesson of a period"),
        short=N_("2 at an edge"),
        sentence=N_("The pupil got a two at the first or the last lesson of a reporting period."),
    ),
    RuleSpec(
        "TWOFIX",
        title=N_("Twos that no other mark followed"),
        short=N_("2 not mended"),
        sentence=N_("The pupil got a two, and the next lessons brought no other mark."),
        params={"lessons": Param(default=3, low=1, high=50)},
    ),
    RuleSpec(
        "FINAL",
        title=N_("Period marks that are missing"),
        short=N_("No period mark"),
        sentence=N_("The reporting period is over, but the pupil has no mark for it."),
        params={"empty_from_hours": Param(default=1.5, high=50)},
    ),
    RuleSpec(
        "FINALFEW",
        has_deadline=False,
        title=N_("Period marks that rest on few marks"),
        short=N_("Rests on few"),
        sentence=N_("The period mark rests on fewer marks than the norm."),
        params={
            "quarter": Param(default=3, low=1, high=50),
            "half_year": Param(default=5, low=1, high=50),
            "arrival_days": _ARRIVAL,
        },
    ),
    RuleSpec(
        "FINALAVG",
        has_deadline=False,
        title=N_("Period marks other than the average"),
        short=N_("Not the average"),
        sentence=N_("The period mark is not the rounded weighted average of the period's marks."),
        params={
            "up_from": _UP_FROM,
            "no_five_with_two": Param(default=False),
            "arrival_days": _ARRIVAL,
        },
    ),
    RuleSpec(
        "ABS",
        has_deadline=False,
        title=N_("Period marks in spite of absence"),
        short=N_("Absent, rated"),
        sentence=N_("The pupil missed most of the period's lessons and still has a period mark."),
        params={"share": Param(default=0.6667, low=0.01, high=1), "arrival_days": _ARRIVAL},
    ),
    RuleSpec(
        "YEAR",
        has_deadline=False,
        title=N_("Year marks other than the mean of the period marks"),
        short=N_("Year mark"),
        sentence=N_("The year mark is not the rounded mean of the period marks."),
        params={"up_from": _UP_FROM},
    ),
    RuleSpec(
        "WORK",
        has_deadline=False,
        title=N_("Control works without marks"),
        short=N_("Empty work"),
        sentence=N_("A control work, composition or test was held, but nobody has a mark for it."),
        params={
            "days": Param(default=7, high=60),
            "essay_days": Param(default=10, high=60),
            "test_days": Param(default=5, high=60),
        },
    ),
    RuleSpec(
        "LATE",
        title=N_("Lessons whose marks were entered late"),
        short=N_("Entered late"),
        sentence=N_("Marks of the lesson were entered after the deadline."),
        params={"error_after": Param(default=3, high=60), "works_apart": Param(default=True)},
    ),
)

"""What the program knows of each rule before any school speaks: its words and its parameters."""

from collections.abc import Mapping
from types import MappingProxyType

from connector.i18n import N_
from connector.rulebook.mark_specs import MARK_SPECS
from connector.rulebook.source_specs import SOURCE_SPECS
from connector.rulebook.spec import Param, RuleSpec

ROLL_MODES = ("auto", "always", "never")

RULE_SPECS: Mapping[str, RuleSpec] = MappingProxyType(
    {
        spec.id: spec
        for spec in (
            RuleSpec(
                "TOPIC",
                title=N_("Lessons without a topic"),
                short=N_("Topic"),
                sentence=N_("The lesson was held, but its topic is not written."),
            ),
            RuleSpec(
                "HW",
                title=N_("Lessons without homework"),
                short=N_("Homework"),
                sentence=N_("The lesson was held, but no homework was given."),
                params={"exempt_last_of_period": Param(default=True)},
            ),
            RuleSpec(
                "MARK0",
                title=N_("Lessons without marks"),
                short=N_("Marks"),
                sentence=N_("The lesson was held, but nobody has a mark for it."),
            ),
            RuleSpec(
                "ATT",
                title=N_("Lessons without attendance"),
                short=N_("Attendance"),
                sentence=N_("The lesson was held, but attendance is not entered."),
                params={
                    "roll": Param(default="auto", choices=ROLL_MODES),
                    "roll_share": Param(default=0.8, high=1),
                },
            ),
            RuleSpec(
                "LATECHANGE",
                title=N_("Marks changed after the deadline"),
                short=N_("Changed late"),
                sentence=N_("The mark was seen changed or withdrawn after the deadline."),
            ),
            RuleSpec(
                "CLOSED",
                title=N_("Marks changed after the period had ended"),
                short=N_("Period over"),
                sentence=N_("The mark was seen changed or withdrawn after its period had ended."),
            ),
            RuleSpec(
                "BULK",
                title=N_("Marks changed in bulk"),
                short=N_("In bulk"),
                sentence=N_("The mark was changed or withdrawn together with many others."),
                params={"marks": Param(default=20, low=2, high=100_000)},
            ),
            RuleSpec(
                "DOWN",
                title=N_("Marks lowered"),
                short=N_("Lowered"),
                sentence=N_("A lower mark took the place of a higher one."),
            ),
            RuleSpec(
                "UP",
                title=N_("Marks raised"),
                short=N_("Raised"),
                sentence=N_("A higher mark took the place of a lower one."),
            ),
            *MARK_SPECS,
            *SOURCE_SPECS,
        )
    }
)

"""The school's own rules as data: deadlines, exemptions, how words of the vendor are read.

No federal act fixes the numbers of journal control; each school does in a local act. So a rule in code is only a
question ("has this held lesson a topic?"), and everything a school may decide stands in a `Rulebook`: it is read by
`mappings.rulebooks` from a TOML table and handed to the rules as an argument.
"""

from connector.rulebook.book import (
    HOMEWORK_READINGS,
    SEVERITIES,
    WEEKS,
    HomeworkReading,
    Rulebook,
    RuleSettings,
    StatusWords,
    group_matches,
    plain_text,
    subject_matches,
)
from connector.rulebook.norms import RISING, contradictions
from connector.rulebook.spec import Param, ParamValue, RuleSpec
from connector.rulebook.specs import ROLL_MODES, RULE_SPECS

__all__ = [
    "HOMEWORK_READINGS",
    "RISING",
    "ROLL_MODES",
    "RULE_SPECS",
    "SEVERITIES",
    "WEEKS",
    "HomeworkReading",
    "Param",
    "ParamValue",
    "RuleSettings",
    "RuleSpec",
    "Rulebook",
    "StatusWords",
    "contradictions",
    "group_matches",
    "plain_text",
    "subject_matches",
]

"""The shape of a rule and of its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field

ParamValue = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Param:
    """A number, word or switch that one rule reads beside its deadline.

    Attributes:
        default: taken when the rulebook is silent; its type is the type of the parameter.
        choices: allowed words; empty for numbers and switches.
        low: least allowed number.
        high: greatest allowed number.

    """

    default: ParamValue
    choices: tuple[str, ...] = ()
    low: float = 0
    high: float = 1000


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """What the program knows of a rule before any school speaks: its words and its parameters.

    Attributes:
        id: as in the rulebook, in findings and in `domain` papers.
        title: heading of a count, e.g. «Уроки без темы».
        short: heading of a narrow column.
        sentence: one finding as a sentence.
        params: parameters by name.
        has_deadline: whether `due_working_days` means anything; of the others it says nothing that may be shown.

    """

    id: str
    title: str
    short: str
    sentence: str
    params: Mapping[str, Param] = field(default_factory=dict)
    has_deadline: bool = True

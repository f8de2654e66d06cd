"""What may keep a connector from doing its work: lines, each with a verdict and a remedy; what the vendor says.

Nothing is changed, and nothing that is looked at is a reason to stop looking: an error becomes a line.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from connector.api import calls
from connector.api.client import Client
from connector.errors import DnevnikError
from connector.i18n import N_

CLOCK_SLACK = timedelta(minutes=2)
ADMINISTRATOR = "EduSchoolAdministrator"
# Exit code of a mirror, a backup or a disk that cannot be used.
UNUSABLE = 7


class Verdict(StrEnum):
    """How a part fares."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at.

    Attributes:
        name: what: `settings`, `vendor`, `rights`, `clock`, `disk`, `integrity`, …
        verdict: how it fares.
        said: English source string of what was found.
        facts: what is put into `said` and `remedy`; never a person's name or a mark.
        remedy: English source string of what to do; empty when there is nothing to do.
        exit_code: what a failure ends the command with; 0 unless it is one.
        problem: the error behind it, which has a sentence of its own, or None.

    """

    name: str
    verdict: Verdict
    said: str
    facts: Mapping[str, object] = field(default_factory=dict)
    remedy: str = ""
    exit_code: int = 0
    problem: DnevnikError | None = None


def fine(name: str, said: str, **facts: object) -> Line:
    """Nothing to do."""
    return Line(name, Verdict.OK, said, facts)


def doubtful(name: str, said: str, remedy: str, **facts: object) -> Line:
    """Work goes on, and somebody should see to it."""
    return Line(name, Verdict.WARN, said, facts, remedy)


def unusable(name: str, said: str, remedy: str, **facts: object) -> Line:
    """A mirror, a backup or a disk that does not serve."""
    return Line(name, Verdict.FAIL, said, facts, remedy, UNUSABLE)


def failed(name: str, problem: DnevnikError) -> Line:
    """The line of an error; its sentence tells the remedy too."""
    code = problem.exit_code
    return Line(name, Verdict.FAIL, problem.text, problem.facts, exit_code=code, problem=problem)


def exit_code_of(lines: Iterable[Line]) -> int:
    """The worst failure decides: the mirror before settings, settings before token and vendor; warnings are none."""
    codes = {line.exit_code for line in lines if line.verdict is Verdict.FAIL}
    worst = (1, UNUSABLE, 2, 8, 3)
    return next((code for code in worst if code in codes), max(codes, default=0))


def vendor(client: Client, clock: Callable[[], datetime]) -> Iterator[Line]:
    """One call: who is asking, with what rights, and what time it is there."""
    try:
        answer = client.fetch(calls.context())
    except DnevnikError as problem:
        yield failed("vendor", problem)
        return
    now = clock()
    said = N_("The vendor answers and accepts the token: {address}.")
    yield fine("vendor", said, address=client.base_url)
    roles = (answer.value.roles if answer.value else None) or []
    shown = ", ".join(sorted(roles)) or "—"
    yield (
        fine("rights", N_("Roles of the token: {roles}."), roles=shown)
        if ADMINISTRATOR in roles
        else doubtful(
            "rights",
            N_("Roles of the token: {roles}. Such a token does not see the whole school."),
            N_("Use the token of an administrator of the school."),
            roles=shown,
        )
    )
    if answer.sent_at is not None:
        yield _clock(answer.sent_at - now)


def _clock(ahead: timedelta) -> Line:
    seconds = round(abs(ahead).total_seconds())
    if abs(ahead) <= CLOCK_SLACK:
        said = N_("This machine's clock agrees with the vendor's to {seconds} s.")
        return fine("clock", said, seconds=seconds)
    behind = N_("This machine's clock is {seconds} s behind the vendor's.")
    before = N_("This machine's clock is {seconds} s ahead of the vendor's.")
    return doubtful(
        "clock",
        behind if ahead > timedelta(0) else before,
        N_("Let the system set its clock over the network (NTP): deadlines and backups go by it."),
        seconds=seconds,
    )

"""What a person says about identity: this is the one, this is not, there is none yet."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.errors import UsageProblem
from connector.i18n import N_, _
from connector.mirror.store import Mirror
from connector.planned import Link, Question
from connector.sync.windows import study_year_of

NEW = "new"
LARGEST_ID = 2**63 - 1
_STAFF = "SELECT 1 FROM staff WHERE person_id = ? AND withdrawn_run IS NULL"
# Where an object that is no candidate must stand to be chosen by its id: a slip of the hand must not link to nobody.
_SHOWN = {
    "persons": "SELECT 1 FROM memberships WHERE role = 'EduStudent' AND person_id = ?",
    "teachers": _STAFF,
    "pairings": _STAFF,
    "subjects": "SELECT 1 FROM subjects WHERE id = ? AND withdrawn_run IS NULL",
    "edu_groups": "SELECT 1 FROM edu_groups WHERE id = ? AND withdrawn_run IS NULL",
}


def code_of(question: Question) -> str:
    """Short name of a question that can be typed and logged: it holds no child's name."""
    text = f"{question.resource}\x1f{question.local_key}"
    return hashlib.sha256(text.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer: `vendor_id` None means that the vendor has no such object yet; `refuses` all candidates are wrong."""

    code: str
    vendor_id: int | None = None
    refuses: bool = False


def accept_unique(questions: Iterable[Question]) -> list[Decision]:
    """The answers to all questions where exactly one fits and nobody else fits it."""
    return [
        Decision(code_of(q), q.candidates[0].vendor_id)
        for q in questions
        if q.unique and q.candidates
    ]


def unfit(mirror: Mirror, decisions: Iterable[Decision]) -> list[str]:
    """Codes of decisions whose id is neither a candidate nor an object of that kind in the mirror."""
    known = {code_of(q): q for q in mirror.questions()}
    return [
        d.code
        for d in decisions
        if d.code in known
        and d.vendor_id is not None
        and not _fits(mirror, known[d.code], d.vendor_id)
    ]


def _fits(mirror: Mirror, q: Question, vendor_id: int) -> bool:
    if vendor_id in {c.vendor_id for c in q.candidates}:
        return True
    sql = _SHOWN.get(q.resource)
    return bool(
        sql and 0 < vendor_id <= LARGEST_ID and mirror.query(f"{sql} LIMIT 1", (vendor_id,))
    )


def decide(
    mirror: Mirror, decisions: Sequence[Decision], *, by: str, at: datetime
) -> tuple[int, list[str]]:
    """Write answers down.

    Returns:
        How many were taken, and the codes that no open question has.

    Raises:
        UsageProblem: an id means nothing; nothing was written.

    """
    if wrong := unfit(mirror, decisions):
        text = N_(
            "The diary shows no such object: {codes}. Look the id up with `dnevnik map show`."
        )
        raise UsageProblem(_(text).format(codes=", ".join(wrong)))
    known = {code_of(q): q for q in mirror.questions()}
    taken, strangers = 0, []
    with mirror.transaction():
        for decision in decisions:
            question = known.get(decision.code)
            if question is None:
                strangers.append(decision.code)
                continue
            _write(mirror, question, decision, by, at)
            taken += 1
    return taken, strangers


def _write(mirror: Mirror, q: Question, decision: Decision, by: str, at: datetime) -> None:
    if decision.refuses or decision.vendor_id is None:
        # Who is new is none of those who were offered: they must not be offered again.
        wrong = [c.vendor_id for c in q.candidates]
        mirror.refuse(q.resource, q.local_key, wrong, by, at, q.study_year)
    if decision.refuses:
        mirror.close_question(q.resource, q.local_key)
        return
    score = next((c.score for c in q.candidates if c.vendor_id == decision.vendor_id), 100)
    year = q.study_year or study_year_of(at.date())
    mirror.link([Link(q.resource, q.local_key, decision.vendor_id, q.reason, score, by, year)], at)

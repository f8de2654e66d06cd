"""Send the operations of a plan: a line in the journal before each write, another when its fate is known."""

from connector.api.calls.base import Call
from connector.api.gateway import find_call, write_call
from connector.errors import (
    ApiError,
    DnevnikError,
    RateLimited,
    RequestRejected,
    SignInNeeded,
    TransportFailed,
    UsageProblem,
)
from connector.flows.desk import (
    OPEN,
    ApplyOptions,
    ApplyResult,
    Desk,
    Fate,
    created_link,
    expect_gone,
    forget_archived,
)
from connector.flows.documented import documented_call
from connector.planned import Operation, Values
from connector.records import RunId
from connector.sync.outcome import Resolver, done_id, is_done, is_stale
from connector.writes import WriteOperation, WriteProfile

# Rounds of sending what provably did not land; each begins with reading the school again.
ROUNDS = 3
# Writes that failed in a row before anything was sent: the vendor is away.
FAILURES_IN_A_ROW = 5
# No list shows who is archived, so reading the school again does not tell whether these landed.
_UNSEEN = ("person.archive", "person.restore")


class Sending:
    """One run over the operations of a plan.

    Attributes:
        fatal: why it stopped early.
        begun: the school was read and the journal looked at; what happens now must not lose the result.

    """

    def __init__(
        self,
        desk: Desk,
        profile: WriteProfile | None,
        options: ApplyOptions,
        run: RunId,
        result: ApplyResult,
    ) -> None:
        self.desk = desk
        self.profile = profile
        self.options = options
        self.run = run
        self.result = result
        self.fatal: DnevnikError | None = None
        self.begun = False
        self._unsent = 0
        # What the vendor refused is not asked for again in this run.
        self._refused: set[int] = set()
        # Lessons that this run took from their hour: what was read before still shows them there.
        self._freed: set[int] = set()

    def rounds(self) -> None:
        """Send what is not there, look again, and send what provably did not land."""
        desk = self.desk
        self._recall()
        for _round in range(ROUNDS):
            self._freed.clear()
            known = desk.resolver(desk.refresh(), self._freed)
            self.begun = True
            for number, o in enumerate(desk.plan.operations, 1):
                if self._state(o.number) != "applied" and o.number not in self._refused:
                    self.result.fates[o.number] = self._one(o, known)
                if self.fatal is not None:
                    return
                desk.progress(number, len(desk.plan.operations), o.op)
            if not self.result.count("unknown"):
                return

    def _recall(self) -> None:
        """Take over what earlier runs of this plan noted."""
        desk = self.desk
        journal = desk.mirror.journal(desk.digest)
        for o in desk.plan.operations:
            state, vendor_id, detail = journal.get(o.number, ("", None, None))
            if state != "applied" and state not in OPEN:
                continue
            fate = "applied" if state == "applied" else "unknown"
            self.result.fates[o.number] = Fate(fate, detail or "", vendor_id)
            if vendor_id is not None:
                desk.made[o.target] = vendor_id
        for o in desk.plan.operations:
            if o.number in self.result.fates:
                expect_gone(o, desk)

    def _state(self, number: int) -> str:
        fate = self.result.fates.get(number)
        return fate.state if fate else ""

    def _one(self, o: Operation, known: Resolver) -> Fate:
        lost = self._state(o.number) == "unknown"
        # What may have landed is looked for first: whatever forbids to send it must not make that forgotten.
        found = self._found(o, known, lost=lost) if lost else None
        if found is None and o.guards and not set(o.guards) <= self.options.forced:
            found = Fate("skipped", "guard")
        if found is None:
            waiting = [n for n in o.needs if self._state(n) != "applied"]
            found = Fate("skipped", f"needs {waiting[0]}") if waiting else None
        if found is None and not lost:
            found = self._found(o, known, lost=lost)
        if found is None and is_stale(o, known):
            found = Fate("skipped", "stale")
        return self._end(o, found) if found is not None else self._send(o, known, lost=lost)

    def _found(self, o: Operation, known: Resolver, *, lost: bool) -> Fate | None:
        """The fate of what may be so already; None: it is not, and may be sent."""
        word = "found again" if lost else "was so"
        if o.op == "person.create":
            return self._found_person(o, known, lost=lost)
        if o.op.endswith(".create"):
            there = done_id(o, known)
            return None if there is None else Fate("applied", word, there)
        if o.op in _UNSEEN:
            how = self._how(o)
            return Fate("unknown", "cannot be seen") if lost and how and not how.repeat else None
        return Fate("applied", word) if is_done(o, known) else None

    def _found_person(self, o: Operation, known: Resolver, *, lost: bool) -> Fate | None:
        after = o.after or {}
        ours = set(self.desk.made.values())
        how = self._how(o)
        searchable = how is not None and how.find is not None
        nameless = not after.get("snils") and not after.get("birthday")
        if how is not None and searchable and (lost or nameless):
            values = {**after, "school": self.desk.plan.school_id}
            ids = self.desk.client(find_call(how, values))
            # Who was there when it was planned is another one; a lost one may stand in a class by now.
            there_before = set(map(int, known.namesakes.get(o.target, ())))
            others = there_before if lost else known.have.persons.keys()
            strangers = set(ids) - ours - others - known.have.teachers.keys()
            # Where only the name speaks, nobody of it was there but those we know, else it had not been sent.
            if lost and len(strangers) == 1:
                return Fate("applied", "found again", strangers.pop())
            if strangers:
                return Fate("unknown" if lost else "failed", "several fit")
            if lost:
                return None
        # Somebody of this name came into this class since the plan was made: nobody may guess whether he is the one.
        there = done_id(o, known)
        if there is not None and there not in ours:
            return Fate("applied", "found again", there) if lost else Fate("skipped", "stale")
        return Fate("unknown", "cannot be seen") if lost else None

    def _send(self, o: Operation, known: Resolver, *, lost: bool) -> Fate:
        values = known.resolved(o.after or o.before)
        target = known.id_of(o.target)
        if values is None or (target is None and not o.op.endswith(".create")):
            return self._end(o, Fate("skipped", "reference"))
        given = values | {"school": self.desk.plan.school_id, "target": target}
        try:
            call = self._call(o, given)
        except UsageProblem:
            return self._end(o, Fate("failed", "values"))
        self._note(o, Fate("sending"))
        try:
            made = self.desk.client(call)
        except ApiError as error:
            fate = self._failed(error)
            if fate.detail == "conflict" and lost:
                # It landed after all, and what was read lags behind.
                fate = Fate("unknown", "conflict")
            elif isinstance(error, RequestRejected):
                self._refused.add(o.number)
            return self._end(o, fate)
        self._unsent = 0
        if made is None and self.profile is None and o.op.endswith(".create"):
            # The documented answer may be empty: the next reading tells the id.
            return self._end(o, Fate("unknown", "no id"))
        return self._end(o, Fate("applied", "", made))

    def _how(self, o: Operation) -> WriteOperation | None:
        return None if self.profile is None else self.profile.operations.get(o.op)

    def _call(self, o: Operation, given: Values) -> Call[int | None]:
        """Raises UsageProblem: the operation does not carry what its call needs."""
        if self.profile is None:
            return documented_call(o.op, given, there=o.before is not None)
        return write_call(self.profile, o.op, given)

    def _failed(self, error: ApiError) -> Fate:
        word = type(error).__name__
        if isinstance(error, SignInNeeded | RateLimited):
            self.fatal = error
            return Fate("failed", word)
        if isinstance(error, RequestRejected):
            self._unsent = 0
            return Fate("failed", str(error.facts.get("type") or "") or word)
        if isinstance(error, TransportFailed) and not error.sent:
            self._unsent += 1
            if self._unsent >= FAILURES_IN_A_ROW:
                self.fatal = error
            return Fate("failed", "not sent")
        # It may have landed.
        return Fate("unknown", word)

    def _note(self, o: Operation, fate: Fate) -> None:
        mirror, at = self.desk.mirror, self.desk.clock()
        with mirror.transaction():
            mirror.write_down(
                self.run,
                self.desk.digest,
                o.number,
                fate.state,
                at,
                vendor_id=fate.vendor_id,
                detail=fate.detail or None,
            )
            if fate.state == "applied" and fate.vendor_id is not None and o.target.startswith("@"):
                mirror.link(
                    [created_link(o, fate.vendor_id, self.desk.plan.study_year)], at, self.run
                )
            if fate.state == "applied":
                forget_archived(o, mirror)

    def _end(self, o: Operation, fate: Fate) -> Fate:
        self._note(o, fate)
        if fate.state == "applied":
            if fate.vendor_id is not None:
                self.desk.made[o.target] = fate.vendor_id
            if o.op in ("lesson.cancel", "lesson.update") and o.target.isdecimal():
                self._freed.add(int(o.target))
            expect_gone(o, self.desk)
        return fate

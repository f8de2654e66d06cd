"""Who asks: tokens, what each may see, how fast each may ask."""

from dataclasses import dataclass, field

from connector.sandbox.model import Group, School
from connector.sandbox.people import Person

ROLES = {
    "admin": ["EduStaff", "EduSchoolAdministrator"],
    "teacher": ["EduStaff"],
    "parent": ["EduParent"],
}


class Refusal(Exception):
    """An answer in the vendor's error form."""

    def __init__(self, status: int, kind: str, description: str) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind
        self.description = description


def not_found(what: str) -> Refusal:
    """What the vendor says about an object it does not have or a value it cannot read (notes, section 3)."""
    return Refusal(404, "parameterInvalid", f"Parameter is invalid: {what}")


def forbidden(kind: str = "ownerForbidden") -> Refusal:
    """Refused rights."""
    return Refusal(403, kind, "Access is forbidden")


def conflict(what: str) -> Refusal:
    """What is asked for contradicts what is there."""
    return Refusal(409, "conflict", what)


@dataclass(slots=True)
class Viewer:
    """The owner of a token. `groups` and `persons` of None mean all of the school."""

    role: str
    person: Person
    groups: frozenset[int] | None = None
    persons: frozenset[int] | None = None
    child: Person | None = None

    def may_see(self, group: Group) -> bool:
        """Whether a group is within the owner's rights."""
        return self.groups is None or group.number in self.groups

    @property
    def only(self) -> frozenset[int] | None:
        """Persons whose entries are shown inside a visible group; None for staff, who see all of it."""
        return self.persons if self.role == "parent" else None


class Bucket:
    """A token bucket: `burst` calls at once, `rate` a second in the long run."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, float(burst)
        self._level, self._at = float(burst), 0.0

    def take(self, now: float) -> bool:
        """Count one call at a monotonic time; False when it comes too early."""
        self._level = min(self._burst, self._level + (now - self._at) * self._rate)
        self._at = now
        if self._level < 1.0:
            return False
        self._level -= 1.0
        return True


def token_of(role: str, seed: int) -> str:
    """The role's token: 32 characters, the same for the same seed, of no value anywhere else."""
    return f"sandbox{role}{seed:x}".ljust(32, "0")[:32]


@dataclass(slots=True)
class Door:
    """Tokens in use, those that expired, and each one's pace."""

    school: School
    seed: int
    rate: float
    burst: int
    expired: set[str] = field(default_factory=set)
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _viewers: dict[str, Viewer] = field(default_factory=dict)
    _refused: int = 0

    @property
    def tokens(self) -> dict[str, str]:
        """Role → token."""
        return {role: token_of(role, self.seed) for role in ROLES}

    def viewer(self, token: str) -> Viewer:
        """Who a token belongs to.

        Raises:
            Refusal: 401, there is none, it is unknown or it expired.

        """
        if not token:
            raise Refusal(401, "tokenRequired", "Access token is required")
        role = next((role for role, known in self.tokens.items() if known == token), None)
        if role is None or token in self.expired:
            raise Refusal(401, "invalidToken", "Access token is invalid or expired")
        if role not in self._viewers:
            self._viewers[role] = {
                "admin": self._admin,
                "teacher": self._teacher,
                "parent": self._parent,
            }[role]()
        return self._viewers[role]

    def forget(self) -> None:
        """Work rights out anew: a roll changed."""
        self._viewers.clear()

    def pace(self, token: str, now: float) -> Refusal | None:
        """A refusal when a token's owner asks too fast: 429 and 433 in turn (notes, section 3)."""
        if self._buckets.setdefault(token, Bucket(self.rate, self.burst)).take(now):
            return None
        self._refused += 1
        return Refusal(
            429 if self._refused % 2 else 433, "apiRequestLimit", "Request limit is exceeded"
        )

    def _admin(self) -> Viewer:
        return Viewer("admin", self.school.admin)

    def _teacher(self) -> Viewer:
        me = self.school.teacher
        own = [g for g in self.school.groups if me in g.teachers or g.class_teacher is me]
        pupils = {m.person.number for g in own for m in g.roll}
        staff = {p.number for p in self.school.staff}
        return Viewer("teacher", me, frozenset(g.number for g in own), frozenset(pupils | staff))

    def _parent(self) -> Viewer:
        child = self.school.child
        own = frozenset(
            g.number for g in self.school.groups if any(m.person is child for m in g.roll)
        )
        return Viewer(
            "parent",
            self.school.parent,
            own,
            frozenset({child.number, self.school.parent.number}),
            child,
        )

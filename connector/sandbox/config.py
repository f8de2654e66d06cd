"""Settings of the emulated vendor: its school, its pace, and how it plays what the notes leave open."""

from dataclasses import dataclass
from datetime import date

CHOICES = {
    "marks_by": ("lesson", "entry"),
    "timetables_as": ("array", "object"),
    "homework_lesson": ("given", "due"),
    "attendance": ("exceptions", "roll"),
    "statuses": ("sparse", "words"),
    "week": (5, 6),
    "second_mark": ("replace", "add"),
    "plant": ("usual", "rules"),
}
# A school without a fourth or a first parallel has no cases of some exemptions.
FEWEST_CLASSES, FEWEST_PUPILS = 11, 130


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """One emulated school. The same settings give the same bytes.

    Attributes:
        seed: starts every random choice.
        pupils: pupils on the rolls, leavers and arrivals included.
        today: the emulator's day in the school's zone; required to start, given by the caller who owns a clock.
        latency_ms: pause before every answer.
        rate: calls a second and token that are answered in the long run; the next ones get 429 or 433.
        burst: calls answered at once after a rest.
        marks_by: `edu-groups/{group}/marks/{from}/{to}` filters by the lesson's day or by the day of entry.
        subgroups_listed: `schools/{school}/edu-groups` lists subgroups too.
        edu_groups_refused: that call answers 403 `outOfScope`.
        timetables_as: `array`: a school's bell schedules are an array, a group's an object; `object`: the other way round.
        homework_lesson: a homework's `lesson` is the lesson it was given at, or the lesson it is due on.
        attendance: `exceptions`: entries only for the absent and late; `roll`: `Attend` entries for the rest.
        statuses: lesson status `sparse` (null, except cancelled ones) or in `words` (Completed, Planned …).
        week: days of the school week; the first parallel always has five.
        second_mark: a mark posted to a pupil who has one for that work takes its place, or is added to it.
        plant: `usual`: what teachers forget by themselves; `rules`: cases of every rule too, and their look-alikes.
        classes: number of classes; by default as many as the pupils need.
        faults: scripted faults, TOML text.
        state: file that keeps what is written to the school over a restart; none: it lasts as long as the process.

    """

    seed: int = 7
    pupils: int = 550
    today: date | None = None
    latency_ms: int = 0
    rate: float = 200.0
    burst: int = 400
    marks_by: str = "lesson"
    subgroups_listed: bool = True
    edu_groups_refused: bool = False
    timetables_as: str = "array"
    homework_lesson: str = "given"
    attendance: str = "exceptions"
    statuses: str = "sparse"
    week: int = 5
    second_mark: str = "replace"
    plant: str = "usual"
    classes: int | None = None
    faults: str | None = None
    state: str | None = None

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"{name}: {getattr(self, name)!r} is not one of {', '.join(map(str, allowed))}"
                )
        if not 1 <= self.pupils <= 3000:
            raise ValueError(f"pupils: {self.pupils} is not between 1 and 3000")
        if self.classes is not None and not 1 <= self.classes <= 150:
            raise ValueError(f"classes: {self.classes} is not between 1 and 150")
        large = self.pupils >= FEWEST_PUPILS and self.class_count >= FEWEST_CLASSES
        if self.plant == "rules" and not large:
            raise ValueError(
                f"plant: cases of every rule need at least {FEWEST_CLASSES} classes and {FEWEST_PUPILS} pupils"
            )
        if self.rate <= 0 or self.burst < 1 or self.latency_ms < 0:
            raise ValueError("rate and burst must be positive, latency_ms not negative")

    @property
    def day(self) -> date:
        """The emulator's day.

        Raises:
            ValueError: none was given.

        """
        if self.today is None:
            raise ValueError("today is not set: the caller owns the clock")
        return self.today

    @property
    def class_count(self) -> int:
        """Classes to make, about 25 pupils each."""
        return self.classes or max(1, min(150, round(self.pupils / 25)))

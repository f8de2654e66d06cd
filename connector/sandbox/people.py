"""The people of the school: pupils, staff, one parent with an account."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from connector.sandbox import ids, names


@dataclass(slots=True, eq=False)
class Person:
    """One human. `number` gives both ids; a pupil may have no account, then there is no user.

    Only what was written may lack sex or birthday. `left` is the day from which one is archived.
    """

    number: int
    sex: str | None
    last_name: str
    first_name: str
    middle_name: str | None
    birthday: date | None
    has_account: bool = True
    snils: str | None = None
    left: date | None = None

    @property
    def id(self) -> int:
        """Person id, 13 digits."""
        return ids.PERSON.encode(self.number)

    @property
    def user_id(self) -> int | None:
        """User id, 13 digits; None without an account."""
        return ids.USER.encode(self.number) if self.has_account else None

    @property
    def short_name(self) -> str:
        """«Иванова А. П.»."""
        initials = " ".join(f"{name[0]}." for name in (self.first_name, self.middle_name) if name)
        return f"{self.last_name} {initials}"


class Registry:
    """Makes invented people in order and finds them again."""

    def __init__(self, seed: int, year: int) -> None:
        self._random = Random(f"{seed}/people")
        self._year = year
        self.people: list[Person] = []

    def pupil(self, parallel: int) -> Person:
        """A pupil of about the right age; one in twenty has no account."""
        age = timedelta(days=self._random.randrange(365) + 365 * (6 + parallel))
        return self._add(date(self._year, 9, 1) - age, account=self._random.random() > 0.05)

    def adult(self, sex: str | None = None) -> Person:
        """A member of staff or a parent, always with an account."""
        return self._add(
            date(self._year, 9, 1) - timedelta(days=365 * 24 + self._random.randrange(365 * 40)),
            account=True,
            sex=sex,
            plain=True,
        )

    def namesake(self, of: Person) -> Person:
        """Another pupil with the very same full name and another birthday."""
        twin = Person(
            len(self.people),
            of.sex,
            of.last_name,
            of.first_name,
            of.middle_name,
            of.birthday and of.birthday + timedelta(days=37),
        )
        self.people.append(twin)
        return twin

    def _add(
        self, birthday: date, *, account: bool, sex: str | None = None, plain: bool = False
    ) -> Person:
        random = self._random
        sex = sex or random.choice(("Male", "Female"))
        chance = 1.0 if plain else random.random()
        last, first, middle = self._name(sex, chance)
        person = Person(len(self.people), sex, last, first, middle, birthday, account)
        self.people.append(person)
        return person

    def _name(self, sex: str, chance: float) -> tuple[str, str, str | None]:
        random = self._random
        if chance < 0.02:
            return random.choice(names.EASTERN[sex])
        if chance < 0.035:
            last, first = random.choice(names.PLAIN[sex])
            return last, first, None
        last = names.surname(random.choice(names.SURNAMES), sex)
        first = random.choice(names.MALE if sex == "Male" else names.FEMALE)
        middle = names.patronymic(random.choice(names.FATHERS), sex)
        # Offices type ё as е now and then.
        if random.random() < 0.3:
            last, first = last.replace("ё", "е"), first.replace("ё", "е")
        return last, first, middle

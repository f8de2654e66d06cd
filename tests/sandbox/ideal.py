"""The four rules once more, by brute force over plain HTTP answers: no state of the emulator, no code of ours."""

from collections import defaultdict
from datetime import date, timedelta

UNGRADED = {
    "Разговоры о важном", "Классный час", "ОРКСЭ", "Основы религиозных культур и светской этики", "ОДНКНР",
    "Основы духовно-нравственной культуры народов России",
}  # fmt: skip
NO_HOMEWORK = {"Разговоры о важном", "Классный час"}
AWAY = {"Absent", "Ill", "Pass"}


def days(text):
    return date.fromisoformat(text[:10])


class Journal:
    """All lessons of all groups as the vendor shows them, and what hangs on them."""

    def __init__(self, asker, today):
        self.today = today
        self.groups = {group["id"]: group for group in asker.groups()}
        self.lessons = {}
        self.marked = set()
        self.entries = defaultdict(list)
        self.periods, self.holidays, self.members = {}, {}, {}
        for group in self.groups:
            found = asker.ask(f"/edu-groups/{group}/reporting-period-group")
            self.periods[group] = [
                (days(p["start"]), days(p["finish"])) for p in found["reportingPeriods"]
            ]
            self.holidays[group] = [
                (days(h["dateStart"]), days(h["dateFinish"])) for h in found["holidays"]
            ]
            self.members[group] = {
                person["id"] for person in asker.ask(f"/edu-groups/{group}/persons")
            }
            lessons = asker.ask(f"/edu-groups/{group}/lessons/2025-08-01/2026-07-31")
            self.lessons |= {lesson["id"]: lesson for lesson in lessons}
            past = [lesson["id"] for lesson in lessons if days(lesson["date"]) <= today]
            self.marked |= {mark["lesson"] for mark in asker.ask("/lessons/many/marks", past)}
            for entry in asker.ask(
                f"/lesson-log-entries/group/{group}?from=2025-08-01&to=2026-07-31"
            ):
                self.entries[entry["lesson"]].append(entry)
        self.six_days = any(days(lesson["date"]).weekday() == 5 for lesson in self.lessons.values())
        self.held = [
            lesson
            for lesson in self.lessons.values()
            if days(lesson["date"]) < today and not self.cancelled(lesson)
        ]
        self.chains = defaultdict(list)
        for lesson in sorted(self.lessons.values(), key=lambda x: (x["date"], x["number"])):
            self.chains[lesson["group"], lesson["subject"]["id"]].append(lesson)

    @staticmethod
    def cancelled(lesson):
        return "cancel" in (lesson["status"] or "").lower()

    def group(self, lesson):
        return self.groups[lesson["group"]]

    def exempt(self, lesson):
        return self.group(lesson)["parallel"] == 1 or "надомн" in self.group(lesson)["name"]

    def working(self, group, day):
        inside = any(start <= day <= finish for start, finish in self.periods[group])
        free = any(start <= day <= finish for start, finish in self.holidays[group])
        return inside and not free and day.weekday() != 6 and (day.weekday() != 5 or self.six_days)

    def period(self, lesson):
        day = days(lesson["date"])
        return next(
            period for period in self.periods[lesson["group"]] if period[0] <= day <= period[1]
        )

    def chain(self, lesson):
        chain = self.chains[lesson["group"], lesson["subject"]["id"]]
        return chain, chain.index(lesson)


def topic(journal):
    return {lesson["id"] for lesson in journal.held if not (lesson.get("title") or "").strip()}


def homework(journal, reading):
    given = set()
    for lesson in journal.lessons.values():
        if any(work["type"] == "Homework" for work in lesson["works"]):
            chain, place = journal.chain(lesson)
            given.add(lesson["id"] if reading == "given" else chain[place - 1]["id"])
    found = set()
    for lesson in journal.held:
        chain, place = journal.chain(lesson)
        later = (
            place + 1 < len(chain) and days(chain[place + 1]["date"]) <= journal.period(lesson)[1]
        )
        if (
            later
            and lesson["id"] not in given
            and lesson["subject"]["name"] not in NO_HOMEWORK
            and not journal.exempt(lesson)
        ):
            found.add(lesson["id"])
    return found


def marks(journal):
    found = set()
    for lesson in journal.held:
        if (
            journal.exempt(lesson)
            or lesson["subject"]["name"] in UNGRADED
            or lesson["id"] in journal.marked
        ):
            continue
        due = days(lesson["date"]) + timedelta(1)
        while due < journal.today and not journal.working(lesson["group"], due):
            due += timedelta(1)
        if due < journal.today:
            found.add(lesson["id"])
    return found


def attendance(journal):
    by_group, away = defaultdict(list), defaultdict(set)
    for lesson in journal.held:
        by_group[lesson["group"]].append(lesson)
    for lesson in journal.lessons.values():
        for entry in journal.entries[lesson["id"]]:
            if entry["status"] in AWAY:
                away[entry["person"], lesson["date"]].add(lesson["number"])
    found = set()
    for group, lessons in by_group.items():
        with_roll = sum(
            any(e["status"] == "Attend" for e in journal.entries[lesson["id"]])
            for lesson in lessons
        )
        for lesson in lessons:
            if journal.entries[lesson["id"]] or "надомн" in journal.group(lesson)["name"]:
                continue
            around = [away[person, lesson["date"]] for person in journal.members[group]]
            proven = any(
                numbers and min(numbers) < lesson["number"] < max(numbers) for numbers in around
            )
            if with_roll >= 0.8 * len(lessons) or proven:
                found.add(lesson["id"])
    return found


def judge(journal, reading):
    """Rule → lesson ids, as an ideal report finds them."""
    return {
        "TOPIC": topic(journal),
        "HW": homework(journal, reading),
        "MARK0": marks(journal),
        "ATT": attendance(journal),
    }

"""Laws of writing: what is refused changes nothing, what is taken back leaves no trace, what is done again gives the same."""

from dataclasses import dataclass, field
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.access import Refusal, Viewer
from connector.sandbox.app import App
from connector.sandbox.desk import Desk, subject_id
from connector.sandbox.ledger import Ledger
from connector.sandbox.routing import Done
from connector.sandbox.shadow import Shadow
from connector.sandbox.snapshot import state_of
from connector.sandbox.wire import SCHOOL_ID
from tests.sandbox.asking import config

DAY = "2025-11-20"
KINDS = (
    "edu_group.create",
    "edu_group.update",
    "edu_group.archive",
    "person.create",
    "person.update",
    "person.archive",
    "membership.add",
    "membership.move",
    "membership.end",
    "lesson.create",
    "lesson.update",
    "lesson.cancel",
)
# What to do, and numbers that choose what it is done to.
orders = st.lists(
    st.tuples(st.sampled_from(KINDS), *[st.integers(0, 10_000)] * 3), min_size=1, max_size=25
)
# The routes are filled when the application is imported.
assert App


def seeded():
    return Desk(config(pupils=14))


def rows(desk):
    """Live rows, of lessons those of the days that orders touch."""
    return state_of(desk, date(2025, 12, 5), date(2025, 12, 6))


@dataclass
class Hand:
    """Writes at random, and knows how each write is taken back."""

    ledger: Ledger
    back: list = field(default_factory=list)

    @property
    def desk(self):
        return self.ledger.desk

    def call(self, method, path, body=None, query=None):
        viewer = Viewer("admin", self.desk.school.admin)
        return self.ledger.call(method, path, query or {}, body, viewer)

    def do(self, kind, a, b, c):
        """Carry an order out; whatever it was, the school must be whole afterwards."""
        before, known = rows(self.desk), len(self.back)
        try:
            getattr(self, kind.replace(".", "_"))(a, b, c)
        except Refusal:
            assert rows(self.desk) == before
            assert len(self.back) == known

    def undo(self):
        for method, path, body in reversed(self.back):
            assert self.call(method, path, body) is not None

    # What an order is done to

    def group(self, n):
        groups = self.desk.school.groups
        return groups[n % len(groups)]

    def person(self, n):
        """Pupils of two small classes, and all who were entered."""
        pupils = [p for p in self.desk.school.people if p not in self.desk.school.staff]
        return pupils[n % len(pupils)]

    def lesson(self, n):
        """Lessons of one day that is still to come, in all groups."""
        found = [
            lesson
            for group in self.desk.school.groups
            for lesson in group.lessons
            if lesson.day.isoformat() in {"2025-12-05", "2025-12-06"}
        ]
        return found[n % len(found)]

    def later(self, *call):
        self.back.append(call)

    # Orders and their inverses

    def edu_group_create(self, a, b, _c):
        body = {
            "name": f"5{'БВ'[b % 2]}",
            "parallel": 5,
            "studyyear": 2025 + a % 2,
            "type": "Group",
        }
        made = self.call("POST", f"/schools/{SCHOOL_ID}/edu-groups", body)
        self.later("DELETE", f"/edu-groups/{made['id']}", None)

    def edu_group_update(self, a, b, _c):
        group = self.group(a)
        before = {"name": group.name}
        self.call("PUT", f"/edu-groups/{group.id}", {"name": f"7{'АБВ'[b % 3]}"})
        self.later("PUT", f"/edu-groups/{group.id}", before)

    def edu_group_archive(self, a, _b, _c):
        group = self.group(a)
        was = group.archived
        self.call("DELETE", f"/edu-groups/{group.id}")
        if not was:
            self.later("POST", f"/edu-groups/{group.id}/restore", None)

    def person_create(self, a, b, _c):
        body = {
            "lastName": f"Новый{'аб'[a % 2]}",
            "firstName": "Ян",
            "birthday": f"2014-01-0{1 + b % 3}",
        }
        made = self.call("POST", f"/schools/{SCHOOL_ID}/persons", body)
        self.later("DELETE", f"/persons/{made['id']}", None)

    def person_update(self, a, b, c):
        person = self.person(a)
        before = {"lastName": person.last_name, "birthday": str(person.birthday or DAY)}
        body = {"lastName": f"Иная{b % 2}", "birthday": f"2013-01-0{1 + c % 2}"}
        self.call("PUT", f"/persons/{person.id}", body)
        self.later("PUT", f"/persons/{person.id}", before)

    def person_archive(self, a, _b, _c):
        person = self.person(a)
        was = person.left
        self.call("DELETE", f"/persons/{person.id}")
        if not was:
            self.later("POST", f"/persons/{person.id}/restore", None)

    def membership_add(self, a, b, _c):
        group, person = self.group(a), self.person(b)
        if person.left:
            # The archive is left by a membership: its inverse would be a plan of its own.
            return
        self.call("POST", f"/edu-groups/{group.id}/students", {"person": person.id, "from": DAY})
        self.later("DELETE", f"/edu-groups/{group.id}/students/{person.id}", None)

    def membership_move(self, a, b, c):
        person = self.person(c)
        way = {"from_group": self.group(a).id, "to_group": self.group(b).id, "date": DAY}
        self.call("POST", f"/persons/{person.id}/transfers", way)
        back = way | {"from_group": way["to_group"], "to_group": way["from_group"]}
        self.later("POST", f"/persons/{person.id}/transfers", back)

    def membership_end(self, a, b, _c):
        group, person = self.group(a), self.person(b)
        self.call("DELETE", f"/edu-groups/{group.id}/students/{person.id}")
        body = {"person": person.id, "from": DAY}
        self.later("POST", f"/edu-groups/{group.id}/students", body)

    def lesson_create(self, a, b, c):
        like = self.lesson(a)
        body = self.values(like) | {"number": b % 9, "teachers": self.teachers(c)}
        made = self.call("POST", f"/edu-groups/{self.group(c).id}/lessons", body)
        self.later("DELETE", f"/lessons/{_id_of(made)}", None)

    def lesson_update(self, a, b, c):
        lesson = self.lesson(a)
        before = self.values(lesson)
        body = {"number": b % 9} if c % 2 else {"teachers": self.teachers(b), "date": "2025-12-06"}
        self.call("PUT", f"/lessons/{lesson.id}", body)
        self.later("PUT", f"/lessons/{lesson.id}", before)

    def lesson_cancel(self, a, _b, _c):
        lesson = self.lesson(a)
        self.call("DELETE", f"/lessons/{lesson.id}")
        self.later("POST", f"/lessons/{lesson.id}/restore", None)

    def teachers(self, n):
        staff = self.desk.school.staff
        return [staff[n % len(staff)].id]

    def values(self, lesson):
        return {
            "subject": subject_id(lesson.subject),
            "date": lesson.day.isoformat(),
            "number": lesson.number,
            "teachers": [who.id for who in lesson.teachers],
        }


def _id_of(made):
    return made.split('"id":', 1)[1].split(",", 1)[0]


def live(desk):
    """Live rows, and who shows up as teaching and learning where."""
    taught = {
        group.number: (sorted(who.number for who in group.teachers), sorted(group.taught))
        for group in desk.groups
    }
    return rows(desk), taught


@settings(max_examples=60, deadline=None)
@given(orders)
def test_writes_and_their_inverses_leave_no_trace_and_refusals_change_nothing(todo):
    hand = Hand(Ledger(seeded()))
    before = live(hand.desk)
    for order in todo:
        hand.do(*order)
    hand.undo()
    assert live(hand.desk) == before


@settings(max_examples=30, deadline=None)
@given(orders)
def test_lessons_stay_in_order_and_chained_by_subject(todo):
    hand = Hand(Ledger(seeded()))
    for order in todo:
        hand.do(*order)
    for group in hand.desk.school.groups:
        times = [(lesson.day, lesson.number) for lesson in group.lessons]
        assert times == sorted(times)
        last = {}
        for lesson in group.lessons:
            period = group.calendar.period_of(lesson.day)
            chain = (lesson.subject, period and period.number)
            assert lesson.before is last.get(chain)
            assert lesson.before is None or lesson.before.after is lesson
            last[chain] = lesson
        assert all(lesson.after is None for lesson in last.values())


@settings(max_examples=30, deadline=None)
@given(orders, st.data())
def test_the_entries_alone_give_the_school_at_every_moment(todo, data):
    hand = Hand(Ledger(seeded()))
    states = [rows(hand.desk)]
    for order in todo:
        known = len(hand.ledger.entries)
        hand.do(*order)
        if len(hand.ledger.entries) > known:
            states.append(rows(hand.desk))
    shadow = Shadow(hand.ledger)
    moment = data.draw(st.integers(0, len(states) - 1))
    assert rows(shadow.at(len(states) - 1)) == states[-1]
    assert rows(shadow.at(moment)) == states[moment]


def test_the_first_write_of_all_can_be_a_lesson_s_title(living):
    """Tables of the lesson book are made when first needed; they must hold what is about to be taken out."""
    lesson = living.ask(f"/edu-groups/{living.group('5А')}/lessons/2025-12-05/2025-12-05")[0]
    assert living.write("PUT", f"/lessons/{lesson['id']}", {"title": "Дроби"})["title"] == "Дроби"


def test_an_answer_without_a_body_is_one(living):
    assert isinstance(
        Hand(Ledger(living.running.desk)).call("DELETE", f"/edu-groups/{living.group('5А')}"), Done
    )

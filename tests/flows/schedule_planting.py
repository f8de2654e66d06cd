"""Plants in the emulator's diary and in the school's papers what the report of hours must find, and what it must not."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Planted:
    """What was put into the diary and the papers, and what must be found of it."""

    plans: list = field(default_factory=list)
    lessons: dict = field(default_factory=lambda: defaultdict(set))
    courses: set = field(default_factory=set)
    near: dict = field(default_factory=lambda: defaultdict(int))
    substituted: set = field(default_factory=set)


def past(desk, lessons):
    return [one for one in lessons if one.day < desk.today and one.stands]


def courses_of(desk):
    """Lessons of the year by group and subject, of classes and their parts."""
    found = defaultdict(list)
    for group in desk.school.groups:
        if group.kind in {"class", "subgroup"}:
            for lesson in sorted(group.lessons, key=lambda one: (one.day, one.number)):
                found[group.number, lesson.subject].append(lesson)
    return found


def rename(lesson, title):
    lesson.title = title
    lesson.shown.clear()


def plant(desk):
    made = Planted()
    plant_substitutes(desk, made)
    for number, lessons in enumerate(courses_of(desk).values()):
        plant_plan(desk, made, number, lessons)
    return made


def plant_substitutes(desk, made):
    """Every 100th past lesson is given by a teacher who never gives that subject to that group."""
    lessons = [
        lesson
        for group in desk.school.groups
        if group.kind in {"class", "subgroup"}
        for lesson in past(desk, group.lessons)
    ]
    for number, lesson in enumerate(lessons[::100]):
        others = [who for who in desk.school.staff if who not in lesson.group.teachers]
        lesson.teachers = [others[number % len(others)]]
        rename(lesson, None if number % 3 else "Замена: повторение")
        made.substituted.add(lesson.id)
        if lesson.title is None:
            made.lessons["SUBST"].add((lesson.id, lesson.teachers[0].id))
        else:
            made.near["SUBST"] += 1


def plant_plan(desk, made, number, lessons):
    """Of every eight courses: behind by dates and on the edge of it, by topics likewise, two in disorder, twice, on its edge."""
    subject = lessons[0].subject
    held = past(desk, lessons)
    if len(held) < 12:
        return
    texts = {id(lesson): f"{subject}: тема {n}" for n, lesson in enumerate(lessons, 1)}
    for lesson in written(made, held):
        rename(lesson, texts[id(lesson)])
    topics = [(texts[id(lesson)], 1, lesson.day) for lesson in lessons]
    topics = WAYS[number % len(WAYS)](made, lessons, held, topics)
    if all(day for _text, _hours, day in topics):
        note_lag(desk, made, lessons[0], held, topics)
    made.plans.append((*of_class(lessons[0].group), subject, "", topics))


def note_lag(desk, made, first, held, topics):
    lag = sum(hours for _text, hours, day in topics if day < desk.today) - len(held)
    if lag > 2:
        made.courses.add((first.group.id, first.subject))
    made.near["KTP"] += lag == 2


def of_class(group):
    """A group's class and its own name inside it."""
    if not group.parents:
        return group.name, ""
    return group.parents[0].name, group.name[len(group.parents[0].name) :].strip(" ()")


def more_hours(count):
    """Hours of the plan, in the first week, that no lesson was for."""

    def plant_one(_made, lessons, _held, topics):
        subject, day = lessons[0].subject, lessons[0].day
        return [(f"{subject}: введение {n}", 1, day) for n in range(count)] + topics

    return plant_one


def older_topics(lag):
    """From the second lesson on the topics are those of lessons before; the plan has no dates."""

    def plant_one(made, lessons, held, topics):
        for n, lesson in enumerate(held):
            if lesson.id not in made.substituted:
                number = 1 if n == 0 else n + 1 - lag
                text = f"{lesson.subject}: тема {number}"
                rename(lesson, text if n == 0 or number > 1 else "Входная диагностика")
        if lag > 2:
            made.lessons["KTP"].add(written(made, held)[-1].id)
        else:
            made.near["KTP by topics"] += 1
        return [(text, hours, None) for text, hours, _day in topics]

    return plant_one


def swapped(one, other):
    """Two topics in each other's place: of neighbours one is out of order, at a distance both are."""

    def plant_one(made, _lessons, held, topics):
        first, second = written(made, held)[one], written(made, held)[other]
        texts = first.title, second.title
        rename(first, texts[1])
        rename(second, texts[0])
        made.lessons["KTPORDER"] |= {first.id} | ({second.id} if other - one > 1 else set())
        return topics

    return plant_one


def twice(made, _lessons, held, topics):
    """A topic of one hour is written at two lessons, in two places of the course."""
    for at in (4, 8):
        first, second = written(made, held)[at : at + 2]
        rename(second, first.title)
        made.lessons["KTPTWICE"].add(second.id)
    return topics


def two_hours(made, lessons, held, topics):
    """A topic of two hours is written at two lessons, as planned."""
    at = lessons.index(written(made, held)[4])
    text, _hours, day = topics[at]
    if lessons[at + 1] in written(made, held):
        rename(lessons[at + 1], text)
        made.near["KTPTWICE"] += 1
    return [*topics[:at], (text, 2, day), *topics[at + 2 :]]


WAYS = (
    more_hours(3),
    more_hours(2),
    older_topics(3),
    older_topics(2),
    swapped(4, 5),
    swapped(3, 7),
    twice,
    two_hours,
)


def written(made, held):
    return [lesson for lesson in held if lesson.title and lesson.id not in made.substituted]

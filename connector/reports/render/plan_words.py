"""The words of a plan for people: what an operation does, why, how its object was recognised. All sets are open."""

from collections.abc import Mapping
from types import MappingProxyType

from connector.i18n import N_
from connector.planned import Channel
from connector.vocab import ATTENDANCE, GROUP_TYPES


def _frozen(words: dict[str, str]) -> Mapping[str, str]:
    return MappingProxyType(words)


PLAN_KINDS = _frozen(
    {
        "roster": N_("Plan of class lists"),
        "schedule": N_("Plan of the schedule"),
        "restore": N_("Plan of a restoration from a backup"),
        "undo": N_("Plan that takes an applied plan back"),
    }
)

CHANNELS: Mapping[Channel, str] = MappingProxyType(
    {
        Channel.FILE: N_("files: workbooks and a checklist for the operator of the diary"),
        Channel.API: N_("the vendor's published calls"),
        Channel.GATEWAY: N_("direct writes by the write profile the school has named"),
        Channel.NONE: N_("none: nothing can write this, it is advice only"),
    }
)

RESOURCES = _frozen(
    {
        "edu_groups": N_("classes and subgroups"),
        "persons": N_("persons"),
        "memberships": N_("places in classes"),
        "lessons": N_("lessons"),
        "works": N_("works at lessons"),
        "lesson_log_entries": N_("attendance"),
        "marks": N_("marks"),
        "teachers": N_("teachers"),
        "subjects": N_("subjects"),
        "pairings": N_("which teacher takes which part of a class"),
    }
)

# As counted; the order is that of the tables.
KINDS = _frozen(
    {
        "create": N_("create"),
        "update": N_("update"),
        "move": N_("move"),
        "archive": N_("archive, end or cancel"),
    }
)

REASONS = _frozen(
    {
        "new": N_("in the files, not in the diary"),
        "renamed": N_("has another name in the files"),
        "corrected": N_("the files say otherwise"),
        "changed": N_("the files say otherwise"),
        "surname_changed": N_("the surname has changed"),
        "transferred": N_("stands in another class in the files"),
        "moved_up": N_("has moved up to the new study year"),
        "left": N_("the files say that the pupil has left"),
        "came_back": N_("had left and stands in the files again"),
        "unlisted": N_("is in the diary, but the files no longer name it"),
        "teacher": N_("another teacher"),
        "time": N_("another time"),
        "subject": N_("another subject"),
        "room": N_("another room"),
        "restored": N_("so it stood in the backup"),
        "undo": N_("takes an applied change back"),
    }
)

EVIDENCE = _frozen(
    {
        "link": N_("decided earlier"),
        "snils": N_("СНИЛС"),
        "name+birthday": N_("full name and birthday"),
        "name+class": N_("full name and class"),
        "natural key": N_("same class, day and lesson number"),
        "journal": N_("our journal of what was applied"),
        "backup": N_("the backup"),
        "leavers' list": N_("list of leavers"),
        "missing row": N_("absence from the files"),
        "name": N_("name"),
        "alias": N_("a usual name of the subject"),
        "initials": N_("surname and initials"),
        "similar": N_("a similar name"),
    }
)

QUESTIONS = _frozen(
    {
        "name_and_class": N_("full name and class agree, nothing else proves it"),
        "namesakes": N_("full namesakes that nothing tells apart"),
        "surname_changed": N_("all agrees but the surname"),
        "similar_name": N_("a similar name in the same class"),
        "two_fit": N_("several fit"),
        "unknown_name": N_("nobody in the diary is called so"),
        "initials": N_("only initials are given"),
        "unpaired": N_("several teachers and parts of a class, the file does not pair them"),
        "link_lost": N_("an earlier decision points to what is gone"),
        "transferred": N_("full name agrees, the class does not"),
        "stream": N_("several classes in one lesson"),
        "claimed_twice": N_("two lines of the files mean the same one of the diary"),
        "listed_twice": N_("stands in the diary and on a leavers' list"),
        "pseudo_class": N_("no usual class name: does the diary have such a group?"),
        "came_back": N_("same full name, but no longer in any class"),
        "leaver": N_("a leaver without a class, same full name"),
        "unknown_year": N_("the diary does not say of which study year it is"),
    }
)

NOTES = _frozen(
    {
        "teacher_clash": N_("A teacher in two places at once"),
        "room_clash": N_("Two lessons in one room"),
        "class_clash": N_("A class has two lessons at once"),
        "unplaced": N_("Hours that the timetable does not place"),
        "load": N_("Weekly load differs"),
        "protected": N_("Lessons left alone: past, or with topics, marks, homework or attendance"),
        "substitution_kept": N_("Substitutions left alone"),
        "class_not_in_files": N_("Classes that the files do not name, left alone"),
        "class_kept": N_("Classes that are kept, for somebody is left in them"),
        "not_moved_up": N_("Pupils of last year whom the files do not name"),
        "subgroups_left": N_("Places in subgroups"),
        "ends_withheld": N_("Pupils who are not taken out"),
        "called_off": N_("Lessons that the diary has called off"),
        "leavers_unknown": N_("Leavers whom the diary does not have"),
        "unclear_lesson": N_("Lessons of the diary without a number or a subject, left alone"),
        "occupied": N_("Lessons not planned: another one is left in their place"),
        "two_at_once": N_("Two lessons at once in the timetable, none is planned"),
        "no_periods": N_("Classes without reporting periods"),
        "undecided": N_("Names that are not bound to the diary yet"),
        "left_out": N_("Names that mean nothing in the diary by decision"),
        "no_anchor": N_("Alternating weeks without a first week"),
        "no_number": N_("Periods of the timetable without a lesson number"),
        "by_hand": N_("Lines of the work sheet: what no published call brings back"),
        "newer_kept": N_("Left alone: the diary says something newer than the backup"),
        "second_mark": N_(
            "Whether the diary replaces a mark or adds a second one is not published: look at one pupil first"
        ),
        "no_school_day": N_("Days of the timetable that are no school days"),
    }
)

FIELDS = _frozen(
    {
        "name": N_("name"),
        "parallel": N_("parallel"),
        "study_year": N_("study year"),
        "type": N_("type"),
        "parent_ids": N_("of the class"),
        "last_name": N_("last name"),
        "first_name": N_("first name"),
        "middle_name": N_("middle name"),
        "sex": N_("sex"),
        "birthday": N_("birthday"),
        "snils": N_("СНИЛС"),
        "person_id": N_("person"),
        "edu_group_id": N_("class"),
        "from_group_id": N_("from class"),
        "from": N_("from day"),
        "date": N_("day"),
        "subject_id": N_("subject"),
        "teacher_ids": N_("teachers"),
        "number": N_("lesson number"),
        "hours": N_("hours"),
        "place_id": N_("room"),
        "place": N_("room"),
        "title": N_("title"),
        "status": N_("attendance"),
        "comment": N_("comment"),
        "value": N_("mark"),
        "text": N_("text"),
        "target_date": N_("due on"),
        "person_ids": N_("pupils"),
    }
)

# Tables in which the ids of a field are looked up.
ID_FIELDS = _frozen(
    {
        "person_id": "persons",
        "person_ids": "persons",
        "edu_group_id": "edu_groups",
        "from_group_id": "edu_groups",
        "parent_ids": "edu_groups",
        "subject_id": "subjects",
        "teacher_ids": "teachers",
        "place_id": "places",
        "place": "places",
    }
)

# Values that are codes of the vendor.
CODES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "sex": _frozen({"Male": N_("male"), "Female": N_("female")}),
        "type": GROUP_TYPES,
        "status": ATTENDANCE,
    }
)

WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)

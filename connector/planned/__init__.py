"""A plan: what turns the vendor's state into the desired one, as data that can be read, saved, refused and undone.

Made by `connector.sync`, carried out by `connector.flows`, shown by `connector.commands`. Values of operations use the
mirror's column names. A reference to an object that the same plan creates is `@<resource>:<local key>`; everything else
that names a vendor object is its id as text, since ids exceed 2^53.
"""

from connector.planned.book import (
    WORK_VALUES,
    Book,
    BookEntry,
    BookLesson,
    BookMark,
    BookWork,
    ByHand,
    FinalKey,
)
from connector.planned.have import Have, HaveGroup, HaveLesson, HavePerson
from connector.planned.operations import (
    FREE_TEXT,
    INVERSES,
    ORDER,
    RESOURCES,
    Channel,
    Operation,
    Values,
    ref,
)
from connector.planned.plan import Candidate, Guard, Link, Note, Plan, Question

__all__ = [
    "FREE_TEXT",
    "INVERSES",
    "ORDER",
    "RESOURCES",
    "WORK_VALUES",
    "Book",
    "BookEntry",
    "BookLesson",
    "BookMark",
    "BookWork",
    "ByHand",
    "Candidate",
    "Channel",
    "FinalKey",
    "Guard",
    "Have",
    "HaveGroup",
    "HaveLesson",
    "HavePerson",
    "Link",
    "Note",
    "Operation",
    "Plan",
    "Question",
    "Values",
    "ref",
]

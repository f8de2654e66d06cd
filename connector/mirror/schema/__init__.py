"""The mirror's schema, to be read in the order of its modules: one for each version (the first in two), never edited once shipped.

Names are an interface: people open the mirror with their own SQL (docs/schema.md). Days are `YYYY-MM-DD`, moments
UTC `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`, booleans 0/1. Every mirrored table ends with the same four columns:

    first_seen_run  run that saw the row first
    changed_run     run that last wrote the row (equal to first_seen_run until something changes)
    withdrawn_run   run that found the row gone at the vendor; NULL while the vendor shows it
    extra           JSON of the vendor's members that have no column; NULL when there are none

Foreign keys are declared and checked by `PRAGMA foreign_key_check`, not enforced while pulling: a missing parent is a
finding about the vendor's data, not a reason to lose a child row. STRICT makes SQLite refuse a wrong type.
"""

from connector.mirror.schema.v1_base import MIRRORED_TABLES, OWN_TABLES
from connector.mirror.schema.v1_views import VIEWS
from connector.mirror.schema.v2_writes import WRITES
from connector.mirror.schema.v3_history import HISTORY
from connector.mirror.schema.v4_readings import READINGS
from connector.mirror.schema.v5_checks import CHECKS
from connector.mirror.schema.v6_class_teachers import CLASS_TEACHERS
from connector.mirror.schema.v7_marks import MARKS

__all__ = [
    "APPLICATION_ID",
    "CHAINED",
    "MIGRATIONS",
    "MIRRORED_TABLES",
    "OWN_TABLES",
    "SCHEMA_VERSION",
]

# "dnvk": tells our files from any other SQLite database.
APPLICATION_ID = 0x646E766B

# Numbered and applied in order, each in its own transaction.
MIGRATIONS: tuple[tuple[int, str, str], ...] = (
    (1, "first schema", OWN_TABLES + MIRRORED_TABLES + VIEWS),
    (2, "identity, plans and the journal of writes", WRITES),
    (3, "the chain of the history", HISTORY),
    (4, "the log of readings", READINGS),
    (5, "checks that are compared", CHECKS),
    (6, "teachers of classes", CLASS_TEACHERS),
    (7, "marks counted by index", MARKS),
)

# The migration after which the changes so far are sealed.
CHAINED = 3
SCHEMA_VERSION = MIGRATIONS[-1][0]

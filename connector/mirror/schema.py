"""The mirror's schema, read from top to bottom: tables, indexes, views, numbered migrations.

Names are an interface: people open the mirror with their own SQL (docs/schema.md). Days are `YYYY-MM-DD`, moments
UTC `YYYY-MM-DDTHH:MM:SS[.ffffff]Z`, booleans 0/1. Every mirrored table ends with the same four columns:

    first_seen_run  run that saw the row first
    changed_run     run that last wrote the row (equal to first_seen_run until something changes)
    withdrawn_run   run that found the row gone at the vendor; NULL while the vendor shows it
    extra           JSON of the vendor's members that have no column; NULL when there are none

Foreign keys are declared and checked by `PRAGMA foreign_key_check`, not enforced while pulling: a missing parent is a
finding about the vendor's data, not a reason to lose a child row. STRICT makes SQLite refuse a wrong type.
"""

# "dnvk": tells our files from any other SQLite database.
APPLICATION_ID = 0x646E766B

_KEPT = """
    first_seen_run INTEGER NOT NULL REFERENCES runs(id),
    changed_run INTEGER NOT NULL REFERENCES runs(id),
    withdrawn_run INTEGER REFERENCES runs(id),
    extra TEXT"""

OWN_TABLES = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    scope TEXT NOT NULL,               -- JSON: what was asked for
    started_at TEXT NOT NULL,
    finished_at TEXT,
    status TEXT NOT NULL,              -- running, done, partial, failed, interrupted
    summary TEXT                       -- JSON: counts only
) STRICT;

CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    seen_at TEXT NOT NULL,
    resource TEXT NOT NULL,            -- table name
    key TEXT NOT NULL,                 -- JSON array of the key's values
    op TEXT NOT NULL,                  -- update, withdraw, return
    before TEXT,                       -- JSON object of the columns that differ, as they were
    after TEXT                         -- the same columns as they are now
) STRICT;
CREATE INDEX changes_by_row ON changes(resource, key);
CREATE INDEX changes_by_run ON changes(run_id);
CREATE TRIGGER changes_are_never_edited BEFORE UPDATE ON changes
    BEGIN SELECT RAISE(ABORT, 'changes is append-only'); END;
CREATE TRIGGER changes_are_never_removed BEFORE DELETE ON changes
    BEGIN SELECT RAISE(ABORT, 'changes is append-only'); END;

-- What was read, when: one row per window of a resource and group. edu_group_id 0 stands for the whole school.
CREATE TABLE coverage (
    resource TEXT NOT NULL,
    edu_group_id INTEGER NOT NULL,
    covered_from TEXT NOT NULL,        -- '' and '' for a resource without dates
    covered_to TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    pulled_at TEXT NOT NULL,
    state TEXT NOT NULL,               -- done, failed, refused
    rows INTEGER NOT NULL,             -- rows the answer brought, for sizing the next window
    detail TEXT,                       -- why it failed: an error class, never a body
    PRIMARY KEY (resource, edu_group_id, covered_from, covered_to)
) STRICT;
CREATE INDEX coverage_by_run ON coverage(run_id);

-- Bodies already taken in: the same request with the same sha256 brings nothing new.
CREATE TABLE bodies (
    request TEXT NOT NULL PRIMARY KEY, -- sha256 of method, path, query and body, hexadecimal
    resource TEXT NOT NULL,
    edu_group_id INTEGER NOT NULL,
    covered_from TEXT NOT NULL,
    covered_to TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    rows INTEGER NOT NULL
) STRICT;
CREATE INDEX bodies_by_window ON bodies(resource, edu_group_id, covered_from);

-- Rows that vanished but were not believed gone.
CREATE TABLE holds (
    resource TEXT NOT NULL,
    edu_group_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    first_missing_run INTEGER NOT NULL REFERENCES runs(id),
    first_missing_at TEXT NOT NULL,
    last_missing_run INTEGER NOT NULL REFERENCES runs(id),
    last_missing_at TEXT NOT NULL,
    runs INTEGER NOT NULL,             -- complete runs that agreed
    PRIMARY KEY (resource, key)
) STRICT;

-- Surprises of the vendor's contract: never values.
CREATE TABLE drift (
    resource TEXT NOT NULL,
    member TEXT NOT NULL,
    kind TEXT NOT NULL,
    first_run INTEGER NOT NULL REFERENCES runs(id),
    last_run INTEGER NOT NULL REFERENCES runs(id),
    PRIMARY KEY (resource, member, kind)
) STRICT;

-- Facts about the school that the pull found out: how groups were found, how homework is to be read.
CREATE TABLE facts (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,               -- JSON
    run_id INTEGER NOT NULL REFERENCES runs(id)
) STRICT;

CREATE TABLE links (
    resource TEXT NOT NULL,
    local_key TEXT NOT NULL,
    vendor_id INTEGER NOT NULL,
    evidence TEXT,
    run_id INTEGER REFERENCES runs(id),
    PRIMARY KEY (resource, local_key)
) STRICT;

CREATE TABLE outcomes (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    change TEXT NOT NULL,
    outcome TEXT NOT NULL,
    error TEXT
) STRICT;

CREATE TABLE checks (
    id INTEGER PRIMARY KEY,
    report TEXT NOT NULL,
    as_of TEXT NOT NULL,
    made_at TEXT NOT NULL,
    summary TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT
) STRICT;
"""

MIRRORED_TABLES = f"""
CREATE TABLE schools (
    id INTEGER PRIMARY KEY, name TEXT, full_name TEXT, city TEXT, timezone TEXT, mark_type TEXT, region_id INTEGER,
    uses_avg INTEGER, uses_weighted_avg INTEGER,{_KEPT}
) STRICT;

CREATE TABLE subjects (
    id INTEGER PRIMARY KEY, name TEXT, knowledge_area TEXT, fgos_subject_id INTEGER,{_KEPT}
) STRICT;

CREATE TABLE work_types (
    id INTEGER PRIMARY KEY, school_id INTEGER REFERENCES schools(id), name TEXT, abbr TEXT, weight INTEGER,
    kind_id INTEGER, kind TEXT,{_KEPT}
) STRICT;

-- Bell schedules. The vendor sends no id: ours is derived from school and name.
CREATE TABLE timetables (
    id INTEGER PRIMARY KEY, school_id INTEGER REFERENCES schools(id), name TEXT, first_lesson_number INTEGER,
    start TEXT,{_KEPT},
    UNIQUE (school_id, name)
) STRICT;

CREATE TABLE bells (
    timetable_id INTEGER NOT NULL REFERENCES timetables(id), number INTEGER NOT NULL, start TEXT, finish TEXT,
    name TEXT, type TEXT, days_of_week TEXT,{_KEPT},
    PRIMARY KEY (timetable_id, number)
) STRICT;

CREATE TABLE edu_groups (
    id INTEGER PRIMARY KEY, school_id INTEGER REFERENCES schools(id), name TEXT, full_name TEXT, parallel INTEGER,
    type TEXT, study_year INTEGER, status TEXT, education_type TEXT, journal_type TEXT, timetable_id INTEGER,{_KEPT}
) STRICT;

CREATE TABLE edu_group_parents (
    edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id), parent_id INTEGER NOT NULL REFERENCES edu_groups(id),{_KEPT},
    PRIMARY KEY (edu_group_id, parent_id)
) STRICT;

CREATE TABLE edu_group_subjects (
    edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id), subject_id INTEGER NOT NULL REFERENCES subjects(id),{_KEPT},
    PRIMARY KEY (edu_group_id, subject_id)
) STRICT;

CREATE TABLE persons (
    id INTEGER PRIMARY KEY, user_id INTEGER, last_name TEXT, first_name TEXT, middle_name TEXT, short_name TEXT,
    sex TEXT, birthday TEXT,{_KEPT}
) STRICT;

-- The vendor shows no enrolment dates: seen_from is the day a pull saw the membership first, seen_to the day it was
-- found gone or archived.
CREATE TABLE memberships (
    person_id INTEGER NOT NULL REFERENCES persons(id), edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id),
    role TEXT NOT NULL, status TEXT, seen_from TEXT, seen_to TEXT,{_KEPT},
    PRIMARY KEY (person_id, edu_group_id, role)
) STRICT;
CREATE INDEX memberships_by_group ON memberships(edu_group_id, role);

CREATE TABLE staff (
    person_id INTEGER PRIMARY KEY REFERENCES persons(id), school_id INTEGER REFERENCES schools(id), position TEXT,
    is_admin INTEGER, is_class_teacher INTEGER, subjects TEXT,{_KEPT}
) STRICT;

CREATE TABLE reporting_periods (
    id INTEGER PRIMARY KEY, name TEXT, type TEXT, number INTEGER, start TEXT, finish TEXT, study_year INTEGER,{_KEPT}
) STRICT;

CREATE TABLE edu_group_reporting_periods (
    edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id),
    reporting_period_id INTEGER NOT NULL REFERENCES reporting_periods(id),{_KEPT},
    PRIMARY KEY (edu_group_id, reporting_period_id)
) STRICT;

CREATE TABLE holidays (
    id INTEGER PRIMARY KEY, reporting_period_group_id INTEGER, start TEXT, finish TEXT, name TEXT, description TEXT,{_KEPT}
) STRICT;

CREATE TABLE edu_group_holidays (
    edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id), holiday_id INTEGER NOT NULL REFERENCES holidays(id),{_KEPT},
    PRIMARY KEY (edu_group_id, holiday_id)
) STRICT;

CREATE TABLE lessons (
    id INTEGER PRIMARY KEY, edu_group_id INTEGER REFERENCES edu_groups(id), subject_id INTEGER REFERENCES subjects(id),
    date TEXT, number INTEGER, title TEXT, status TEXT, place_id INTEGER,{_KEPT}
) STRICT;
CREATE INDEX lessons_by_group ON lessons(edu_group_id, date);

CREATE TABLE lesson_teachers (
    lesson_id INTEGER NOT NULL REFERENCES lessons(id), person_id INTEGER NOT NULL REFERENCES persons(id),{_KEPT},
    PRIMARY KEY (lesson_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lesson_teachers_by_person ON lesson_teachers(person_id);

CREATE TABLE works (
    id INTEGER PRIMARY KEY, lesson_id INTEGER REFERENCES lessons(id), edu_group_id INTEGER REFERENCES edu_groups(id),
    subject_id INTEGER REFERENCES subjects(id), type TEXT, work_type_id INTEGER REFERENCES work_types(id), status TEXT,
    target_date TEXT, sent_at TEXT, text TEXT, is_important INTEGER, mark_type TEXT, mark_count INTEGER,
    display_in_journal INTEGER, period_number INTEGER, period_type TEXT, created_by INTEGER,{_KEPT}
) STRICT;
CREATE INDEX works_by_lesson ON works(lesson_id);

CREATE TABLE tasks (
    id INTEGER PRIMARY KEY, work_id INTEGER REFERENCES works(id), person_id INTEGER REFERENCES persons(id),
    status TEXT, target_date TEXT,{_KEPT}
) STRICT;
CREATE INDEX tasks_by_work ON tasks(work_id);

CREATE TABLE marks (
    id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES persons(id), work_id INTEGER REFERENCES works(id),
    lesson_id INTEGER REFERENCES lessons(id), type TEXT, value TEXT, text_value TEXT, mood TEXT, given_at TEXT,
    use_avg_calc INTEGER, number INTEGER, work_type_id INTEGER REFERENCES work_types(id),{_KEPT}
) STRICT;
CREATE INDEX marks_by_lesson ON marks(lesson_id);

CREATE TABLE lesson_log_entries (
    lesson_id INTEGER NOT NULL REFERENCES lessons(id), person_id INTEGER NOT NULL REFERENCES persons(id),
    status TEXT, comment TEXT, created_at TEXT,{_KEPT},
    PRIMARY KEY (lesson_id, person_id)
) STRICT, WITHOUT ROWID;

-- The id is ours, derived from the other four; the period is NULL for year and exam marks.
CREATE TABLE final_marks (
    id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES persons(id),
    subject_id INTEGER NOT NULL REFERENCES subjects(id), reporting_period_id INTEGER REFERENCES reporting_periods(id),
    kind TEXT NOT NULL,                -- period, year, exam, final
    edu_group_id INTEGER REFERENCES edu_groups(id), value TEXT, work_id INTEGER, mark_id INTEGER, type TEXT,
    given_at TEXT,{_KEPT}
) STRICT;
CREATE UNIQUE INDEX final_marks_once ON final_marks(person_id, subject_id, ifnull(reporting_period_id, 0), kind);
"""

# Current rows with names joined in, for people and for reports.
VIEWS = """
CREATE VIEW v_lessons AS
SELECT l.id AS lesson_id, l.date, l.number, l.title, l.status, l.edu_group_id, g.name AS edu_group, g.parallel, g.type AS edu_group_type,
       l.subject_id, s.name AS subject,
       (SELECT group_concat(person_id) FROM lesson_teachers t WHERE t.lesson_id = l.id AND t.withdrawn_run IS NULL) AS teacher_ids,
       (SELECT group_concat(trim(ifnull(p.last_name, '') || ' ' || ifnull(p.first_name, '') || ' ' || ifnull(p.middle_name, '')), ', ')
          FROM lesson_teachers t JOIN persons p ON p.id = t.person_id
         WHERE t.lesson_id = l.id AND t.withdrawn_run IS NULL) AS teachers
  FROM lessons l
  LEFT JOIN edu_groups g ON g.id = l.edu_group_id
  LEFT JOIN subjects s ON s.id = l.subject_id
 WHERE l.withdrawn_run IS NULL;

CREATE VIEW v_marks AS
SELECT m.id AS mark_id, m.person_id, trim(ifnull(p.last_name, '') || ' ' || ifnull(p.first_name, '')) AS person,
       m.value, m.type, m.given_at, m.lesson_id, l.date, l.edu_group_id, g.name AS edu_group, l.subject_id, s.name AS subject,
       m.work_id, w.type AS work_type
  FROM marks m
  LEFT JOIN persons p ON p.id = m.person_id
  LEFT JOIN lessons l ON l.id = m.lesson_id
  LEFT JOIN edu_groups g ON g.id = l.edu_group_id
  LEFT JOIN subjects s ON s.id = l.subject_id
  LEFT JOIN works w ON w.id = m.work_id
 WHERE m.withdrawn_run IS NULL;

CREATE VIEW v_attendance AS
SELECT e.lesson_id, e.person_id, trim(ifnull(p.last_name, '') || ' ' || ifnull(p.first_name, '')) AS person, e.status, e.comment,
       e.created_at, l.date, l.number, l.edu_group_id, g.name AS edu_group, s.name AS subject
  FROM lesson_log_entries e
  LEFT JOIN persons p ON p.id = e.person_id
  LEFT JOIN lessons l ON l.id = e.lesson_id
  LEFT JOIN edu_groups g ON g.id = l.edu_group_id
  LEFT JOIN subjects s ON s.id = l.subject_id
 WHERE e.withdrawn_run IS NULL;

-- What a lesson lacks at all, whatever the rules make of it: 1 means there is none.
CREATE VIEW v_missing AS
SELECT v.*,
       ifnull(trim(v.title), '') = '' AS no_topic,
       NOT EXISTS (SELECT 1 FROM works w WHERE w.lesson_id = v.lesson_id AND w.type = 'Homework' AND w.withdrawn_run IS NULL) AS no_homework,
       NOT EXISTS (SELECT 1 FROM marks m WHERE m.lesson_id = v.lesson_id AND m.withdrawn_run IS NULL) AS no_marks,
       NOT EXISTS (SELECT 1 FROM lesson_log_entries e WHERE e.lesson_id = v.lesson_id AND e.withdrawn_run IS NULL) AS no_attendance
  FROM v_lessons v;
"""

# Identity, questions, plans and their journal. Version 1 never wrote to the tables of these names.
WRITES = """
DROP TABLE links;
DROP TABLE outcomes;

-- Which object of the vendor a local key means. vendor_id NULL: somebody decided that it is a new one.
CREATE TABLE links (
    resource TEXT NOT NULL,            -- persons, teachers, subjects, edu_groups, pairings
    local_key TEXT NOT NULL,
    vendor_id INTEGER,
    evidence TEXT NOT NULL,            -- name+birthday, name+class, created, a person's decision, …
    score INTEGER NOT NULL,            -- 0 to 100
    decided_by TEXT NOT NULL,          -- automatic, or the account that ran the command
    decided_at TEXT NOT NULL,
    study_year INTEGER,                -- in which it was decided: a key made of a class means nobody in another year
    run_id INTEGER REFERENCES runs(id),
    PRIMARY KEY (resource, local_key)
) STRICT;
CREATE INDEX links_by_vendor ON links(resource, vendor_id);

-- Pairs that somebody said are not the same.
CREATE TABLE refused_links (
    resource TEXT NOT NULL, local_key TEXT NOT NULL, vendor_id INTEGER NOT NULL, decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL, study_year INTEGER,
    PRIMARY KEY (resource, local_key, vendor_id)
) STRICT;

-- What a person must decide before it is planned; rewritten by each plan for the resources it looked at.
CREATE TABLE questions (
    resource TEXT NOT NULL, local_key TEXT NOT NULL, label TEXT NOT NULL, reason TEXT NOT NULL,
    is_unique INTEGER NOT NULL,        -- exactly one fits and nobody else fits it
    candidates TEXT NOT NULL,          -- JSON: [{vendor_id, label, score, evidence}], best first
    study_year INTEGER,                -- of the plan that asks
    asked_at TEXT NOT NULL,
    PRIMARY KEY (resource, local_key)
) STRICT;

-- Plans that were applied, whole, so that they can be resumed and undone.
CREATE TABLE plans (
    digest TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL, kept_at TEXT NOT NULL
) STRICT;

-- The journal of writes: a line before each is sent, another when its fate is known. Never edited.
CREATE TABLE outcomes (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    digest TEXT NOT NULL REFERENCES plans(digest),
    number INTEGER NOT NULL,           -- of the operation in its plan
    state TEXT NOT NULL,               -- sending, applied, failed, unknown, skipped, handed_over
    vendor_id INTEGER,                 -- of the object that was created
    at TEXT NOT NULL,
    detail TEXT                        -- an error class or a word: never a name
) STRICT;
CREATE INDEX outcomes_by_plan ON outcomes(digest, number);
CREATE INDEX outcomes_by_run ON outcomes(run_id);

-- The last version of the school's own files that a plan was made from.
CREATE TABLE accepted_sources (
    kind TEXT NOT NULL PRIMARY KEY,    -- roster, schedule
    fingerprint TEXT NOT NULL,         -- JSON: counts, headings, encodings; canary keys
    accepted_at TEXT NOT NULL,
    run_id INTEGER REFERENCES runs(id)
) STRICT;
"""

# The history is chained: `connector.mirror.chain` says how, and seals what older versions wrote. An update of `changes`
# passes in two cases only: a change without a chain gets one, and a change loses its payload for good.
HISTORY = """
ALTER TABLE changes ADD COLUMN salt BLOB;      -- random, so that nobody can find an erased payload by trying
ALTER TABLE changes ADD COLUMN payload BLOB;   -- sha256 of the salt and the change
ALTER TABLE changes ADD COLUMN head BLOB;      -- sha256 of the head before and the payload

DROP TRIGGER changes_are_never_edited;
CREATE TRIGGER changes_are_never_edited BEFORE UPDATE ON changes
    WHEN NOT (
        OLD.id = NEW.id AND OLD.run_id = NEW.run_id AND OLD.seen_at = NEW.seen_at AND OLD.resource = NEW.resource
        AND OLD.op = NEW.op
        AND ((OLD.head IS NULL AND OLD.key = NEW.key AND OLD.before IS NEW.before AND OLD.after IS NEW.after)
             OR (NEW.salt IS NULL AND NEW.key = '[]' AND NEW.before IS NULL AND NEW.after IS NULL
                 AND OLD.payload = NEW.payload AND OLD.head = NEW.head)))
    BEGIN SELECT RAISE(ABORT, 'changes is append-only'); END;

-- Rows that changed their place, so that a class as of a moment finds those that have left it. Few ever do.
CREATE INDEX changes_of_place ON changes(resource)
 WHERE json_extract(before, '$.lesson_id') IS NOT NULL OR json_extract(before, '$.edu_group_id') IS NOT NULL
    OR json_extract(before, '$.person_id') IS NOT NULL;

"""


def _spans(view: str, table: str, columns: str, key: str, column: str) -> str:
    """A view with one row for each span in which a row kept `column` and was shown, or was not shown.

    The value of a span is what the next change that tells of the column says it was before, else what the row holds.
    """
    # Spelt out each time: SQLite would copy the history out of a common table expression, and search it without an index.
    later = f"FROM changes n WHERE n.resource = '{table}' AND n.key = {key}"
    tells = f"json_type(n.before, '$.{column}') IS NOT NULL"
    ends = f"(n.op <> 'update' OR {tells})"

    def value(since: str) -> str:
        told = f"{later}{since} AND {tells}"
        return (
            f"iif(EXISTS (SELECT 1 {told}),"
            f" (SELECT json_extract(n.before, '$.{column}') {told} ORDER BY n.id LIMIT 1), t.{column}) AS {column}"
        )

    def until(since: str) -> str:
        return f"(SELECT n.seen_at {later}{since} AND {ends} ORDER BY n.id LIMIT 1) AS valid_to"

    rest = "LEFT JOIN lessons l ON l.id = t.lesson_id"
    since = " AND n.id > c.id"
    # CROSS JOIN keeps SQLite from walking through the whole history first.
    return f"""
CREATE VIEW {view} AS
SELECT {columns}, {value("")}, 1 AS shown, r.started_at AS valid_from, {until("")}, r.id AS run_id
  FROM {table} t JOIN runs r ON r.id = t.first_seen_run {rest}
UNION ALL
SELECT {columns}, {value(since)}, c.op <> 'withdraw', c.seen_at, {until(since)}, c.run_id
  FROM {table} t {rest} CROSS JOIN changes c ON c.resource = '{table}' AND c.key = {key}
 WHERE c.op <> 'update' OR json_type(c.before, '$.{column}') IS NOT NULL;
"""


HISTORY += _spans(
    "v_mark_history",
    "marks",
    "t.id AS mark_id, t.person_id, t.lesson_id, l.edu_group_id, l.subject_id, l.date, t.work_id",
    "'[' || t.id || ']'",
    "value",
)
HISTORY += _spans(
    "v_attendance_history",
    "lesson_log_entries",
    "t.lesson_id, t.person_id, l.edu_group_id, l.subject_id, l.date",
    "'[' || t.lesson_id || ',' || t.person_id || ']'",
    "status",
)

# What was read when, so that a report can be made as of a past day. `coverage` holds the last reading of each window only;
# triggers keep the log, so that nothing which writes there can forget it. A run's last word on a window counts.
READINGS = """
CREATE TABLE readings (
    resource TEXT NOT NULL,
    edu_group_id INTEGER NOT NULL,
    covered_from TEXT NOT NULL,
    covered_to TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES runs(id),   -- the run that noted it
    read_at TEXT NOT NULL,
    state TEXT NOT NULL,               -- as in coverage, or superseded: a longer window took its place
    detail TEXT,
    PRIMARY KEY (resource, edu_group_id, covered_from, covered_to, run_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE facts_learnt (
    name TEXT NOT NULL,
    run_id INTEGER NOT NULL REFERENCES runs(id),
    value TEXT NOT NULL,
    PRIMARY KEY (name, run_id)
) STRICT, WITHOUT ROWID;

-- Of what was read before there was a log, only the last reading is known, and known since now.
INSERT INTO readings
SELECT resource, edu_group_id, covered_from, covered_to, (SELECT max(id) FROM runs), pulled_at, state, detail FROM coverage;
INSERT INTO facts_learnt SELECT name, (SELECT max(id) FROM runs), value FROM facts;
"""


def _logged(event: str, state: str = "{row}.state", detail: str = "{row}.detail") -> str:
    """A trigger that notes what became of a window in the run that is at it."""
    row = "OLD" if event == "DELETE" else "NEW"
    place = f"{row}.resource, {row}.edu_group_id, {row}.covered_from, {row}.covered_to"
    told = f"{row}.pulled_at, {state.format(row=row)}, {detail.format(row=row)}"
    return f"""
CREATE TRIGGER coverage_is_logged_on_{event.lower()} AFTER {event} ON coverage BEGIN
    INSERT INTO readings SELECT {place}, ifnull(max(id), {row}.run_id), {told} FROM runs WHERE true
        ON CONFLICT DO UPDATE SET read_at = excluded.read_at, state = excluded.state, detail = excluded.detail;
END;
"""


READINGS += _logged("INSERT") + _logged("UPDATE") + _logged("DELETE", "'superseded'", "NULL")
for _event in ("INSERT", "UPDATE"):
    READINGS += f"""
CREATE TRIGGER facts_are_logged_on_{_event.lower()} AFTER {_event} ON facts BEGIN
    INSERT INTO facts_learnt SELECT NEW.name, ifnull(max(id), NEW.run_id), NEW.value FROM runs WHERE true
        ON CONFLICT DO UPDATE SET value = excluded.value;
END;
"""

# Runs of reports that are compared with one another, and what the latest of them found.
CHECKS = """
ALTER TABLE checks ADD COLUMN scope TEXT NOT NULL DEFAULT '';
CREATE INDEX checks_by_scope ON checks(report, scope, as_of);

CREATE TABLE check_findings (
    check_id INTEGER NOT NULL REFERENCES checks(id),
    place INTEGER NOT NULL,
    rule TEXT NOT NULL,
    edu_group_id INTEGER NOT NULL,
    finding TEXT NOT NULL,             -- JSON: ids and days, no names
    PRIMARY KEY (check_id, place)
) STRICT, WITHOUT ROWID;
"""

# Who leads a class. The vendor names one person; the key allows for two, as a change of teacher leaves the former's row.
CLASS_TEACHERS = f"""
CREATE TABLE class_teachers (
    edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id), person_id INTEGER NOT NULL REFERENCES persons(id),{_KEPT},
    PRIMARY KEY (edu_group_id, person_id)
) STRICT;
"""

# Numbered and applied in order, each in its own transaction; a shipped one is never edited.
MIGRATIONS: tuple[tuple[int, str, str], ...] = (
    (1, "first schema", OWN_TABLES + MIRRORED_TABLES + VIEWS),
    (2, "identity, plans and the journal of writes", WRITES),
    (3, "the chain of the history", HISTORY),
    (4, "the log of readings", READINGS),
    (5, "checks that are compared", CHECKS),
    (6, "teachers of classes", CLASS_TEACHERS),
)

# The migration after which the changes so far are sealed.
CHAINED = 3
SCHEMA_VERSION = MIGRATIONS[-1][0]

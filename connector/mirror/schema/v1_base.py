"""Version 1: our own tables, then the tables of what the vendor shows."""

KEPT = """
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
    uses_avg INTEGER, uses_weighted_avg INTEGER,{KEPT}
) STRICT;

CREATE TABLE subjects (
    id INTEGER PRIMARY KEY, name TEXT, knowledge_area TEXT, fgos_subject_id INTEGER,{KEPT}
) STRICT;

CREATE TABLE work_types (
    id INTEGER PRIMARY KEY, school_id INTEGER REFERENCES schools(id), name TEXT, abbr TEXT, weight INTEGER,
    kind_id INTEGER, kind TEXT,{KEPT}
) STRICT;

-- Bell schedules. The vendor sends no id: ours is derived from school and name.
CREATE TABLE timetables (
    id INTEGER PRIMARY KEY, school_id INTEGER REFERENCES schools(id), name TEXT, first_lesson_number INTEGER,
    start TEXT,{KEPT},
    UNIQUE (school_id, name)
) STRICT;

CREATE TABLE bells (
    timetable_id INTEGER NOT NULL REFERENCES timetables(id), number INTEGER NOT NULL, start TEXT, finish TEXT,
    name TEXT, type TEXT, days_of_week TEXT,{KEPT},
    PRIMARY KEY (timetable_id, number)
) STRICT;

CREATE TABLE edu_groups (
    id INTEGER PRIMARY KEY, school_id INTEGER REFERENCES schools(id), name TEXT, full_name TEXT, parallel INTEGER,
    type TEXT, study_year INTEGER, status TEXT, education_type TEXT, journal_type TEXT, timetable_id INTEGER,{KEPT}
) STRICT;

CREATE TABLE edu_group_parents (
    edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id), parent_id INTEGER NOT NULL REFERENCES edu_groups(id),{KEPT},
    PRIMARY KEY (edu_group_id, parent_id)
) STRICT;

CREATE TABLE edu_group_subjects (
    edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id), subject_id INTEGER NOT NULL REFERENCES subjects(id),{KEPT},
    PRIMARY KEY (edu_group_id, subject_id)
) STRICT;

CREATE TABLE persons (
    id INTEGER PRIMARY KEY, user_id INTEGER, last_name TEXT, first_name TEXT, middle_name TEXT, short_name TEXT,
    sex TEXT, birthday TEXT,{KEPT}
) STRICT;

-- The vendor shows no enrolment dates: seen_from is the day a pull saw the membership first, seen_to the day it was
-- found gone or archived.
CREATE TABLE memberships (
    person_id INTEGER NOT NULL REFERENCES persons(id), edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id),
    role TEXT NOT NULL, status TEXT, seen_from TEXT, seen_to TEXT,{KEPT},
    PRIMARY KEY (person_id, edu_group_id, role)
) STRICT;
CREATE INDEX memberships_by_group ON memberships(edu_group_id, role);

CREATE TABLE staff (
    person_id INTEGER PRIMARY KEY REFERENCES persons(id), school_id INTEGER REFERENCES schools(id), position TEXT,
    is_admin INTEGER, is_class_teacher INTEGER, subjects TEXT,{KEPT}
) STRICT;

CREATE TABLE reporting_periods (
    id INTEGER PRIMARY KEY, name TEXT, type TEXT, number INTEGER, start TEXT, finish TEXT, study_year INTEGER,{KEPT}
) STRICT;

CREATE TABLE edu_group_reporting_periods (
    edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id),
    reporting_period_id INTEGER NOT NULL REFERENCES reporting_periods(id),{KEPT},
    PRIMARY KEY (edu_group_id, reporting_period_id)
) STRICT;

CREATE TABLE holidays (
    id INTEGER PRIMARY KEY, reporting_period_group_id INTEGER, start TEXT, finish TEXT, name TEXT, description TEXT,{KEPT}
) STRICT;

CREATE TABLE edu_group_holidays (
    edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id), holiday_id INTEGER NOT NULL REFERENCES holidays(id),{KEPT},
    PRIMARY KEY (edu_group_id, holiday_id)
) STRICT;

CREATE TABLE lessons (
    id INTEGER PRIMARY KEY, edu_group_id INTEGER REFERENCES edu_groups(id), subject_id INTEGER REFERENCES subjects(id),
    date TEXT, number INTEGER, title TEXT, status TEXT, place_id INTEGER,{KEPT}
) STRICT;
CREATE INDEX lessons_by_group ON lessons(edu_group_id, date);

CREATE TABLE lesson_teachers (
    lesson_id INTEGER NOT NULL REFERENCES lessons(id), person_id INTEGER NOT NULL REFERENCES persons(id),{KEPT},
    PRIMARY KEY (lesson_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lesson_teachers_by_person ON lesson_teachers(person_id);

CREATE TABLE works (
    id INTEGER PRIMARY KEY, lesson_id INTEGER REFERENCES lessons(id), edu_group_id INTEGER REFERENCES edu_groups(id),
    subject_id INTEGER REFERENCES subjects(id), type TEXT, work_type_id INTEGER REFERENCES work_types(id), status TEXT,
    target_date TEXT, sent_at TEXT, text TEXT, is_important INTEGER, mark_type TEXT, mark_count INTEGER,
    display_in_journal INTEGER, period_number INTEGER, period_type TEXT, created_by INTEGER,{KEPT}
) STRICT;
CREATE INDEX works_by_lesson ON works(lesson_id);

CREATE TABLE tasks (
    id INTEGER PRIMARY KEY, work_id INTEGER REFERENCES works(id), person_id INTEGER REFERENCES persons(id),
    status TEXT, target_date TEXT,{KEPT}
) STRICT;
CREATE INDEX tasks_by_work ON tasks(work_id);

CREATE TABLE marks (
    id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES persons(id), work_id INTEGER REFERENCES works(id),
    lesson_id INTEGER REFERENCES lessons(id), type TEXT, value TEXT, text_value TEXT, mood TEXT, given_at TEXT,
    use_avg_calc INTEGER, number INTEGER, work_type_id INTEGER REFERENCES work_types(id),{KEPT}
) STRICT;
CREATE INDEX marks_by_lesson ON marks(lesson_id);

CREATE TABLE lesson_log_entries (
    lesson_id INTEGER NOT NULL REFERENCES lessons(id), person_id INTEGER NOT NULL REFERENCES persons(id),
    status TEXT, comment TEXT, created_at TEXT,{KEPT},
    PRIMARY KEY (lesson_id, person_id)
) STRICT, WITHOUT ROWID;

-- The id is ours, derived from the other four; the period is NULL for year and exam marks.
CREATE TABLE final_marks (
    id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES persons(id),
    subject_id INTEGER NOT NULL REFERENCES subjects(id), reporting_period_id INTEGER REFERENCES reporting_periods(id),
    kind TEXT NOT NULL,                -- period, year, exam, final
    edu_group_id INTEGER REFERENCES edu_groups(id), value TEXT, work_id INTEGER, mark_id INTEGER, type TEXT,
    given_at TEXT,{KEPT}
) STRICT;
CREATE UNIQUE INDEX final_marks_once ON final_marks(person_id, subject_id, ifnull(reporting_period_id, 0), kind);
"""

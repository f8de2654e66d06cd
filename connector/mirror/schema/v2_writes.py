"""Version 2: identity, questions, plans and their journal. Version 1 never wrote to the tables of these names."""

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

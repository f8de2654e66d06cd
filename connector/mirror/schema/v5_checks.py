"""Version 5: runs of reports that are compared with one another, and what the latest of them found."""

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

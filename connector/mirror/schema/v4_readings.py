"""Version 4: what was read when, so that a report can be made as of a past day.

`coverage` holds the last reading of each window only; triggers keep the log, so that nothing which writes there can
forget it. A run's last word on a window counts.
"""

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

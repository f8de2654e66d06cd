"""Version 3: the history is chained and can be read as spans.

`connector.mirror.chain` says how it is chained, and seals what older versions wrote. An update of `changes` passes in two
cases only: a change without a chain gets one, and a change loses its payload for good.
"""

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

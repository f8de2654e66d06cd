"""Bulk resources straight to rows."""

from collections.abc import Callable, Iterable

from connector.api.decode import Decoded, M, decoded_list
from connector.api.models import Lesson, LessonLogEntry, Mark
from connector.api.rows import lessons_to_rows, log_entries_to_rows, marks_to_rows
from connector.records import Rows


def _rows_of(
    model: type[M], to_rows: Callable[[Iterable[M]], Rows]
) -> Callable[[bytes], Decoded[Rows]]:
    def read(body: bytes) -> Decoded[Rows]:
        found = decoded_list(model, body)
        return Decoded(to_rows(found.value), found.drift, found.rejected)

    return read


lesson_rows = _rows_of(Lesson, lessons_to_rows)
mark_rows = _rows_of(Mark, marks_to_rows)
log_entry_rows = _rows_of(LessonLogEntry, log_entries_to_rows)

"""The rules of docs/rules.md once more, under their names."""

from tests.flows.oracle import by_lesson, by_pupil, by_term

RULES = {
    "TOPIC": by_lesson.topic,
    "HW": by_lesson.homework,
    "MARK0": by_lesson.mark0,
    "MARK3": by_lesson.mark3,
    "WORK": by_lesson.work,
    "LATE": by_lesson.late,
    "NMARK": by_lesson.nmark,
    "TWOAFTERN": by_pupil.two_after_absence,
    "TWOEDGE": by_pupil.two_at_edge,
    "TWOFIX": by_pupil.two_not_mended,
    "ACC": by_pupil.acc,
    "GAP": by_pupil.gap,
    "FINAL": by_term.final,
    "FINALFEW": by_term.final_few,
    "FINALAVG": by_term.final_average,
    "ABS": by_term.absence,
    "YEAR": by_term.year,
}

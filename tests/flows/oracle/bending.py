"""What the emulator's school never does, written into the rows of a pulled mirror: each a few statements of SQL."""

import shutil
import sqlite3

NEW_MEMBER = """INSERT INTO memberships (person_id, edu_group_id, role, status, seen_from, first_seen_run, changed_run)
SELECT person_id, (SELECT id FROM edu_groups WHERE name = '{to}'), 'EduStudent', 'Active', seen_from, 1, 1
  FROM memberships m WHERE role = 'EduStudent' AND status = 'Active'
   AND edu_group_id = (SELECT id FROM edu_groups WHERE name = '{of}')
   AND NOT EXISTS (SELECT 1 FROM memberships o WHERE o.person_id = m.person_id AND o.edu_group_id =
                   (SELECT id FROM edu_groups WHERE name = '{to}'))
 ORDER BY person_id LIMIT {count}"""
# Whoever of 8А comes first now stands in 9А; of the rows in 8А and its subgroups the vendor says that they are over.
MOVED = """UPDATE memberships SET status = 'Archive' WHERE role = 'EduStudent'
   AND edu_group_id IN (SELECT id FROM edu_groups WHERE name LIKE '8А%')
   AND person_id IN (SELECT person_id FROM memberships WHERE role = 'EduStudent' AND status = 'Active'
                        AND edu_group_id = (SELECT id FROM edu_groups WHERE name = '9А'))"""
OF_7A = "(SELECT id FROM edu_groups WHERE name LIKE '7А%')"
FIRST_OF_8A = """(SELECT min(person_id) FROM memberships WHERE role = 'EduStudent' AND status = 'Active'
   AND edu_group_id = (SELECT id FROM edu_groups WHERE name = '8А'))"""
TERMS = (("2026-09-01", "2026-11-20"), ("2026-11-21", "2027-02-28"), ("2027-03-01", "2027-05-26"))


def _period(number, name, kind, start, finish):
    return (
        "INSERT INTO reporting_periods (id, name, type, number, start, finish, study_year, first_seen_run, changed_run) "
        f"VALUES ({900 + number}, '{name}', '{kind}', {number}, '{start}', '{finish}', 2026, 1, 1)"
    )


def _belongs(period, groups):
    return (
        "INSERT INTO edu_group_reporting_periods (edu_group_id, reporting_period_id, first_seen_run, changed_run) "
        f"SELECT id, {900 + period}, 1, 1 FROM edu_groups WHERE name LIKE '{groups}'"
    )


CASES = {
    "a subgroup of two classes": (
        (
            "INSERT INTO edu_group_parents (edu_group_id, parent_id, first_seen_run, changed_run) "
            "SELECT s.id, c.id, 1, 1 FROM edu_groups s, edu_groups c WHERE s.name = '5А (англ. 1)' AND c.name = '6А'"
        ),
        NEW_MEMBER.format(of="6А", to="5А (англ. 1)", count=3),
    ),
    "pupils in two subgroups": (NEW_MEMBER.format(of="5А (англ. 1)", to="5А (англ. 2)", count=2),),
    "a pupil who changed class": (NEW_MEMBER.format(of="8А", to="9А", count=1), MOVED),
    "a pupil who changed class and whose old rows are gone": (
        NEW_MEMBER.format(of="8А", to="9А", count=1),
        MOVED.replace("status = 'Archive'", "withdrawn_run = 1", 1),
    ),
    "a class of six days beside classes of five": (
        (
            "UPDATE lessons SET date = date(date, '+1 day') WHERE strftime('%w', date) = '5' AND number >= 4 "
            "AND edu_group_id = (SELECT id FROM edu_groups WHERE name = '10А')"
        ),
    ),
    "leavers who came back": (
        "UPDATE memberships SET status = 'Active' WHERE status = 'Archive' AND person_id % 2 = 0",
    ),
    "lessons moved over the holidays and into them": (
        "UPDATE lessons SET date = '2026-11-03' WHERE date = '2026-10-20' AND number = 2",
        "UPDATE lessons SET date = '2026-10-28' WHERE date = '2026-10-21' AND number = 3",
    ),
    "two lessons of a subject on a day": (
        (
            "UPDATE lessons SET number = 7, date = (SELECT min(o.date) FROM lessons o WHERE o.subject_id = lessons.subject_id "
            "AND o.edu_group_id = lessons.edu_group_id AND o.date > lessons.date) "
            "WHERE id % 5 = 1 AND date < '2026-11-20'"
        ),
    ),
    "lessons called off in other words": (
        "UPDATE lessons SET status = 'Отменён' WHERE id % 40 = 1",
        "UPDATE lessons SET status = 'Перенесен' WHERE id % 40 = 2",
        "UPDATE lessons SET status = 'Published' WHERE id % 40 = 3",
    ),
    "a period that ends on a Sunday": (
        "UPDATE reporting_periods SET finish = '2026-10-25' WHERE name = '1 четверть'",
        "UPDATE holidays SET start = '2026-10-26' WHERE name = 'Осенние каникулы'",
    ),
    "a period that ends on a Saturday": (
        "UPDATE reporting_periods SET finish = '2026-10-24' WHERE name = '1 четверть'",
        "UPDATE holidays SET start = '2026-10-25' WHERE name = 'Осенние каникулы'",
    ),
    "trimesters beside quarters": (
        *(
            _period(place, f"{place} триместр", "Trimester", *days)
            for place, days in enumerate(TERMS, 1)
        ),
        f"UPDATE edu_group_reporting_periods SET withdrawn_run = 1 WHERE edu_group_id IN {OF_7A}",
        *(_belongs(place, "7А%") for place in (1, 2, 3)),
        f"UPDATE final_marks SET reporting_period_id = 901 WHERE kind = 'period' AND edu_group_id IN {OF_7A}",
    ),
    "subgroups without periods of their own": (
        (
            "UPDATE edu_group_reporting_periods SET withdrawn_run = 1 WHERE edu_group_id IN "
            "(SELECT id FROM edu_groups WHERE type = 'Subgroup')"
        ),
        (
            "UPDATE edu_group_holidays SET withdrawn_run = 1 WHERE edu_group_id IN "
            "(SELECT id FROM edu_groups WHERE type = 'Subgroup')"
        ),
    ),
    "the year as a period beside quarters": (
        _period(50, "Год", "Year", "2026-09-01", "2027-05-26"),
        _belongs(50, "5А%"),
    ),
    "marks corrected long after the deadline": (
        "UPDATE marks SET given_at = '2026-11-23T09:00:00Z' WHERE id % 17 = 3",
    ),
    "marks withdrawn": ("UPDATE marks SET withdrawn_run = 1 WHERE id % 3 = 1",),
    "entries withdrawn": (
        "UPDATE lesson_log_entries SET withdrawn_run = 1 WHERE lesson_id % 7 = 1",
    ),
    "pupils freed in mid-year": (
        (
            "UPDATE marks SET value = 'осв.', given_at = (SELECT date || 'T09:00:00Z' FROM lessons WHERE id = lesson_id) "
            "WHERE id % 397 = 7 AND lesson_id IS NOT NULL"
        ),
    ),
    "signs, ones, words and two marks in a cell": (
        "UPDATE marks SET value = value || '-' WHERE id % 47 = 7 AND length(value) = 1",
        "UPDATE marks SET value = '4/3' WHERE id % 47 = 8",
        "UPDATE marks SET value = '1' WHERE id % 47 = 9",
        "UPDATE marks SET value = '3/ 2' WHERE id % 47 = 11",
        "UPDATE marks SET value = 'зач.' WHERE id % 47 = 12",
    ),
    "marks left out of averages, and works of no known weight": (
        "UPDATE marks SET use_avg_calc = 0 WHERE id % 5 = 1",
        "UPDATE marks SET work_type_id = NULL WHERE id % 9 = 1",
        "UPDATE work_types SET weight = NULL WHERE kind = 'CreativeWork'",
    ),
    "marks that name no work": ("UPDATE marks SET work_id = NULL WHERE id % 11 = 1",),
    "marks and entries of a pupil of another class": (
        f"UPDATE marks SET person_id = {FIRST_OF_8A} WHERE id % 211 = 1",
        f"UPDATE OR IGNORE lesson_log_entries SET person_id = {FIRST_OF_8A} WHERE lesson_id % 211 = 1",
    ),
    "two works to be checked at one lesson": (
        "UPDATE works SET type = 'LessonExamination' WHERE id % 7 = 1 AND type = 'DefaultNewLessonWork'",
    ),
    "homework withdrawn, and works that turned into homework": (
        "UPDATE works SET withdrawn_run = 1 WHERE type = 'Homework' AND id % 5 = 3",
        "UPDATE works SET type = 'Homework' WHERE id % 6 = 1 AND type = 'DefaultNewLessonWork'",
    ),
    "substitutions, and lessons nobody is named for": (
        "UPDATE lesson_teachers SET person_id = (SELECT min(person_id) FROM lesson_teachers) WHERE lesson_id % 4 = 1",
        "UPDATE lesson_teachers SET withdrawn_run = 1 WHERE lesson_id % 4 = 2",
    ),
    "other words and comments of the roll": (
        "UPDATE lesson_log_entries SET status = 'Late' WHERE lesson_id % 40 = 1",
        "UPDATE lesson_log_entries SET status = 'Pass', comment = 'СДАЛ  позже' WHERE lesson_id % 40 = 2",
        "UPDATE lesson_log_entries SET status = 'Unheard' WHERE lesson_id % 40 = 3",
    ),
    "a teacher without lessons": (
        "DELETE FROM lesson_teachers WHERE person_id = (SELECT max(person_id) FROM lesson_teachers)",
    ),
}

OF_A_FEW = "person_id IN (SELECT person_id FROM memberships WHERE role = 'EduStudent' AND person_id % 3 = 1)"
IN_AUTUMN = "lesson_id IN (SELECT id FROM lessons WHERE date < '2026-11-10')"
NO_TRACE = (
    f"UPDATE marks SET withdrawn_run = 1 WHERE {OF_A_FEW} AND {IN_AUTUMN}",
    f"UPDATE lesson_log_entries SET withdrawn_run = 1 WHERE {OF_A_FEW} AND {IN_AUTUMN}",
)
# Of a year that is over.
YEAR_CASES = {
    "pupils who came in the second quarter with the mark of the first": NO_TRACE,
    "pupils who came in the second quarter without the mark of the first": (
        *NO_TRACE,
        (
            f"UPDATE final_marks SET withdrawn_run = 1 WHERE {OF_A_FEW} AND reporting_period_id IN "
            "(SELECT id FROM reporting_periods WHERE name = '1 четверть')"
        ),
    ),
}


def bent(source, target, statements):
    """A copy of a mirror with some rows changed."""
    with sqlite3.connect(source) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole.close()
    shutil.copy(source, target)
    copy = sqlite3.connect(target)
    for statement in statements:
        assert copy.execute(statement).rowcount > 0, statement
    copy.commit()
    copy.close()
    return target

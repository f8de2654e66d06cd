"""Version 1: current rows with names joined in, for people and for reports."""

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

"""Version 6: who leads a class. The vendor names one; the key allows for two, as a change of teacher leaves the former's row."""

from connector.mirror.schema.v1_base import KEPT

CLASS_TEACHERS = f"""
CREATE TABLE class_teachers (
    edu_group_id INTEGER NOT NULL REFERENCES edu_groups(id), person_id INTEGER NOT NULL REFERENCES persons(id),{KEPT},
    PRIMARY KEY (edu_group_id, person_id)
) STRICT;
"""

"""Since when pupils are at the school, by the school's own class lists: the vendor shows no day of enrolment."""

from datetime import date

from connector.reports.making import Draft
from connector.reports.school_files import class_lists, read_have
from connector.sync.resolve import resolve_roster
from connector.sync.roll import merged
from connector.sync.windows import study_year_of


def enrolment_days(draft: Draft) -> dict[int, date]:
    """Days of enrolment by pupil of the diary.

    Only of pupils whom a list names beyond doubt: a wrong day would accuse somebody of lessons before it. Empty without
    a class list.
    """
    sources = class_lists(draft.request)
    if not sources:
        return {}
    year = study_year_of(draft.request.as_of)
    matched = resolve_roster(sources, read_have(draft.query, year), study_year=year).pupils.matched
    listed, _torn = merged(pupil for source in sources for pupil in source.pupils)
    return {
        match.vendor_id: enrolled
        for key, match in matched.items()
        if (pupil := listed.get(key)) is not None and (enrolled := pupil.enrolled) is not None
    }

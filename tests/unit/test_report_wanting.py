"""What a refused report says: why, and which pull to run."""

from datetime import date

import pytest

from connector.i18n import set_language
from connector.reports.report import FailedWindow, Notes, Silence
from connector.reports.wanting import is_wanting, pull_for, reasons
from tests.unit.sample_reports import report

FIRST, LAST = date(2026, 9, 7), date(2026, 9, 14)


@pytest.fixture(autouse=True)
def english():
    set_language("en")


def lacking(*silences, failed=()):
    return report(notes=Notes(silences=silences, failed=failed))


def silence(reason="not_read", group=50, lessons=3, first=FIRST, last=LAST):
    return Silence(group, "TOPIC", reason, lessons, first, last)


def test_a_report_with_all_its_data_is_not_refused():
    assert not is_wanting(lacking())
    assert pull_for(lacking()) == ""


def test_the_pull_names_the_classes_and_the_days_that_are_missing():
    made = lacking(silence(), silence("read_too_early", group=60, last=date(2026, 9, 20)))
    assert is_wanting(made)
    assert pull_for(made) == (
        'dnevnik pull --class "5А" --class "10Б" --from 2026-09-07 --to 2026-09-20'
    )
    assert reasons(made) == (
        "never read from the vendor: 3; read before the deadline had passed: 3."
    )


def test_what_no_pull_can_mend_has_no_command():
    made = lacking(silence("no_rulebook"))
    assert is_wanting(made)
    assert pull_for(made) == ""


def test_a_window_that_failed_for_the_whole_school_is_read_again_for_all():
    made = lacking(failed=(FailedWindow(0, "marks", date.min, date.max, "failed"),))
    assert pull_for(made) == "dnevnik pull --from 2026-09-01 --to 2026-09-20"


def test_a_report_over_nothing_asks_for_its_whole_span():
    made = report(data_read_at=None)
    assert is_wanting(made)
    assert pull_for(made) == "dnevnik pull --from 2026-09-01 --to 2026-09-20"
    assert "nothing" in reasons(made)

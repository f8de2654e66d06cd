"""The reports of marks read little and add up in SQL: over a pulled school they must tell what a look at everything does."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from connector.mirror.store import Mirror
from connector.reports.report import Request
from tests.flows.grading import evening, every_rule
from tests.flows.stories import school
from tests.store.whole_judging import judged, judged_whole

ZONE = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("day", "how"),
    [
        (date(2026, 11, 24), {"plant": "rules", "pupils": 143, "classes": 11}),
        (date(2027, 6, 20), {"seed": 3, "week": 6}),
    ],
)
def test_a_pulled_school_is_judged_as_if_every_mark_had_been_looked_at(path, day, how):
    with school(today=day, **how) as made:
        assert made.pull(path, at=evening(day)).error is None
    request = Request(as_of=day, now=evening(day), zone=ZONE)
    with Mirror.open(path) as mirror:
        findings, gaps = judged(mirror.query, every_rule(), request)
        assert (findings, gaps) == judged_whole(mirror.query, every_rule(), request)
    assert len(findings) > 100

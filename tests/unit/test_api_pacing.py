"""The token bucket, with a clock that only moves when told."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.api.pacing import FLOOR_SHARE, TokenBucket


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def bucket(rate=10.0, burst=1):
    clock = Clock()
    return TokenBucket(rate, burst, clock), clock


def test_a_burst_goes_at_once_and_the_rest_at_the_rate():
    pace, _ = bucket(rate=10, burst=3)
    assert [pace.reserve() for _ in range(5)] == pytest.approx([0, 0, 0, 0.1, 0.2])


def test_a_quiet_time_earns_a_burst_and_no_more():
    pace, clock = bucket(rate=10, burst=2)
    clock.now += 1000
    assert [pace.reserve() for _ in range(3)] == pytest.approx([0, 0, 0.1])


def test_waiting_pays_back():
    pace, clock = bucket(rate=10)
    pace.reserve()
    clock.now += 0.05
    assert pace.reserve() == pytest.approx(0.05)


def test_throttling_halves_the_rate():
    pace, _ = bucket(rate=10)
    pace.throttled()
    assert pace.rate == 5
    assert [pace.reserve() for _ in range(2)] == pytest.approx([0, 0.2])


def test_after_a_pause_nobody_bursts():
    pace, _ = bucket(rate=10, burst=8)
    pace.throttled(pause_s=30)
    assert [pace.reserve() for _ in range(2)] == pytest.approx([30, 30.2])


def test_refusals_of_what_was_already_in_flight_count_once():
    pace, clock = bucket(rate=16)
    for _ in range(8):
        pace.throttled()
        clock.now += 0.1
    assert pace.rate == 8


def test_a_later_refusal_halves_again_down_to_a_floor():
    pace, clock = bucket(rate=32)
    for _ in range(20):
        pace.throttled()
        clock.now += 2
    assert pace.rate == 32 * FLOOR_SHARE


def test_a_shorter_pause_does_not_cut_a_longer_one():
    pace, _ = bucket()
    pace.throttled(pause_s=30)
    pace.throttled(pause_s=1)
    assert pace.reserve() == pytest.approx(30)


def test_answers_bring_the_rate_back_step_by_step():
    pace, _ = bucket(rate=10)
    pace.throttled()
    pace.succeeded()
    assert pace.rate == pytest.approx(5.2)
    for _ in range(100):
        pace.succeeded()
    assert pace.rate == 10


def test_a_recovering_bucket_makes_nobody_wait_longer_than_its_rate():
    pace, clock = bucket(rate=20, burst=20)
    pace.throttled()
    for _ in range(30):
        wait = pace.reserve()
        assert wait <= 1 / pace.rate + 1e-9
        clock.now += wait
        pace.succeeded()


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_a_bucket_that_would_never_let_anyone_pass_is_refused(rate, burst):
    with pytest.raises(ValueError, match="rate"):
        TokenBucket(rate, burst, Clock())


def test_threads_share_one_bucket():
    pace, _ = bucket(rate=100)
    waits = []
    threads = [
        threading.Thread(target=lambda: waits.extend(pace.reserve() for _ in range(50)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == pytest.approx([n / 100 for n in range(400)])


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60), st.floats(0.5, 50), st.integers(1, 10))
def test_no_second_ever_sees_more_than_burst_and_rate(gaps, rate, burst):
    pace, clock = bucket(rate, burst)
    starts = []
    for gap in gaps:
        clock.now += gap
        starts.append(clock.now + pace.reserve())
    for start in starts:
        within = sum(start <= other < start + 1 for other in starts)
        assert within <= burst + rate + 1

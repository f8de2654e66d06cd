"""Pacing: a token bucket that slows down when the vendor throttles and recovers while it does not. Pure arithmetic.

The vendor's limit is counted per token and unpublished (docs/vendor-api.md#errors), so one bucket serves all threads and
both faces of a client, and finds the allowed rate by itself.
"""

import threading
from collections.abc import Callable

# A rate never falls below this share of the full one: slow, but alive.
FLOOR_SHARE = 1 / 32
# Each success gives back this share of the full rate.
RECOVERY_SHARE = 1 / 50
# Answers to requests that were already in flight tell of the same refusal, not of another one.
SAME_REFUSAL_S = 1.0


class TokenBucket:
    """Says how long to wait before the next request.

    Args:
        rate: requests per second when all is well.
        burst: requests that may go at once after a quiet time.
        clock: seconds that never go back.

    """

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        if rate <= 0 or burst < 1:
            msg = "rate must be above 0 and burst at least 1"
            raise ValueError(msg)
        self._full = rate
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._lock = threading.Lock()
        # Turns that may be taken now; below zero, turns that were taken in advance.
        self._turns = float(burst)
        # When `_turns` was counted; in the future while the vendor wants a pause, since none are earned until then.
        self._at = clock()
        self._slowed_at: float | None = None

    @property
    def rate(self) -> float:
        """Requests per second at the moment."""
        return self._rate

    def reserve(self) -> float:
        """Take the next turn and return the seconds to wait for it."""
        with self._lock:
            now = self._clock()
            self._earn(now)
            self._turns -= 1
            return max(0.0, self._at - now) + max(0.0, -self._turns / self._rate)

    def throttled(self, pause_s: float = 0.0) -> None:
        """Note a refusal: nobody goes for `pause_s`, then one by one at half the rate."""
        with self._lock:
            now = self._clock()
            self._earn(now)
            self._turns = min(
                self._turns + 1, 1.0
            )  # the refused turn is given back, the burst is not
            self._at = max(self._at, now + pause_s)
            if self._slowed_at is None or now - self._slowed_at >= SAME_REFUSAL_S:
                self._rate = max(self._rate / 2, self._full * FLOOR_SHARE)
                self._slowed_at = now

    def succeeded(self) -> None:
        """Note an answer: a slowed rate takes one step back to the full one."""
        with self._lock:
            self._earn(self._clock())
            self._rate = min(self._full, self._rate + self._full * RECOVERY_SHARE)

    def _earn(self, now: float) -> None:
        """Add the turns that came since they were counted last, at the rate that held meanwhile."""
        if now > self._at:
            self._turns = min(self._burst, self._turns + (now - self._at) * self._rate)
            self._at = now

"""A rolling audit: which windows are read again tonight, and what their surprises say about all the others. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

T = TypeVar("T")

# 97.5 % of a normal distribution lie below: with both sides, a 95 % interval.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class DriftRate:
    """How many of the windows read again differed from what the mirror held, and what that says about the rest.

    Attributes:
        windows: read again.
        differing: of them, those whose rows had changed unnoticed.
        low, high: bounds of the true share of differing windows, with 95 % confidence (Wilson's score interval).

    """

    windows: int
    differing: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Differing windows of those read; 0 when none was read."""
        return self.differing / self.windows if self.windows else 0.0


def drift_rate(windows: int, differing: int) -> DriftRate:
    """Bound the share of differing windows; nothing read says nothing: from 0 to 1."""
    if not windows:
        return DriftRate(0, 0, 0.0, 1.0)
    share, z2 = differing / windows, _Z * _Z
    middle = (share + z2 / (2 * windows)) / (1 + z2 / windows)
    spread = _Z * sqrt(share * (1 - share) / windows + z2 / (4 * windows**2)) / (1 + z2 / windows)
    # At the edges the bound is the share itself; rounding must not carry it past.
    low, high = min(share, middle - spread), max(share, middle + spread)
    return DriftRate(windows, differing, max(0.0, low), min(1.0, high))


def sample(windows: Sequence[T], count: int, seed: str) -> list[T]:
    """Choose windows evenly at random; the same seed (a day) chooses the same ones, in their order."""

    def draw(index: int) -> bytes:
        return hashlib.sha256(f"{seed}\x1f{windows[index]}".encode()).digest()

    chosen = sorted(sorted(range(len(windows)), key=draw)[:count])
    return [windows[index] for index in chosen]

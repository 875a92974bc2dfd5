"""Figures that say how close many work together; the same formulas for an event and for a whole area."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Whole = TypeVar("Whole", int, NDArray[np.int64])

NEAR = 20_000
"""Metres within which a buyer counts as market access."""


def share(part: int, whole: int) -> int:
    """Give a part of a whole per 10,000, rounded down; 0 of nothing."""
    return 10_000 * part // whole if whole else 0


def mean(total: int, count: int) -> int:
    """Give the mean of `count` things, rounded down; 0 of none."""
    return total // count if count else 0


def median(values: Sequence[int]) -> int:
    """Give the middle one, of two the lower; 0 of none."""
    return median_low(values) if values else 0


def concentration(squares: Whole, total: Whole) -> Whole:
    """Give the sum of squared shares per 10,000 (HHI) from the sum of squares and the sum; 0 of nothing.

    10,000 is one counterpart alone, 5,000 two of the same size.
    """
    shares: Whole = 10_000 * squares // (total * total + (total == 0))
    return shares

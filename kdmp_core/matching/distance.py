"""How far two places are, in whole metres as the crow flies."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from kdmp_core.matching.model import Point

EARTH_RADIUS = 6_371_008.8
"""Mean radius of the earth in metres (IUGG)."""


def metres(one: Point, other: Point) -> int:
    """Give the great-circle distance by haversine, rounded to whole metres; symmetric, 0 for one place."""
    first, last = sorted((one, other))
    latitude_1, longitude_1 = radians(first.latitude / 100_000), radians(first.longitude / 100_000)
    latitude_2, longitude_2 = radians(last.latitude / 100_000), radians(last.longitude / 100_000)
    half = sin((latitude_2 - latitude_1) / 2) ** 2
    half += cos(latitude_1) * cos(latitude_2) * sin((longitude_2 - longitude_1) / 2) ** 2
    return round(2 * EARTH_RADIUS * asin(min(1.0, sqrt(half))))

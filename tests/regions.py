"""Made figures for every village there is: plausible, not calibrated, the same for ever (matching.md §3.1).

Villages are the shipped codes with their points; the 359 without one stand at their district's. One generator for
the nation, seeded, cut by the beginning of a code afterwards, so that a regency is the same alone and in its province.

Offered paddy (GKP): 65 % of desa and 15 % of kelurahan, lognormal around 95 t (0.55) times the province's weight.
Mills: at 24 % and 10 % of those who grow, lognormal around 150 t (0.6) by weight; yield N(63, 1.2) %, fee N(430, 40).
Rice: desa lognormal around 16 t (0.5) at N(12,600, 250), kelurahan around 70 t at N(13,000, 250), which hubs reach too.
A hub a regency, at the regency's point: lognormal around 5,000 t paddy at 6,500 and 2,500 t rice at 12,000 (0.3).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from kdmp_core import areas
from kdmp_core.areas.store import table
from kdmp_core.matching.area import ISLANDS, AreaProblem, Demands, Hubs, Mills, Villages

SEED = 20_251_022
WEIGHTS = {
    "32": 1.6, "73": 1.5, "35": 1.4, "33": 1.3, "36": 1.2, "18": 1.2, "52": 1.1, "16": 0.9, "13": 0.9, "63": 0.6,
    "12": 0.4, "61": 0.4, "11": 0.3,
}  # fmt: skip
OTHER = 0.35


@cache
def nation() -> AreaProblem:
    """Give the figures of all villages."""
    chance = np.random.default_rng(SEED)
    known = table()
    codes = np.array([code for code in known.codes if len(code) == 13])
    latitudes, longitudes = _places(codes)
    desa = np.array([code[9] != "1" for code in codes])
    weight = np.array([WEIGHTS.get(code[:2], OTHER) for code in codes])
    count = len(codes)
    grows = chance.random(count) < np.where(desa, 0.65, 0.15)
    paddy = np.where(grows, chance.lognormal(np.log(95_000), 0.55, count) * weight, 0).astype(np.int64)
    at = np.flatnonzero(grows & (chance.random(count) < np.where(desa, 0.24, 0.10)))
    mills = Mills(
        at,
        (chance.lognormal(np.log(150_000), 0.6, len(at)) * weight[at]).astype(np.int64),
        np.rint(chance.normal(6_300, 120, len(at))).astype(np.int64),
        np.rint(chance.normal(430, 40, len(at))).astype(np.int64),
    )
    rice = chance.lognormal(np.log(np.where(desa, 16_000, 70_000)), 0.5).astype(np.int64)
    prices = np.rint(chance.normal(np.where(desa, 12_600, 13_000), 250)).astype(np.int64)
    islands = np.array([ISLANDS[code[:2]] for code in codes])
    villages = Villages(codes, latitudes, longitudes, islands, paddy)
    demands = Demands(np.arange(count), rice, prices, ~desa)
    return AreaProblem(villages, mills, demands, _hubs(chance)).canonical()


@cache
def region(code: str) -> AreaProblem:
    """Give what lies below a code, a province ("32") or a regency ("32.03")."""
    whole = nation()
    return whole.part(np.char.startswith(whole.villages.codes, code), np.char.startswith(whole.hubs.codes, code))


def _hubs(chance: np.random.Generator) -> Hubs:
    codes = np.array([code for code in table().codes if len(code) == 5])
    latitudes, longitudes = _places(codes)
    islands = np.array([ISLANDS[code[:2]] for code in codes])
    paddy, rice = (chance.lognormal(np.log(most), 0.3, len(codes)).astype(np.int64) for most in (5_000_000, 2_500_000))
    same = np.ones(len(codes), np.int64)
    return Hubs(codes, latitudes, longitudes, islands, paddy, 6_500 * same, rice, 12_000 * same)


def _places(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    places = [areas.point(code) for code in codes.tolist()]
    return np.array([one.latitude for one in places]), np.array([one.longitude for one in places])

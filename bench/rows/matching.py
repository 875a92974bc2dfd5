"""What matching one event is worth and costs, beside what hands reach on the same sheet."""

from __future__ import annotations

from bench import Measured, row
from bench.measure import cpu_seconds
from kdmp_core.matching import match
from tests.cianjur import cianjur, expected


@row("match.workshop", better="more")
def match_workshop() -> Measured:
    """Value of the Cianjur sheet in rupiah beside best-margin greedy's; CPU of match, reasons and trucks together."""
    problem = cianjur()
    result = match(problem)
    assert result.value == expected()["goods"]["V_optimum_rp"]
    return {
        "ours": result.value,
        "reference": result.best_margin,
        "unit": "Rp",
        "n": len(problem.rows),
        "baseline": result.baseline,
        "nearest": result.nearest,
        "gap": result.gap_milli / max(result.value_milli, 1),
        "cpu_s": round(cpu_seconds(lambda: match(problem), calls=5, turns=3), 4),
    }

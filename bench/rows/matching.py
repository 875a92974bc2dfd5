"""What matching an event or an area is worth and costs, beside what hands reach on the same sheet."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import networkx as nx

from bench import Measured, row
from bench.measure import cpu_now, cpu_seconds
from kdmp_core.matching import match
from kdmp_core.matching.area import NATION_GAP, Engine, WhatIf, engine_at_hand, match_area, with_lots
from kdmp_core.matching.area.network import Network
from tests.cianjur import cianjur, expected
from tests.places import everything, permuted
from tests.regions import region

PERMUTATIONS = 20


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


@row("match.regency", better="more")
def match_regency() -> Measured:
    """Value of Cianjur with made figures, beside best-margin greedy's on the same arcs."""
    return area("32.03", 0, turns=3)


@row("match.regency@networkx")
def match_regency_networkx() -> Measured:
    """CPU seconds to an optimum proven over all pairs, beside networkx's simplex over a table of all of them."""
    problem = region("32.03")
    ours = cpu_seconds(lambda: match_area(problem), calls=1, turns=3)
    network = Network(problem)
    everything(network)
    arcs = network.arcs()
    graph = nx.DiGraph()
    graph.add_nodes_from((node, {"demand": -supply}) for node, supply in enumerate(arcs.supplies.tolist()))
    columns = (column.tolist() for column in (arcs.tails, arcs.heads, arcs.most, arcs.gains))
    graph.add_edges_from(
        (tail, head, {"capacity": most, "weight": -gain}) for tail, head, most, gain in zip(*columns, strict=True)
    )
    before = cpu_now()
    cost, _ = nx.network_simplex(graph)
    spent = cpu_now() - before
    assert -cost == match_area(problem).value_milli
    return {"ours": round(ours, 3), "reference": round(spent, 3), "unit": "s", "n": len(arcs)}


@row("match.permuted")
def match_permuted() -> Measured:
    """How many different answers (bytes) come from 20 orders of the rows: Cianjur's sheet, and a made regency each way.

    More than one of the three in turn would be a fault.
    """
    sheet, regency = cianjur(), region("18.05")
    chance, answers = random.Random(20251022), set[tuple[str, str]]()
    for seed in range(PERMUTATIONS):
        parties, rows = list(sheet.parties), list(sheet.rows)
        chance.shuffle(parties)
        chance.shuffle(rows)
        asked = replace(sheet, parties=tuple(parties), rows=tuple(rows))
        answers.add(("event", sha256(match(asked).to_json()).hexdigest()))
        for engine in Engine:
            answers.add((engine.value, str(match_area(permuted(regency, seed), engine=engine).fingerprint())))
    assert len(answers) == 1 + len(Engine)
    return {"ours": len(answers) // (1 + len(Engine)), "unit": "answers", "n": PERMUTATIONS}


@row("match.province", better="more")
def match_province() -> Measured:
    """Likewise for Jawa Barat."""
    return area("32", 0)


@row("match.province@lots", better="more")
def match_province_lots() -> Measured:
    """Likewise with the customary lots, link costs and limits on partners; `reference` is the bound no plan passes."""
    before = cpu_now()
    result = with_lots(match_area(region("32")))
    return {
        "ours": result.value,
        "reference": result.certificate.upper_bound // 1000,
        "unit": "Rp",
        "n": len(result.problem.villages.codes),
        "baseline": result.baseline,
        "gap": round(result.gap_milli / result.value_milli, 6),
        "cpu_s": round(cpu_now() - before, 2),
        "links": result.links,
        "solver": result.solver,
    }


@row("match.nation", better="more")
def match_nation() -> Measured:
    """Likewise for all villages, by the flow engine; `mb` is the most memory of a process that does only this."""
    return alone("", NATION_GAP, engine_at_hand())


@row("match.nation@highspy", better="more")
def match_nation_highspy() -> Measured:
    """Likewise by highspy, which is always there."""
    return alone("", NATION_GAP, Engine.HIGHS)


@row("match.build.nation")
def match_build_nation() -> Measured:
    """CPU seconds from columns to the arrays of the first solve."""
    problem = region("")
    sizes: list[int] = []

    def build() -> None:
        network = Network(problem)
        network.start()
        sizes[:] = [len(network.arcs())]

    return {
        "ours": round(cpu_seconds(build, calls=1, turns=3), 3),
        "unit": "s",
        "n": len(problem.villages.codes),
        "arcs": sizes[0],
    }


@row("whatif.province")
def whatif_province() -> Measured:
    """CPU seconds of one what-if on Jawa Barat (the capacity of a mill), beside its cold solve in the same solver."""
    result = match_area(region("32"))
    before = cpu_now()
    asked = WhatIf(result)
    cold = cpu_now() - before
    problem = result.problem
    mills = problem.villages.codes[problem.mills.villages][::60].tolist()
    before = cpu_now()
    for code in mills:
        asked.mill(code, 200_000)
    warm = (cpu_now() - before) / len(mills)
    return {"ours": round(warm, 4), "reference": round(cold, 3), "unit": "s", "n": len(mills)}


def area(code: str, gap: int, *, turns: int = 1, engine: Engine | None = None) -> dict[str, object]:
    """Match what lies below a code; greedy is not in `cpu_s`."""
    problem = region(code)
    spent, result = [], None
    for _ in range(turns):
        before = cpu_now()
        result = match_area(problem, gap, engine=engine)
        spent.append(cpu_now() - before)
    assert result is not None
    most = most_mb()
    return {
        "ours": result.value,
        "reference": result.greedy.best_margin // 1000,
        "unit": "Rp",
        "n": len(problem.villages.codes),
        "baseline": result.baseline,
        "nearest": result.greedy.nearest // 1000,
        "gap": round(result.gap_milli / result.value_milli, 6),
        "cpu_s": round(min(spent), 2),
        "mb": most,
        "rounds": result.rounds,
        "solver": result.solver,
    }


def most_mb() -> int | None:
    """Give the most memory this program held (`ru_maxrss` would count what the parent held before the fork)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) // 1024


def alone(code: str, gap: int, engine: Engine) -> dict[str, object]:
    """Match in a process of its own, so that its memory is not that of the rows before."""
    words = f"area({code!r}, {gap}, engine=Engine({engine.value!r}))"
    asked = f"import json; from bench.rows.matching import Engine, area; print(json.dumps({words}))"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found

"""What a plan is for one party: what it brings, with whom it works, what it gains, what stays and why."""

from __future__ import annotations

from dataclasses import dataclass

from kdmp_core.matching.effects import Alone, Effects
from kdmp_core.matching.model import RowKind
from kdmp_core.matching.result import Flow, Lift, Outcome, Result, Standing

OFFERS = frozenset({RowKind.PRODUCTION_OFFER, RowKind.MILLING_OFFER, RowKind.TRANSPORT_OFFER, RowKind.MARKET_OFFER})


@dataclass(frozen=True)
class OwnPart:
    """One party's part of a plan.

    `sells` are its own goods; `mills` what others bring to its mill, `buys` what it buys; `carried` its loads on
    others' trucks and its own, `carries` loads on its trucks. `left` are its rows with something left, each with its
    reason.
    """

    party: str
    brings: tuple[Outcome, ...]
    sells: tuple[Flow, ...]
    mills: tuple[Flow, ...]
    buys: tuple[Flow, ...]
    carried: tuple[Lift, ...]
    carries: tuple[Lift, ...]
    left: tuple[Outcome, ...]
    standing: Standing | None
    alone: Alone | None


def own_part(result: Result, seen: Effects, party: str) -> OwnPart:
    """Give what a plan is for one party."""
    rows = [outcome for outcome in result.outcomes if outcome.party == party]
    lifts = result.transport.lifts
    return OwnPart(
        party=party,
        brings=tuple(row for row in rows if row.kind in OFFERS),
        sells=tuple(flow for flow in result.flows if flow.party == party),
        mills=tuple(flow for flow in result.flows if flow.mill == party != flow.party),
        buys=tuple(flow for flow in result.flows if flow.buyer == party),
        carried=tuple(lift for lift in lifts if lift.owner == party),
        carries=tuple(lift for lift in lifts if lift.truck == party != lift.owner),
        left=tuple(row for row in rows if row.reason is not None),
        standing=next((one for one in result.standings if one.party == party), None),
        alone=next((one for one in seen.by_party if one.party == party), None),
    )

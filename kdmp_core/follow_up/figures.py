"""A PKS in figures: what was planned, contracted and delivered beside each other, and the lines a plan suggests.

Figures have five names that are never summed across: potensi, rencana (matching), niat (MoU), kontrak (PKS),
realisasi (delivered).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import plans
from kdmp_core.agreements import guards
from kdmp_core.agreements.proposals import DEAD
from kdmp_core.follow_up.delivery import deliveries
from kdmp_core.matching import Flow
from kdmp_core.records import Agreement, Delivery, Party
from kdmp_core.texts import text

TOLERANCE_PERCENT = 5


@dataclass(frozen=True)
class Figures:
    """One commodity of a PKS side by side, kilograms and rupiah: rencana, kontrak, realisasi."""

    commodity: str
    planned_kg: int
    contracted_kg: int
    real_kg: int
    contracted_rupiah: int
    real_rupiah: int
    over_contract: bool


def side_by_side(session: Session, agreement: Agreement) -> list[Figures]:
    """Give rencana, kontrak and realisasi of a PKS per commodity."""
    rows = deliveries(session, agreement)
    planned = _planned_kg(session, agreement)
    lines: Sequence[Mapping[str, Any]] = agreement.terms.get("lines", ())
    return [
        _figures(
            name,
            [line for line in lines if line["commodity"] == name],
            [row for row in rows if row.commodity == name],
            planned.get(name, 0),
        )
        for name in dict.fromkeys(line["commodity"] for line in lines)
    ]


@dataclass(frozen=True)
class Suggested:
    """A PKS that a plan suggests between two parties of a MoU: all goods of the pair in one; `code` where one lives."""

    supplier: Party
    buyer: Party
    lines: list[dict[str, Any]]
    code: str


def supply_lines(session: Session, parent: Agreement, supplier: Party, buyer: Party) -> list[dict[str, Any]]:
    """Give the PKS lines that a plan suggests between a supplier and a buyer; empty when nothing flows."""
    return _lines(_flows(session, parent, [supplier.id], [buyer.id]))


def suggested_supplies(session: Session, parent: Agreement) -> list[Suggested]:
    """Give the fewest PKS that carry a MoU's plan: one for each supplier and buyer among those who are its parties."""
    standing = guards.standing_party_ids(session, parent)
    parties = {str(row.number): row.party for row in parent.event.parties if row.party_id in standing}
    pairs: dict[tuple[str, str], list[Flow]] = {}
    for flow in _flows(session, parent, standing, standing):
        pairs.setdefault((flow.party, flow.buyer), []).append(flow)
    living = _living(session, parent)
    found = ((parties[one], parties[other], _lines(flows)) for (one, other), flows in pairs.items())
    return [
        Suggested(supplier, buyer, lines, living.get((supplier.id, buyer.id), ""))
        for supplier, buyer, lines in found
        if lines
    ]


def _living(session: Session, parent: Agreement) -> dict[tuple[int, int], str]:
    where = (Agreement.parent_id == parent.id, Agreement.kind == "pks", Agreement.state.not_in(DEAD))
    rows = session.scalars(select(Agreement).where(*where))
    return {(row.parties[0].party_id, row.parties[-1].party_id): row.code for row in rows}


def _lines(flows: Iterable[Flow]) -> list[dict[str, Any]]:
    lines: dict[str, dict[str, Any]] = {}
    for flow in flows:
        if flow.kg_goods > 0:
            name = text(f"commodity.{flow.goods.value}")
            line = {"commodity": name, "grade": text(f"grade.{flow.goods.value}"), "kg": 0, "price": flow.price}
            lines.setdefault(name, {**line, "tolerance_percent": TOLERANCE_PERCENT})["kg"] += flow.kg_goods
    return list(lines.values())


def _planned_kg(session: Session, agreement: Agreement) -> dict[str, int]:
    """Give what the plan lets flow between the parties of an agreement: commodity → kilograms of that commodity."""
    mine = [row.party_id for row in agreement.parties]
    found: dict[str, int] = {}
    for flow in _flows(session, agreement, mine, mine):
        name = text(f"commodity.{flow.goods.value}")
        found[name] = found.get(name, 0) + flow.kg_goods
    return found


def _flows(
    session: Session, agreement: Agreement, supplier_ids: Collection[int], buyer_ids: Collection[int]
) -> Iterator[Flow]:
    """Give the flows of the plan an agreement came from, between some of its suppliers and buyers."""
    if agreement.plan_id is None:
        return
    ids = {key: party.id for key, party in plans.parties_of(session, agreement.event).items()}
    for flow in plans.result_of(plans.find(session, agreement.plan_id)).flows:
        if ids.get(flow.party) in supplier_ids and ids.get(flow.buyer) in buyer_ids:
            yield flow


def _figures(commodity: str, lines: Sequence[Mapping[str, Any]], rows: Sequence[Delivery], planned_kg: int) -> Figures:
    """Put one commodity together: a delivery names no grade, so all lines of the commodity stand against it."""
    real_kg = sum(row.net_kg for row in rows)
    return Figures(
        commodity=commodity,
        planned_kg=planned_kg,
        contracted_kg=sum(line["kg"] for line in lines),
        real_kg=real_kg,
        contracted_rupiah=sum(line["kg"] * line["price"] for line in lines),
        real_rupiah=sum(row.amount_rupiah for row in rows),
        over_contract=real_kg * 100 > sum(line["kg"] * (100 + line["tolerance_percent"]) for line in lines),
    )

"""What parties have and lack, looked at as a whole: what is missing or cannot be, named before anything is matched.

Every row may be right by itself and the whole still wrong: more rice to sell than the paddy gives, a wish to mill
above the harvest, a cooperative that said nothing. None of it is refused; people mend it or let it stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core.quantities import kg_text, rupiah_text
from kdmp_core.records import VILLAGE_COOPERATIVES, Event, EventParty, MappingEntry
from kdmp_core.texts import text

MOST_RICE = Fraction(86, 100) * Fraction(64, 100)
"""Most kilograms of rice from one of paddy (GKP): the upper ends of drying and milling yield (domain.md §9)."""

REFERENCE_PRICE: dict[str, int] = {"gkp": 6_500, "milling": 450, "rice_medium": 13_500, "rice_premium": 14_900}
"""Rupiah per kg (HPP and HET of domain.md §9, the usual fee), only to see a slip of the pen: 0.3 to 3 times passes."""

RICE = ("rice_medium", "rice_premium")
ORDER = (
    "nothing_said",
    "rows_rejected",
    "rice_above_paddy",
    "rice_without_paddy",
    "milling_above_paddy",
    "price_unlikely",
    "buyer_without_price",
    "needs_from_itself",
    "no_need",
    "no_potential",
    "paddy_without_way",
)
"""The kinds of gaps, those that weigh most first."""


@dataclass(frozen=True)
class Gap:
    """One thing that lacks or contradicts: its kind (a key under `mapping.gaps`), whose, and the figures in it."""

    code: str
    number: int
    party: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Give what is wrong, for a list of its kind."""
        return text(f"mapping.gaps.{self.code}.name")

    @property
    def sentence(self) -> str:
        """Give it with its figures."""
        return text(f"mapping.gaps.{self.code}.reason", **self.values)


def gaps(session: Session, event: Event) -> list[Gap]:
    """Give what of an event's mapping is missing or contradicts itself, by kind and then by the parties' numbers."""
    seats = session.scalars(select(EventParty).where(EventParty.event_id == event.id).order_by(EventParty.number))
    where = MappingEntry.event_id == event.id
    entries = session.scalars(select(MappingEntry).where(where).order_by(MappingEntry.row_number, MappingEntry.row_key))
    of_party: dict[int | None, list[MappingEntry]] = {}
    for entry in entries:
        of_party.setdefault(entry.party_id, []).append(entry)
    found = [gap for seat in seats for gap in gaps_of(seat, of_party.pop(seat.party_id, []))]
    nobody = sum(len(rows) for rows in of_party.values())
    found += [Gap("rows_rejected", 0, text("mapping.nobody"), {"n": str(nobody)})] if nobody else []
    return sorted(found, key=lambda gap: (ORDER.index(gap.code), gap.number))


def gaps_of(seat: EventParty, entries: Sequence[MappingEntry]) -> Iterator[Gap]:
    """Give what is missing or contradicts itself in the entries of one party."""
    good = [entry for entry in entries if entry.status == "good"]
    for code, values in (*_said(seat, entries, good), *_rice(good), *_prices(good), *_own(good)):
        yield Gap(code, seat.number, seat.party.name, values)


def price_is_likely(commodity: str, price: int) -> bool:
    """Say whether a price lies between 0.3 and 3 times its reference (matching.md rule 17)."""
    reference = REFERENCE_PRICE.get(commodity)
    return reference is None or 3 * reference <= 10 * price <= 30 * reference


def _said(
    seat: EventParty, entries: Sequence[MappingEntry], good: Sequence[MappingEntry]
) -> Iterator[tuple[str, dict[str, str]]]:
    village = seat.party.kind in VILLAGE_COOPERATIVES
    rejected = len(entries) - len(good)
    if rejected:
        yield "rows_rejected", {"n": str(rejected)}
    if not entries:
        yield "nothing_said", {}
    elif good and village:
        if not any(entry.direction == "need" for entry in good):
            yield "no_need", {}
        if not any(entry.direction == "potential" for entry in good):
            yield "no_potential", {}


def _rice(good: Sequence[MappingEntry]) -> Iterator[tuple[str, dict[str, str]]]:
    paddy = _sum(good, "production", "potential")
    rice = _sum(good, "marketing", "need", RICE)
    milling = _sum(good, "processing", "need")
    most = int(paddy * MOST_RICE)
    if rice and not paddy:
        yield "rice_without_paddy", {"rice": kg_text(rice)}
    elif rice > most:
        yield "rice_above_paddy", {"rice": kg_text(rice), "paddy": kg_text(paddy), "most": kg_text(most)}
    if milling > paddy > 0:
        yield "milling_above_paddy", {"milling": kg_text(milling), "paddy": kg_text(paddy)}
    if paddy and not any(entry.field in ("processing", "marketing") for entry in good):
        yield "paddy_without_way", {"paddy": kg_text(paddy)}


def _prices(good: Sequence[MappingEntry]) -> Iterator[tuple[str, dict[str, str]]]:
    for entry in good:
        price, goods = entry.price_rupiah_per_kg, entry.commodity
        if price is None and entry.is_buyer:
            yield "buyer_without_price", {"goods": text(f"sheet.commodity.{goods}"), "kg": kg_text(entry.quantity_kg)}
        if price is not None and not price_is_likely(goods, price):
            usual = rupiah_text(REFERENCE_PRICE[goods])
            named = text(f"sheet.commodity.{goods}")
            yield "price_unlikely", {"goods": named, "price": rupiah_text(price), "usual": usual}


def _own(good: Sequence[MappingEntry]) -> Iterator[tuple[str, dict[str, str]]]:
    offered = {(one.field, one.commodity): one for one in good if one.direction == "potential"}
    for entry in good:
        own = offered.get((entry.field, entry.commodity)) if entry.direction == "need" else None
        if own is not None and entry.field != "marketing":
            named = text(f"sheet.commodity.{entry.commodity}")
            yield (
                "needs_from_itself",
                {"goods": named, "has": kg_text(own.quantity_kg), "needs": kg_text(entry.quantity_kg)},
            )


def _sum(entries: Sequence[MappingEntry], field_: str, direction: str, commodities: Sequence[str] | None = None) -> int:
    return sum(
        entry.quantity_kg
        for entry in entries
        if (entry.field, entry.direction) == (field_, direction)
        and (commodities is None or entry.commodity in commodities)
    )

"""A record full of an area's made figures (tests/regions.py): events and buyers a regency, parties a village."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from kdmp_core import access
from kdmp_core.matching.area import AreaProblem
from kdmp_core.records import Event, MappingEntry, Party, PartyKind, Role
from tests.builders import NOW, SYSTEM
from tests.regions import region

BASELINE = 6_200


def fill(session: Session, code: str, *, outlets: int = 3, regency: str = "", now: datetime = NOW) -> int:
    """Write what lies below a code; every `outlets`-th village's own outlet buys. Give how many entries there are.

    Of a district the `regency` is named, whose buyer takes part.

    Growers without a mill let three quarters be milled. Each names a truck need, which the area model cannot hold.
    """
    problem = region(code)
    if regency:
        problem = replace(problem, hubs=region(regency).hubs)
    user, _ = access.add_user(session, f"filler{code}", "Pengisi", [(Role.COORDINATOR, code)], now=now, by=SYSTEM)
    regencies = problem.hubs.codes.tolist()
    session.execute(insert(Event), [_event(number, one, user.id, now) for number, one in enumerate(regencies, 1)])
    villages = problem.villages.codes.tolist()
    parties = [_party(number, one, PartyKind.KDMP, now) for number, one in enumerate(villages, 1)]
    buyers = [_party(len(villages) + number, one, PartyKind.SOE, now) for number, one in enumerate(regencies, 1)]
    session.execute(insert(Party), parties + buyers)
    rows = list(_entries(problem, {one: number for number, one in enumerate(regencies, 1)}, outlets))
    session.execute(insert(MappingEntry), rows)
    return len(rows)


def _event(number: int, code: str, user_id: int, now: datetime) -> dict[str, Any]:
    day = date(2026, 11, 23)
    return {
        "id": number, "identity": f"made:{code}", "name": f"Lokakarya {code}", "organiser": "Dinas", "venue": "Aula",
        "starts_on": day, "ends_on": day, "regency_code": code, "commodity": "rice", "policy": {},
        "baseline_rupiah_per_kg": BASELINE, "created_at": now, "created_by_id": user_id,
    }  # fmt: skip


def _party(number: int, code: str, kind: PartyKind, now: datetime) -> dict[str, Any]:
    return {"id": number, "identity": f"made:{number}", "kind": kind, "name": f"Koperasi {code}", "area_code": code,
            "revision": 1, "created_at": now}  # fmt: skip


def _entries(problem: AreaProblem, events: dict[str, int], outlets: int) -> Iterator[dict[str, Any]]:
    codes, with_mill = problem.villages.codes.tolist(), set(problem.mills.villages.tolist())
    for row, kg in enumerate(problem.villages.paddy.tolist()):
        event, party = events[codes[row][:5]], row + 1
        if kg:
            yield _entry(event, party, "production", "potential", "gkp", kg, 6_500)
            yield _entry(event, party, "distribution", "need", "transport", 1 + kg // 3, None)
            if row not in with_mill:
                yield _entry(event, party, "processing", "need", "milling", 1 + 3 * kg // 4, None)
    mills = problem.mills
    for row, kg, fee in zip(mills.villages.tolist(), mills.capacities.tolist(), mills.fees.tolist(), strict=True):
        yield _entry(events[codes[row][:5]], row + 1, "processing", "potential", "milling", kg, fee)
    demands = problem.demands
    for row, kg, price in zip(demands.villages.tolist(), demands.rice.tolist(), demands.prices.tolist(), strict=True):
        buyer = row % outlets == 0
        yield _entry(events[codes[row][:5]], row + 1, "marketing", "potential", "rice_medium", kg, price, buyer=buyer)
    hubs = problem.hubs
    columns = np.stack((hubs.paddy, hubs.paddy_prices, hubs.rice, hubs.rice_prices), axis=1).tolist()
    for number, (paddy, paddy_price, rice, rice_price) in enumerate(columns, 1):
        party = len(codes) + number
        yield _entry(number, party, "marketing", "potential", "gkp", paddy, paddy_price)
        yield _entry(number, party, "marketing", "potential", "rice_medium", rice, rice_price)


def _entry(
    event: int, party: int, field: str, direction: str, goods: str, kg: int, price: int | None, *, buyer: bool = False
) -> dict[str, Any]:
    return {
        "event_id": event, "party_id": party, "row_key": f"{party}:{field}:{direction}:{goods}", "row_number": party,
        "field": field, "direction": direction, "commodity": goods, "period": "season", "period_as_written": "musim",
        "quantity_kg": kg, "price_rupiah_per_kg": price, "note": "", "is_buyer": buyer, "status": "good", "reasons": [],
    }  # fmt: skip

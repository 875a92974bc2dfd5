"""A plan told to people names who does what."""

from __future__ import annotations

from kdmp_core.matching import match
from tests.cianjur import cianjur
from webhooks.desk import plan_words


def test_a_lift_names_whose_truck_it_is_and_where_its_load_stands() -> None:
    problem = cianjur()
    result = match(problem)
    names = {party.key: f"Koperasi {party.key}" for party in problem.parties}
    told = plan_words.of(result, names, names).lifts
    lifts = result.transport.lifts
    assert [line[:3] for line in told] == [
        [names[key] for key in (lift.truck, lift.origin, lift.destination)] for lift in lifts
    ]
    assert any(lift.truck != lift.owner for lift in lifts)

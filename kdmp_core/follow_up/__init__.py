"""What follows a signature: the term and what is owed in it, paper that was signed before, deliveries, figures."""

from __future__ import annotations

from kdmp_core.follow_up.delivery import HEAVIEST_KG, RECORDERS, DeliveryFacts, deliver, deliveries, reverse
from kdmp_core.follow_up.figures import Figures, Suggested, side_by_side, suggested_supplies, supply_lines
from kdmp_core.follow_up.paper import (
    LARGEST_SCAN,
    LONGEST_NUMBER,
    confirm_paper,
    latest_scan,
    record_paper,
    require_scan,
)
from kdmp_core.follow_up.term import PKS_DUE, enter_into_force, last_day, next_reminder, obligations

__all__ = [
    "HEAVIEST_KG",
    "LARGEST_SCAN",
    "LONGEST_NUMBER",
    "PKS_DUE",
    "RECORDERS",
    "DeliveryFacts",
    "Figures",
    "Suggested",
    "confirm_paper",
    "deliver",
    "deliveries",
    "enter_into_force",
    "last_day",
    "latest_scan",
    "next_reminder",
    "obligations",
    "record_paper",
    "require_scan",
    "reverse",
    "side_by_side",
    "suggested_supplies",
    "supply_lines",
]

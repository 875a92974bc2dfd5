"""What needs me, where an event stands, who has signed, what happened: facts read for pages, never worded here."""

from __future__ import annotations

from kdmp_core.registry import signing_officers
from kdmp_core.reporting.counts import STAGES, Count, Recap, event_counts, recap, unconfirmed
from kdmp_core.reporting.hands import codes_to_release, links_to_send, saw
from kdmp_core.reporting.needs import Need, needs_me
from kdmp_core.reporting.people import Happened, history, people, troubles_at_providers, who_said
from kdmp_core.reporting.scope import agreements_for, open_moves

__all__ = [
    "STAGES",
    "Count",
    "Happened",
    "Need",
    "Recap",
    "agreements_for",
    "codes_to_release",
    "event_counts",
    "history",
    "links_to_send",
    "needs_me",
    "open_moves",
    "people",
    "recap",
    "saw",
    "signing_officers",
    "troubles_at_providers",
    "unconfirmed",
    "who_said",
]

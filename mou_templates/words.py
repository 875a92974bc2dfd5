"""Facts become the words of the paper: everything is text from here on, and nothing is formatted later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from mou_templates.door import Words, check_words
from mou_templates.framing import ISSUE, OWN_NUMBER
from mou_templates.kinds import check_facts, kind_of

STAMPS = {
    "trial": "UJI COBA. Konsep, belum ditelaah ahli hukum",
    "draft": "Konsep, belum ditelaah ahli hukum",
    "reviewed": "",
}


UNBOUND = (ISSUE, OWN_NUMBER, "paper", "logo")
"""Entries of the words that review does not bind to."""


def dress(kind: str, facts: Mapping[str, Any]) -> Words:
    """Give the words of one paper of `kind`: dict, list and exact str only, already through the door.

    `facts` as the kind's file under `papers/` says. Raises `Refused` for facts that do not fit or words that may not
    be printed.
    """
    checked = check_facts(kind, facts)
    made = kind_of(kind)
    return check_words({"form": made.form, "stamp": STAMPS[checked["legal_review"]], **made.dress(checked)})


def review_hash(words: Words, kind: str) -> str:
    """Give the hash review binds to: SHA-256 (hex) of the canonical JSON of the words.

    Number, place, date and what is derived from them (the entry `issue`) and the parties' own numbers are left out,
    so that draw_up may fill them, and so are paper size and logo, which say nothing; any other change of a word changes
    the hash.
    """
    kind_of(kind)
    canonical = json.dumps([kind, _bound(words)], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _bound(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bound(inner) for name, inner in value.items() if name not in UNBOUND}
    return [_bound(inner) for inner in value] if isinstance(value, list) else value

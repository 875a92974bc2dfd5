"""The key facts above an agreement, in plain words, from the stored facts of its round and never from live rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kdmp_core.quantities import kg_text, rupiah_text
from kdmp_core.records import Agreement
from kdmp_core.signing.moments import date_words, deadline_words
from kdmp_core.texts import text
from webhooks.pages.shapes import Fact

YEAR = 12


def key_facts(agreement: Agreement, facts: Mapping[str, Any]) -> list[Fact]:
    """Give the facts of a round (as stored: dates as ISO text) as questions with answers; goods and prices first."""
    own = facts.get("own_draft")
    found = _goods(facts) if agreement.kind == "pks" else []
    found += [
        Fact(text("sign.fact_what"), facts["subject"]),
        Fact(text("sign.fact_valid"), _valid(facts)),
        _money(agreement.kind, theirs=own is not None),
    ]
    if own:
        found = [replace(fact, remark=text("sign.fact_by_hand")) for fact in found]
        found.insert(0, Fact(text("sign.fact_whose"), text("sign.fact_theirs", file=own["file_name"], n=own["pages"])))
    found.insert(-3, Fact(text("sign.fact_who"), _who(facts)))
    if facts.get("letter_number"):
        found.append(Fact(text("sign.fact_number"), facts["letter_number"]))
    if agreement.deadline_at is not None:
        until = deadline_words(agreement.deadline_at, agreement.area_code)
        found.append(Fact(text("sign.fact_until"), until))
    return found


def _who(facts: Mapping[str, Any]) -> str:
    if "members" in facts:
        return text("sign.fact_who_network", n=len(facts["members"]), counterpart=facts["counterpart"]["name"])
    first, second = ("supplier", "buyer") if "supplier" in facts else ("first", "second")
    return text("sign.fact_who_two", first=facts[first]["name"], second=facts[second]["name"])


def _valid(facts: Mapping[str, Any]) -> str:
    months = facts["duration_months"]
    years, rest = divmod(months, YEAR)
    length = text("sign.fact_months", n=months) if rest else text("sign.fact_years", n=years)
    if not facts.get("dated"):
        return length
    return text("sign.fact_from", length=length, date=date_words(date.fromisoformat(facts["dated"])))


def _money(kind: str, *, theirs: bool) -> Fact:
    """Say whether anybody owes money; of a partner's own MoU we cannot know, so it sends people to the text."""
    answer = "yes" if kind == "pks" else "theirs" if theirs else "no"
    return Fact(text("sign.fact_money"), text(f"sign.fact_money_{answer}"))


def _goods(facts: Mapping[str, Any]) -> list[Fact]:
    return [Fact(text("sign.fact_goods"), "; ".join(_line(line) for line in facts["lines"]))]


def _line(line: Mapping[str, Any]) -> str:
    kg, price = kg_text(line["kg"]), rupiah_text(line["price"])
    return text("sign.fact_goods_line", commodity=line["commodity"], kg=kg, price=price)

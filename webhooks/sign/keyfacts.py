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
SIDES = (
    *(("members", "counterpart"), ("firsts", "second"), ("supplier", "buyer")),
    *(("joining", "secretariat"), ("first", "second")),
)
"""How a kind's facts name its two sides; a side of many is a list."""


def key_facts(agreement: Agreement, facts: Mapping[str, Any]) -> list[Fact]:
    """Give the facts of a round (as stored: dates as ISO text) as questions with answers; goods and prices first."""
    own = facts.get("own_draft")
    found = _first(agreement.kind, facts)
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


def _first(kind: str, facts: Mapping[str, Any]) -> list[Fact]:
    """Give what a kind is about, before everything else: goods and prices, articles that change, what is joined."""
    if kind == "pks":
        return _goods(facts)
    if kind == "addendum":
        changed = [text("sign.fact_article", n=row["article"], heading=row["heading"]) for row in facts["changes"]]
        return [Fact(text("sign.fact_changes"), f"{facts['parent']['title']}. {'; '.join(changed)}")]
    if kind == "accession":
        return [Fact(text("sign.fact_joins"), facts["parent"]["title"])]
    return []


def _who(facts: Mapping[str, Any]) -> str:
    one, other = next(pair for pair in SIDES if pair[0] in facts)
    firsts = facts[one] if isinstance(facts[one], list) else [facts[one]]
    second = facts[other]["name"]
    if len(firsts) > 1:
        return text("sign.fact_who_network", n=len(firsts), counterpart=second)
    return text("sign.fact_who_two", first=firsts[0]["name"], second=second)


def _valid(facts: Mapping[str, Any]) -> str:
    if "effective_on" in facts:
        return text("sign.fact_since", date=date_words(date.fromisoformat(facts["effective_on"])))
    if "until" in facts:
        return text("sign.fact_till", date=date_words(date.fromisoformat(facts["until"])))
    months = facts["duration_months"]
    years, rest = divmod(months, YEAR)
    length = text("sign.fact_months", n=months) if rest else text("sign.fact_years", n=years)
    if not facts.get("dated"):
        return length
    return text("sign.fact_from", length=length, date=date_words(date.fromisoformat(facts["dated"])))


def _money(kind: str, *, theirs: bool) -> Fact:
    """Say whether anybody owes money; of a partner's own MoU we cannot know, so it sends people to the text."""
    answer = "theirs" if theirs else {"pks": "yes", "addendum": "changed"}.get(kind, "no")
    return Fact(text("sign.fact_money"), text(f"sign.fact_money_{answer}"))


def _goods(facts: Mapping[str, Any]) -> list[Fact]:
    return [Fact(text("sign.fact_goods"), "; ".join(_line(line) for line in facts["lines"]))]


def _line(line: Mapping[str, Any]) -> str:
    kg, price = kg_text(line["kg"]), rupiah_text(line["price"])
    return text("sign.fact_goods_line", commodity=line["commodity"], kg=kg, price=price)

"""An area plan in sentences: what was found, how good it is, what is left and why, what the model could not hold."""

from __future__ import annotations

from typing import Any

from kdmp_core import areas
from kdmp_core.area_plans.reading import REFERENCE
from kdmp_core.area_plans.scope import find
from kdmp_core.quantities import number_text, rupiah_text, ton_text
from kdmp_core.records import AreaPlan
from kdmp_core.texts import text

MOSTLY = 2
"""Mills are what lacks when at least one of so many is full."""


def finding(plan: AreaPlan) -> str:
    """Give the finding in one or two sentences: how much paddy has somewhere to go, and what is in the way."""
    facts = plan.facts
    offered, placed = facts["offered"], facts["placed"]
    if not placed:
        return text("area_plans.finding.none")
    first = "all" if placed == offered else "part"
    said = text(f"area_plans.finding.{first}", offered=ton_text(offered), placed=ton_text(placed))
    why = next((one["why"] for one in facts["reasons"] if one["what"] == "paddy"), "room")
    mills, full = facts["mills"], facts["mills_full"]
    if why in {"room", "mills_full"} and mills and MOSTLY * full >= mills:
        why = "mills"
    return f"{said} {text(f'area_plans.finding.{why}', full=number_text(full), mills=number_text(mills))}"


def proof(plan: AreaPlan) -> str:
    """Give how much better another plan could be at most, rounded up to hundredths of a percent."""
    if plan.gap_milli <= 0:
        return text("area_plans.proven")
    hundredths = -(-10_000 * plan.gap_milli // max(plan.facts["value_milli"], 1))
    return text("area_plans.gap", percent=f"{hundredths // 100},{hundredths % 100:02d}")


def above(plan: AreaPlan) -> str:
    """Give what the value is measured against; it stands beside every rupiah of a plan."""
    return text("area_plans.above", baseline=rupiah_text(plan.baseline_rupiah_per_kg))


def reasons(plan: AreaPlan) -> list[tuple[str, str, int, int]]:
    """Give what is left: whose, why, how many, kg."""
    return [
        (text(f"area_plans.what.{one['what']}"), text(f"area_plans.why.{one['why']}"), one["count"], one["kg"])
        for one in plan.facts["reasons"]
    ]


def told_reasons(plan: AreaPlan) -> list[str]:
    """Give what is left in sentences."""
    return [
        text("area_plans.told.reason", what=what, count=number_text(count), amount=ton_text(kg), why=why)
        for what, why, count, kg in reasons(plan)
    ]


def notes(plan: AreaPlan) -> list[str]:
    """Give what the area model could not hold or holds otherwise, in sentences."""
    told = [
        text("area_plans.told.note", count=number_text(one["count"]), amount=ton_text(one["kg"]),
             what=text(f"area_plans.note.{one['code']}"))
        for one in plan.facts["notes"]
    ]  # fmt: skip
    return [*told, text("area_plans.told.always"), text("area_plans.since", since=REFERENCE.since.isoformat())]


def mills_wanted(plan: AreaPlan) -> list[str]:
    """Give where one more mill would bring most, in sentences."""
    return [
        text("area_plans.told.mill", area=areas.label(one["area"]), worth=rupiah_text(one["rupiah"]))
        for one in plan.facts["new_mills"]
    ]


def child(row: dict[str, Any], of: str) -> str:
    """Give the name of an area in the table of those below; who stands at none of them is at the area itself."""
    return text("area_plans.itself") if row["area"] == of else find(row["area"]).label

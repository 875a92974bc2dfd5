"""Plans of areas that are kept, and those that somebody asked for and the worker owes."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kdmp_core.records.columns import Base, Owed


class AreaPlan(Base):
    """One matching of an area: the whole question and answer as packed bytes, and the hashes of both unpacked.

    The same question, gap and solver find the plan again. `facts` is what pages and the API tell of it: sums, reasons,
    what the area model could not hold, and what finding it cost. Its figures follow from inputs and result.
    """

    __tablename__ = "area_plans"
    __table_args__ = (UniqueConstraint("area_code", "inputs_sha256", "solver"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(index=True)
    inputs: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    inputs_sha256: Mapped[str]
    result: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    result_sha256: Mapped[str]
    value_rupiah: Mapped[int]
    baseline_rupiah_per_kg: Mapped[int]
    gap_milli: Mapped[int]
    greedy_rupiah: Mapped[int]
    nearest_rupiah: Mapped[int]
    solver: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    found_at: Mapped[datetime]


class AskState(enum.StrEnum):
    """A plan that was asked for is owed to the worker, was made, or was refused with a reason."""

    ASKED = "asked"
    MADE = "made"
    REFUSED = "refused"


class AreaAsk(Base, Owed):
    """That a plan of an area is wanted, by a person or (`asked_by_id` None) by the clock; the worker's queue.

    `progress` says how far its child has come, `refusal` the code and values of the sentence when it cannot be.
    """

    __tablename__ = "area_asks"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(index=True)
    baseline_rupiah_per_kg: Mapped[int]
    state: Mapped[AskState]
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    refusal: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("area_plans.id"))

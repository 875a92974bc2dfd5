"""What follows a signature: obligations with their dates, deliveries against a PKS."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kdmp_core.records.columns import Base, Owed


class Obligation(Base, Owed):
    """Something an agreement owes by a date (first: a PKS within n months); ticked with what fulfilled it."""

    __tablename__ = "obligations"
    __table_args__ = (UniqueConstraint("agreement_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    kind: Mapped[str]
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    done_by_agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"))


class Delivery(Base):
    """Goods handed over under a PKS, in whole kilograms; corrected by reversal only."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("agreement_id", "number"), UniqueConstraint("key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    key: Mapped[str]
    number: Mapped[int]
    delivered_on: Mapped[date]
    from_party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    to_party_id: Mapped[int] = mapped_column(ForeignKey("parties.id"))
    commodity: Mapped[str]
    gross_kg: Mapped[int]
    tare_kg: Mapped[int]
    net_kg: Mapped[int]
    price_rupiah_per_kg: Mapped[int]
    amount_rupiah: Mapped[int]
    note: Mapped[str]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"), unique=True)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

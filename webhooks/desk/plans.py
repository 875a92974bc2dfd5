"""Mapping and plan of an event: who has and lacks what, who should work with whom and why, and proposals from it."""

from __future__ import annotations

from collections import defaultdict

from flask import request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import areas, plans, reporting
from kdmp_core import mapping as mappings
from kdmp_core.agreements import proposals
from kdmp_core.errors import InvalidInput
from kdmp_core.quantities import ton_text
from kdmp_core.records import Event, EventParty, MappingEntry, Plan, Role, SheetImport
from kdmp_core.texts import text
from webhooks.context import by_staff, reach, staff
from webhooks.desk import choosing, forms, frame, places, plan_changes, plan_words
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake

KEPT_DIGITS = frozenset({"value", "sold", "left_out"})
FIELDS = ("production", "processing", "distribution", "marketing")


@blueprint.get("/meja/acara/<int:event_id>/pemetaan")
def mapping(event_id: int) -> str:
    """Show the matrix of parties and the four fields, potential and need, in tonnes."""
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        return frame.page(
            session,
            "mapping",
            "events",
            event=found,
            columns=frame.columns("desk.mapping", "party production processing distribution marketing"),
            rows=_matrix(session, found),
            gaps=_gaps(session, found),
            mend=_mend(session, found) if places.may(found, Role.COORDINATOR) else "",
        )


@blueprint.get("/meja/acara/<int:event_id>/rencana")
def plan(event_id: int) -> str:
    """Show the event's plan: its finding, its value, what changed, flows with reasons, what is unmet."""
    return _plan_page(event_id, [])


@blueprint.post("/meja/acara/<int:event_id>/rencana")
def make_plan(event_id: int) -> forms.Answer:
    """Match the event's mapping with the choices of its plan; the same question gives the plan that is kept."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, choosing.PLANNERS)
        kept = plans.latest(session, found)
        choices = plans.choices_of(kept) if kept else plans.NONE
        with choosing.named(session, found):
            plans.make(session, found, by_staff(), reach().now(), choices)
        return url_for("desk.plan", event_id=found.id)

    return forms.answer(act, lambda errors: _plan_page(event_id, errors))


@blueprint.post("/meja/acara/<int:event_id>/usulan-jaringan")
def propose_networks(event_id: int) -> forms.Answer:
    """Propose one network MoU per counterpart; those that live already are passed over."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        kept = plans.latest(session, found)
        proposals.propose_networks(session, found, by_staff(), reach().now(), plan_id=kept.id if kept else None)
        return url_for("desk.plan", event_id=found.id) + "#drafts"

    return forms.answer(act, lambda errors: _plan_page(event_id, errors))


@blueprint.post("/meja/acara/<int:event_id>/usulan-pasangan")
def propose_pairs(event_id: int) -> forms.Answer:
    """Propose a bilateral MoU for each chosen pair of the plan."""

    def act(session: Session) -> str:
        found = places.event_here(session, event_id, (Role.COORDINATOR,))
        kept = plans.latest(session, found)
        chosen = set(request.form.getlist("pair"))
        if kept is None or not chosen:
            raise InvalidInput("desk.no_pair_chosen")
        parties = plans.parties_of(session, found)
        pairs = {f"{pair.mill}:{pair.party}": pair for pair in plans.result_of(kept).pairs}
        if not chosen <= pairs.keys():  # the event goes by another plan by now
            raise InvalidInput("desk.pair_of_another_plan")
        for value, pair in pairs.items():
            if value in chosen:
                miller, grower = parties[pair.mill], parties[pair.party]
                proposals.propose_pair(
                    session, found, miller, grower, pair.kg, by_staff(), reach().now(), plan_id=kept.id
                )
        return url_for("desk.plan", event_id=found.id) + "#drafts"

    return forms.answer(act, lambda errors: _plan_page(event_id, errors))


def _plan_page(event_id: int, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        several = plans.plans_of(session, found)
        kept = several[0] if several else None
        drafts = reporting.agreements_for(session, staff(), event=found)
        coordinates = places.may(found, Role.COORDINATOR)
        return frame.page(
            session,
            "plan",
            "events",
            event=found,
            plan=kept,
            words=_words(session, found, kept) if kept else None,
            chosen=choosing.summary(plans.choices_of(kept)) if kept else "",
            changes=_changes(session, found, several),
            former=several[1].id if several[1:] else 0,
            kept=choosing.kept_rows(several, found.regency_code) if several[1:] else [],
            kept_columns=frame.columns("desk.kept.column", "plan made choices value sold left_out use", KEPT_DIGITS),
            fresh=kept is not None and _is_current(session, found, kept),
            made=frame.moment(kept.made_at, found.regency_code) if kept else "",
            may_make=places.may(found, *choosing.PLANNERS),
            may_propose=coordinates,
            drafts=drafts,
            errors=errors,
        )


def _words(session: Session, found: Event, kept: Plan) -> plan_words.PlanWords:
    parties = plans.parties_of(session, found)
    names = {key: party.name for key, party in parties.items()}
    places_ = {key: areas.label(party.area_code) for key, party in parties.items()}
    return plan_words.of(plans.result_of(kept), names, places_, _own(session, found))


def _own(session: Session, found: Event) -> frozenset[str] | None:
    """Give the keys of the parties whose reasons the user may read; None for all, a pendamping reads his own's."""
    if places.sees(found):
        return None
    helped = places.helped_in(session, found)
    return frozenset(key for key, party in plans.parties_of(session, found).items() if party.id in helped)


def _changes(session: Session, found: Event, several: list[Plan]) -> plan_changes.ChangeWords | None:
    if not several[1:] or not places.sees(found):
        return None
    names = {key: party.name for key, party in plans.parties_of(session, found).items()}
    return plan_changes.of(plans.changes(several[1], several[0]), names)


def _is_current(session: Session, found: Event, kept: Plan) -> bool:
    try:
        return plans.is_current(session, found, kept)
    except InvalidInput:
        return False


def _gaps(session: Session, found: Event) -> list[tuple[str, list[mappings.Gap]]]:
    """Give what lacks or contradicts, by its kind."""
    kinds: dict[str, list[mappings.Gap]] = {}
    for gap in mappings.gaps(session, found):
        kinds.setdefault(gap.name, []).append(gap)
    return list(kinds.items())


def _mend(session: Session, found: Event) -> str:
    """Give where it is mended: the sheet this user brought last for the event, else a new one for it."""
    where = (SheetImport.event_id == found.id, SheetImport.uploaded_by_id == staff().id)
    last = session.scalar(select(SheetImport.id).where(*where).order_by(SheetImport.id.desc()).limit(1))
    return url_for("desk.show_import", import_id=last) if last else url_for("desk.new_import", acara=found.id)


def _matrix(session: Session, found: Event) -> list[tuple[str, str, list[list[str]]]]:
    """Give (party, its place, per field what it has ▲ and lacks ▼), in the order of the sheet."""
    where = (MappingEntry.event_id == found.id, MappingEntry.status == "good")
    cells: dict[tuple[int | None, str], list[str]] = defaultdict(list)
    for entry in session.scalars(select(MappingEntry).where(*where).order_by(MappingEntry.row_number)):
        sign = text(f"desk.mapping.{entry.direction}")
        goods = frame.word("sheet.commodity", entry.commodity)
        period = entry.period_as_written or frame.word("sheet.period", entry.period)
        words = text("desk.mapping.cell", sign=sign, amount=ton_text(entry.quantity_kg), goods=goods, period=period)
        told = words if entry.answer_id is None else text("desk.filling.source", cell=words)
        cells[entry.party_id, entry.field].append(told)
    seats = session.scalars(select(EventParty).where(EventParty.event_id == found.id).order_by(EventParty.number))
    return [
        (seat.party.name, areas.label(seat.party.area_code), [cells[seat.party_id, name] for name in FIELDS])
        for seat in seats
    ]

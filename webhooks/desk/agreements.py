"""One agreement: where it stands, who owes what, its parties, history, documents, figures, acts allowed now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, follow_up, letters, reporting
from kdmp_core.agreements import guards, policy, proposals, standing
from kdmp_core.agreements.facts import place_label
from kdmp_core.errors import NotFound
from kdmp_core.lifecycle import ANSWERED, FINAL, State, owners
from kdmp_core.quantities import kg_text, number_text, rupiah_text
from kdmp_core.records import FRAMEWORKS, Agreement, Document, Obligation, Remark, Role, Signatory
from kdmp_core.signing import folders, sight
from kdmp_core.signing.moments import deadline_words
from kdmp_core.texts import text
from webhooks.context import reach, staff
from webhooks.desk import acts, frame, own_drafts, places, recaps, timeline
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Fact, Mistake

EMPOWERING = frozenset(State) - FINAL - {State.SIGNED, State.IN_FORCE}
"""While an agreement may still be signed, a party may let somebody sign for it."""
FILTERS = ("open", "signing", "in_force", "ended", "all")


@dataclass(frozen=True)
class PartyRow:
    """A party with where its signature stands: tag's state, of which table, and the words beside it."""

    id: int
    name: str
    place: str
    officer: str
    state: str
    remark: str
    side: str


@blueprint.get("/meja/naskah")
def agreements() -> str:
    """Show the agreements of the user's area, filtered by a word in the address."""
    chosen = request.args.get("tampil", "open")
    with reach().store.read() as session:
        living = chosen not in {"ended", "all"}
        rows = [row for row in reporting.agreements_for(session, staff(), living=living) if _fits(row, chosen)]
        return frame.page(
            session,
            "agreements",
            "agreements",
            rows=rows,
            chosen=chosen if chosen in FILTERS else "open",
            filters=[(name, text(f"desk.list.{name}")) for name in FILTERS],
        )


@blueprint.get("/meja/naskah/<code>")
def agreement(code: str) -> str:
    """Show an agreement whole."""
    return show(code, [])


@blueprint.get("/meja/naskah/<code>/berkas/<int:document_id>")
def document(code: str, document_id: int) -> Response:
    """Give the bytes of one of its documents."""
    with reach().store.read() as session:
        found = places.agreement_here(session, code)
        row = session.get(Document, document_id)
        if row is None or row.agreement_id != found.id:
            raise NotFound("desk.no_document")
        answer = Response(reach().files.get(row.sha256), content_type=row.media_type)
        answer.headers["Content-Disposition"] = f'attachment; filename="{row.file_name}"'
        return answer


def show(code: str, errors: list[Mistake], failed: str = "") -> str:
    """Render the page; `failed` names the act whose form is shown again with what was typed."""
    with reach().store.read() as session:
        found = places.agreement_here(session, code)
        mine, others = reporting.open_moves(session, found, staff())
        rows = guards.signatories(session, found)
        shown = _parties(session, found, rows)
        return frame.page(
            session,
            "agreement",
            "agreements",
            agreement=found,
            droppable=[
                (row.id, row.name) for row in shown if row.side == "first" and row.state in {"invited", "on_paper"}
            ],
            goods=[(line["commodity"], line["commodity"]) for line in found.terms.get("lines", ())],
            facts=[*_facts(found), *own_drafts.facts_of(session, found)],
            own_draft=found.own_draft is not None or "edit" in mine,
            owes=_owes(found, rows),
            parties=shown,
            may_show_draft=found.state in folders.DRAFTS and places.may(found.event, *sight.SENDERS),
            acts=acts.shown(session, found, mine),
            not_mine=acts.not_mine(session, found, others),
            remarks=_remarks(session, found),
            may_answer="answer" in mine,
            history=timeline.of(session, found),
            documents=_documents(session, found),
            obligations=_obligations(session, found),
            figures=_figures(session, found) if found.kind == "pks" else [],
            deliveries=_deliveries(session, found) if found.kind == "pks" else [],
            may_deliver=found.kind == "pks" and found.state is State.IN_FORCE and _records(found),
            may_contract=found.kind in FRAMEWORKS and found.state is State.IN_FORCE and _records(found),
            may_change=found.kind not in proposals.TERMLESS and found.state is State.IN_FORCE and _records(found),
            may_number=found.state not in FINAL and _records(found),
            may_join=found.kind == "mou_network" and found.state is State.IN_FORCE and _records(found),
            may_empower=found.state in EMPOWERING and _records(found),
            children=_children(session, found),
            recap=recaps.of_agreement(session, found, names="nama" in request.args),
            coordinates=bool(access.roles_over(staff(), found.area_code) & {Role.COORDINATOR}),
            failed=failed,
            errors=errors,
        )


def _fits(row: Agreement, chosen: str) -> bool:
    if chosen == "all":
        return True
    if chosen == "ended":
        return row.state in FINAL
    if chosen in {"signing", "in_force"}:
        return row.state.value == chosen
    return row.state not in FINAL and row.state is not State.IN_FORCE


def _records(found: Agreement) -> bool:
    ids = standing.helped(row.party for row in found.parties)
    return bool(access.roles_over(staff(), found.area_code, ids) & set(follow_up.RECORDERS))


def _facts(found: Agreement) -> list[Fact]:
    missing = text("desk.not_yet")
    number = letters.number_of(found) or missing
    facts = [
        Fact(text("desk.agreement.kind"), text(f"desk.kind.{found.kind}")),
        Fact(text("desk.agreement.number"), number, text("desk.agreement.number_void") if _void(found) else ""),
        Fact(text("desk.agreement.round"), str(found.round) if found.round else missing),
    ]
    if found.state is State.SIGNING and found.deadline_at:
        facts.append(Fact(text("desk.agreement.deadline"), deadline_words(found.deadline_at, found.area_code)))
        facts.append(Fact(text("desk.agreement.policy"), _policy_words(found)))
    if found.in_force_on and found.ends_on:
        term = text("desk.agreement.term", start=frame.day(found.in_force_on), end=frame.day(found.ends_on))
        facts.append(Fact(text("desk.agreement.in_force"), term))
    return facts


def _void(found: Agreement) -> bool:
    return found.letter_number is not None and found.letter_number.void_at is not None


def _policy_words(found: Agreement) -> str:
    rule = policy.SigningPolicy.of(found.event.policy)
    when = text(f"desk.policy.{rule.effective_when}", enough=rule.enough)
    return f"{when} {text(f'desk.policy.{rule.on_decline}')}"


def _owes(found: Agreement, rows: list[Signatory]) -> str:
    """Say who owes the next move, in words."""
    if found.stuck_reason:
        return text("desk.owes.stuck", reason=frame.trouble(found.stuck_reason))
    if found.state is State.SIGNING:
        waiting = sum(row.state not in ANSWERED for row in rows)
        return text("desk.owes.signing", n=waiting) if waiting else text("desk.owes.closing")
    who = [
        text(f"actor.{actor}")
        for actor in sorted(owners(found.state))
        if actor != "system" or len(owners(found.state)) == 1
    ]
    return text("desk.owes.somebody", who=" / ".join(who)) if who else text("desk.owes.nobody")


def _parties(session: Session, found: Agreement, rows: list[Signatory]) -> list[PartyRow]:
    signatories = {row.party_id: row for row in rows}
    officers = reporting.signing_officers(session, [row.party_id for row in found.parties])
    troubles = reporting.troubles_at_providers(session, found)
    shown = []
    for row in found.parties:
        signatory, officer = signatories.get(row.party_id), officers.get(row.party_id)
        name, office = (signatory.name, signatory.office) if signatory else _who(officer)
        remark = ""
        if signatory is not None:
            at = frame.moment(signatory.decided_at, found.area_code) if signatory.decided_at else ""
            held_up = frame.trouble(troubles[signatory.id]) if signatory.id in troubles else ""
            parts = [text(f"desk.method.{signatory.method}"), at, signatory.decline_reason or "", held_up]
            remark = " · ".join(filter(None, parts))
        elif officer is None or officer.confirmed_at is None:
            remark = text("desk.agreement.not_confirmed")
        shown.append(
            PartyRow(
                row.party_id,
                row.party.name,
                place_label(row.party.area_code),
                ", ".join(filter(None, (name, office))),
                signatory.state.value if signatory else "",
                remark,
                row.side,
            )
        )
    return shown


def _who(officer: Any) -> tuple[str, str]:
    return (officer.name, officer.office) if officer else ("", "")


def _remarks(session: Session, found: Agreement) -> list[dict[str, Any]]:
    rows = session.scalars(select(Remark).where(Remark.agreement_id == found.id).order_by(Remark.id))
    return [
        {
            "id": row.id,
            "who": reporting.who_said(session, row),
            "at": frame.moment(row.at, found.area_code),
            "text": row.text,
            "answer": row.answer or "",
        }
        for row in rows
    ]


def _documents(session: Session, found: Agreement) -> list[dict[str, Any]]:
    rows = session.scalars(select(Document).where(Document.agreement_id == found.id).order_by(Document.id.desc()))
    return [
        {
            "name": text(f"desk.document.{row.kind.value}"),
            "href": url_for("desk.document", code=found.code, document_id=row.id),
            "round": row.round,
            "size": f"{number_text(max(1, row.size // 1024))} kB",
            "sha256": row.sha256,
            "at": frame.moment(row.made_at, found.area_code),
        }
        for row in rows
    ]


def _obligations(session: Session, found: Agreement) -> list[Fact]:
    return [_obligation(found, row) for row in follow_up.obligations(session, [found.id])]


def _obligation(found: Agreement, row: Obligation) -> Fact:
    late = row.done_at is None and row.due_on < frame.today_at(found.area_code)
    remark = text("desk.obligation.done") if row.done_at else text("desk.obligation.late") if late else ""
    return Fact(frame.word("obligation", row.kind), text("desk.obligation.due", day=frame.day(row.due_on)), remark)


def _figures(session: Session, found: Agreement) -> list[dict[str, Any]]:
    return [
        {
            "commodity": row.commodity,
            "planned": kg_text(row.planned_kg) if row.planned_kg else text("desk.figures.none"),
            "contracted": kg_text(row.contracted_kg),
            "contracted_rupiah": rupiah_text(row.contracted_rupiah),
            "real": kg_text(row.real_kg),
            "real_rupiah": rupiah_text(row.real_rupiah),
            "real_kg": row.real_kg,
            "contracted_kg": row.contracted_kg,
            "words": text("desk.figures.meter", real=kg_text(row.real_kg), contracted=kg_text(row.contracted_kg)),
            "over": row.over_contract,
        }
        for row in follow_up.side_by_side(session, found)
    ]


def _deliveries(session: Session, found: Agreement) -> list[dict[str, Any]]:
    rows = follow_up.deliveries(session, found)
    taken_back = {row.reverses_id for row in rows}
    return [
        {
            "id": row.id,
            "number": row.number,
            "day": frame.day(row.delivered_on),
            "commodity": row.commodity,
            "net": kg_text(row.net_kg),
            "amount": rupiah_text(row.amount_rupiah),
            "note": row.note,
            "reversal": row.reverses_id is not None,
            "reversed": row.id in taken_back,
        }
        for row in rows
    ]


def _children(session: Session, found: Agreement) -> list[Agreement]:
    near = [found.parent_id] if found.parent_id else []
    where = (Agreement.parent_id == found.id) | Agreement.id.in_(near)
    return list(session.scalars(select(Agreement).where(where).order_by(Agreement.id)))

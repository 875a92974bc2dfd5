"""What follows a MoU in force: a PKS between two of its parties, deliveries against it, a wrong one taken back."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from kdmp_core import follow_up
from kdmp_core.agreements import following
from kdmp_core.agreements.facts import place_label
from kdmp_core.errors import InvalidInput, NotFound
from kdmp_core.follow_up import DeliveryFacts, Suggested
from kdmp_core.lifecycle import State
from kdmp_core.matching import CUSTOMARY
from kdmp_core.quantities import rupiah, ton_text
from kdmp_core.records import FRAMEWORKS, Agreement, Delivery, Party
from kdmp_core.texts import text
from webhooks.context import by_staff, reach
from webhooks.desk import agreements, forms, frame, places, terms
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake


@blueprint.get("/meja/naskah/<code>/pks")
def contract_page(code: str) -> str:
    """Ask who supplies whom; once that is chosen, show the lines the plan suggests."""
    return _page(code, [])


@blueprint.post("/meja/naskah/<code>/pks")
def contract(code: str) -> forms.Answer:
    """Propose a PKS with the lines as they were edited."""

    def act(session: Session) -> str:
        parent = places.agreement_here(session, code)
        supplier, buyer = _chosen(parent)
        if supplier is None or buyer is None or supplier is buyer:
            raise forms.wrong("buyer", "desk.two_parties")
        problems: list[Any] = []
        lines = terms.read_rows(terms.LINES, problems)
        terms.refuse(problems)
        made = following.propose_supply(session, parent, supplier, buyer, lines, by_staff(), reach().now())
        return url_for("desk.agreement", code=made.code)

    return forms.answer(act, lambda errors: _page(code, errors))


@blueprint.post("/meja/naskah/<code>/pks-rencana")
def contracts_of_plan(code: str) -> forms.Answer:
    """Propose a PKS for each chosen pair of the plan, filled from its flows; one that lives already is passed over."""

    def act(session: Session) -> str:
        parent = places.agreement_here(session, code)
        if not _is_open(parent):
            raise InvalidInput("proposals.parent_not_in_force")
        chosen = set(request.form.getlist("pair"))
        suggested = {_value(one): one for one in follow_up.suggested_supplies(session, parent)}
        if not chosen:
            raise InvalidInput("desk.no_pair_chosen")
        if not chosen <= suggested.keys():  # another plan or an accession by now
            raise InvalidInput("desk.pair_of_another_plan")
        for value, one in suggested.items():
            if value in chosen and not one.code:
                following.propose_supply(session, parent, one.supplier, one.buyer, one.lines, by_staff(), reach().now())
        return url_for("desk.contract_page", code=code) + "#suggested"

    return forms.answer(act, lambda errors: _page(code, errors))


@blueprint.post("/meja/naskah/<code>/penyerahan")
def deliver(code: str) -> forms.Answer:
    """Record a delivery as it was weighed."""

    def act(session: Session) -> str:
        found = places.agreement_here(session, code)
        given = DeliveryFacts(
            forms.day("delivered_on"),
            forms.typed("commodity"),
            forms.whole("gross_kg", least=1, most=follow_up.HEAVIEST_KG),
            forms.whole("tare_kg", most=follow_up.HEAVIEST_KG),
            _price("price"),
            forms.line("note", most=500),
        )
        with forms.refused_at(lambda code: PLACES.get(code, "")):
            follow_up.deliver(session, found.id, given, forms.key(), by_staff(), reach().now())
        return url_for("desk.agreement", code=code) + "#deliveries"

    return forms.answer(act, lambda errors: agreements.show(code, errors, "deliver"))


@blueprint.post("/meja/naskah/<code>/penyerahan/<int:delivery_id>/balik")
def reverse(code: str, delivery_id: int) -> forms.Answer:
    """Take a wrong delivery back by its mirror."""

    def act(session: Session) -> str:
        found = places.agreement_here(session, code)
        row = session.get(Delivery, delivery_id)
        if row is None or row.agreement_id != found.id:
            raise NotFound("follow_up.no_delivery")
        reason = forms.typed(f"reverse-{delivery_id}-reason")[:500]
        follow_up.reverse(session, row.id, reason, forms.key(), by_staff(), reach().now())
        return url_for("desk.agreement", code=code) + "#deliveries"

    return forms.answer(act, lambda errors: agreements.show(code, errors, "reverse"))


PLACES = {
    "follow_up.future_day": "delivered_on",
    "follow_up.commodity": "commodity",
    "follow_up.weights": "gross_kg",
    "follow_up.price": "price",
}


def _price(name: str) -> int:
    with forms.refused_at(name):
        return rupiah(forms.typed(name))


def _chosen(parent: Agreement) -> tuple[Party | None, Party | None]:
    parties = {str(row.party_id): row.party for row in parent.parties}
    return parties.get(request.values.get("supplier", "")), parties.get(request.values.get("buyer", ""))


def _page(code: str, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        parent = places.agreement_here(session, code)
        if not _is_open(parent):
            raise NotFound("desk.no_page")
        supplier, buyer = _chosen(parent)
        ready = supplier is not None and buyer is not None and supplier is not buyer
        lines = _lines(session, parent, supplier, buyer)
        return frame.page(
            session,
            "contract",
            "agreements",
            agreement=parent,
            parties=[
                (row.party_id, f"{row.party.name} ({place_label(row.party.area_code)})") for row in parent.parties
            ],
            supplier=supplier.id if supplier else "",
            buyer=buyer.id if buyer else parent.parties[-1].party_id,
            ready=ready,
            suggested=bool(lines),
            supplies=[] if ready else [_supply(one) for one in follow_up.suggested_supplies(session, parent)],
            lines=terms.rows_group(terms.LINES, lines),
            errors=errors,
        )


def _is_open(parent: Agreement) -> bool:
    return parent.state is State.IN_FORCE and parent.kind in FRAMEWORKS


def _value(one: Suggested) -> str:
    return f"{one.supplier.id}:{one.buyer.id}"


def _supply(one: Suggested) -> dict[str, str]:
    goods = ", ".join(f"{line['commodity']} {ton_text(line['kg'])}" for line in one.lines)
    words = text("desk.contract.pair", supplier=one.supplier.name, buyer=one.buyer.name, goods=goods)
    little = sum(line["kg"] for line in one.lines) < CUSTOMARY["lot"]
    remark = text("desk.contract.little", least=ton_text(CUSTOMARY["lot"])) if little else ""
    remark = f"{place_label(one.supplier.area_code)} {remark}".strip()
    return {"value": _value(one), "words": words, "remark": remark, "code": one.code, "little": "yes" if little else ""}


def _lines(session: Session, parent: Agreement, supplier: Party | None, buyer: Party | None) -> list[dict[str, Any]]:
    if supplier is None or buyer is None:
        return []
    return follow_up.supply_lines(session, parent, supplier, buyer)

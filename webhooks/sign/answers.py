"""Yes, no, a remark, and the receipt that opens again: each form has one effect however often it arrives."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kdmp_core.agreements import policy
from kdmp_core.errors import Conflict, InvalidInput, Stale
from kdmp_core.records import Agreement
from kdmp_core.signing import consent, folders, receipts
from kdmp_core.signing.folders import Standing
from kdmp_core.signing.moments import moment_words
from kdmp_core.texts import text
from webhooks.context import reach
from webhooks.pages.shapes import Fact, Mistake
from webhooks.problems import sentence
from webhooks.sign import reading, visitor
from webhooks.sign.landing import steps


def sign(agreement_id: int) -> Response | tuple[str, int]:
    """Sign; a missing tick or a changed text shows the page again, everything else leads to where the answer stands."""
    parts = reach()
    ticked = tuple(name for name in consent.CONSENTS if request.form.get(name))
    said = consent.Said(request.form.get("sha256", "")[:64], ticked, visitor.given_key())
    try:
        with parts.store.write() as session:
            row = visitor.session_row(session)
            consent.sign(
                session, row, agreement_id, said, machine=visitor.machine(), settings=parts.settings, now=parts.now()
            )
    except InvalidInput as unfit:
        errors = tuple(Mistake(found.place, sentence(found.code, dict(found.values))) for found in unfit.problems)
        return _page_again(agreement_id, errors, ticked), 422
    except Stale as changed:
        return _page_again(agreement_id, (Mistake("", sentence(changed.code, changed.values)),), ()), 409
    except Conflict:
        return redirect(url_for("sign.show_agreement", agreement_id=agreement_id), 303)
    return redirect(url_for("sign.receipt", agreement_id=agreement_id), 303)


def decline_form(agreement_id: int) -> str | Response:
    """Ask for the reason of a no, or show the one that was given."""
    return _decline_page(agreement_id)


def decline(agreement_id: int) -> Response | tuple[str | Response, int]:
    """Say no with a reason."""
    parts = reach()
    reason = request.form.get("reason", "")
    try:
        with parts.store.write() as session:
            row = visitor.session_row(session)
            consent.decline(session, row, agreement_id, reason, key=visitor.given_key(), now=parts.now())
    except InvalidInput as unfit:
        return _decline_page(agreement_id, (Mistake("reason", sentence(unfit.code, unfit.values)),), reason), 422
    except Conflict:
        return redirect(url_for("sign.show_agreement", agreement_id=agreement_id), 303)
    return redirect(url_for("sign.decline_form", agreement_id=agreement_id), 303)


def remark(agreement_id: int) -> Response | tuple[str | Response, int]:
    """Keep a remark on a draft."""
    parts = reach()
    written = request.form.get("remark", "")
    try:
        with parts.store.write() as session:
            row = visitor.session_row(session)
            folders.remark(session, row, agreement_id, written, key=visitor.given_key(), now=parts.now())
    except InvalidInput as unfit:
        mistake = Mistake("remark", sentence(unfit.code, unfit.values))
        return reading.show_draft(agreement_id, (mistake,), written), 422
    except Conflict:
        return redirect(url_for("sign.show_agreement", agreement_id=agreement_id), 303)
    return redirect(url_for("sign.show_draft", agreement_id=agreement_id) + "#remarks", 303)


def receipt(agreement_id: int) -> str | Response:
    """Show the receipt; whoever has not signed yet is led to the agreement."""
    parts = reach()
    with parts.store.read() as session:
        link = visitor.link(session)
        if folders.entry(session, link, agreement_id, parts.now()).standing is not Standing.SIGNED:
            return redirect(url_for("sign.show_agreement", agreement_id=agreement_id), 303)
        found = receipts.receipt(session, link, agreement_id, parts.now())
        agreement = session.get_one(Agreement, agreement_id)
        return render_template(
            "sign/receipt.html",
            steps=steps(),
            step=4,
            receipt=found,
            agreement=agreement,
            points=receipt_facts(found, agreement.area_code),
            helper=visitor.person_to_ask(session, link),
        )


def receipt_file(agreement_id: int) -> Response:
    """Hand out the receipt as a text file, to be kept on the phone."""
    parts = reach()
    with parts.store.read() as session:
        link = visitor.link(session)
        found = receipts.receipt(session, link, agreement_id, parts.now())
        area = session.get_one(Agreement, agreement_id).area_code
    lines = [text("sign.receipt_title"), *(f"{fact.question}: {fact.answer}" for fact in receipt_facts(found, area))]
    disposition = f'attachment; filename="{found.agreement_code}-{found.code}.txt"'
    body = "\r\n".join([*lines, text("sign.receipt_level_note"), ""])
    return Response(body, mimetype="text/plain", headers={"Content-Disposition": disposition})


def receipt_facts(found: receipts.Receipt, area_code: str) -> list[Fact]:
    """Give the lines of a receipt as questions with answers."""
    return [
        Fact(text("sign.receipt_code"), found.code),
        Fact(text("sign.receipt_title_of"), found.title, found.agreement_code),
        Fact(text("sign.receipt_who"), found.name, f"{found.office}, {found.party}"),
        Fact(text("sign.receipt_when"), moment_words(found.signed_at, area_code)),
        Fact(text("sign.receipt_level"), text(f"signing.level.{found.level}")),
        Fact(text("sign.receipt_document"), found.document_sha256),
        Fact(
            text("sign.receipt_progress"), text("sign.receipt_progress_value", signed=found.signed, asked=found.asked)
        ),
    ]


def _page_again(agreement_id: int, errors: tuple[Mistake, ...], ticked: tuple[str, ...]) -> str:
    with reach().store.read() as session:
        return reading.page(session, reading.entry_of(session, agreement_id), errors, ticked)


def _decline_page(agreement_id: int, errors: tuple[Mistake, ...] = (), written: str = "") -> str | Response:
    with reach().store.read() as session:
        entry = reading.entry_of(session, agreement_id)
        if entry.standing not in {Standing.TO_SIGN, Standing.DECLINED}:
            return redirect(url_for("sign.show_agreement", agreement_id=agreement_id), 303)
        rule = policy.SigningPolicy.of(entry.agreement.event.policy)
        link = visitor.link(session)
        given = {"entry": entry, "helper": visitor.person_to_ask(session, link), "stops": rule.on_decline == "stop"}
        name = "sign/declined.html" if entry.standing is Standing.DECLINED else "sign/decline.html"
        return render_template(name, **given, errors=errors, written=written, key=visitor.form_key())

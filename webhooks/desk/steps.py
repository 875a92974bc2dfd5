"""One move of an agreement, asked for by a form: the table, its guards and the second person decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import url_for
from sqlalchemy.orm import Session

from kdmp_core import follow_up
from kdmp_core.agreements import documents, moves
from kdmp_core.errors import InvalidInput, NotFound
from kdmp_core.lifecycle import MOVES
from kdmp_core.records import Agreement, Remark
from kdmp_core.signing import requests
from mou_templates import pressroom
from webhooks.context import by_staff, reach
from webhooks.desk import agreements, forms, places
from webhooks.desk.room import blueprint

NAMES = frozenset(row.name for row in MOVES if row.source is not None)


@blueprint.post("/meja/naskah/<code>/langkah/<move>")
def step(code: str, move: str) -> forms.Answer:
    """Make a move and come back to the agreement; a refusal shows its form again with what was typed."""
    if move not in NAMES or move in {"send", "edit", "record"}:
        raise NotFound("desk.no_page")

    def act(session: Session) -> str:
        found = places.agreement_here(session, code)
        make = SPECIAL.get(move)
        if make is not None:
            make(session, found)
        else:
            moves.apply(session, found.id, _asked(move), by_staff(), reach().now())
        return url_for("desk.agreement", code=code)

    return forms.answer(act, lambda errors: agreements.show(code, errors, move))


@blueprint.post("/meja/naskah/<code>/catatan/<int:remark_id>")
def answer_remark(code: str, remark_id: int) -> forms.Answer:
    """Answer a remark of a party or a reviewer."""

    def act(session: Session) -> str:
        found = places.agreement_here(session, code)
        remark = session.get(Remark, remark_id)
        if remark is None or remark.agreement_id != found.id:
            raise NotFound("desk.no_page")
        words = _words(f"answer-{remark_id}")
        asked = moves.Asked("answer", forms.key(), words, {"remark": remark.id})
        done = moves.apply(session, found.id, asked, by_staff(), reach().now())
        remark.answer, remark.answered_at, remark.answered_by_id = words, done.at, done.user_id
        return url_for("desk.agreement", code=code) + "#remarks"

    return forms.answer(act, lambda errors: agreements.show(code, errors, "answer"))


def _submit(session: Session, found: Agreement) -> None:
    parts = reach()
    documents.submit(
        session,
        found.id,
        pressroom,
        parts.files,
        _asked("submit"),
        by_staff(),
        parts.now(),
        legal_review=parts.settings.review_stamp,
    )


def _confirm(session: Session, found: Agreement) -> None:
    follow_up.confirm_paper(session, found.id, _asked("confirm"), by_staff(), reach().now())


def _remark(session: Session, found: Agreement) -> None:
    words, by, now = _words("remark"), by_staff(), reach().now()
    moves.apply(session, found.id, moves.Asked("remark", forms.key(), words), by, now)
    session.add(Remark(agreement_id=found.id, round=found.round, at=now, user_id=by.user_id, article=None, text=words))


def _remind(session: Session, found: Agreement) -> None:
    requests.remind(session, found.id, by_staff(), key=forms.key(), now=reach().now(), settings=reach().settings)


def _extend(session: Session, found: Agreement) -> None:
    last = forms.day("last_day")
    reason = _words("extend")
    requests.extend(session, found.id, last, by_staff(), key=forms.key(), reason=reason, now=reach().now())


def _drop(session: Session, found: Agreement) -> None:
    party = forms.typed("party")
    if not party.isdecimal():
        raise forms.wrong("party", "desk.missing")
    reason = _words("drop")
    requests.drop(session, found.id, int(party), by_staff(), key=forms.key(), reason=reason, now=reach().now())


def _redraw(session: Session, found: Agreement) -> None:
    """Change place and date, the only words that review does not bind to, and draw up again."""
    place, dated = forms.line("place", needed=True), forms.optional_day("dated")
    documents.redraw(session, found.id, place, dated, _asked("redraw"), by_staff(), reach().now())


SPECIAL: Mapping[str, Callable[[Session, Agreement], None]] = {
    "submit": _submit,
    "confirm": _confirm,
    "remark": _remark,
    "remind": _remind,
    "extend": _extend,
    "drop": _drop,
    "redraw": _redraw,
}


def _asked(name: str) -> moves.Asked:
    return moves.Asked(name, forms.key(), _reason(name), revision=forms.revision())


def _reason(name: str) -> str | None:
    """Give the reason typed for a move; its field is named after the move, so that two forms of a page do not mix."""
    return forms.typed(f"{name}-reason")[:4000] or None


def _words(name: str) -> str:
    given = _reason(name)
    if given is None:
        raise forms.wrong(f"{name}-reason", "moves.reason_missing")
    if len(given) > moves.LONGEST_REASON:
        raise InvalidInput("moves.reason_long", most=moves.LONGEST_REASON)
    return given

"""The page that reads the form back before it is sent, and the receipt with what happens next."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kdmp_core.errors import Conflict, InvalidInput, Stale
from kdmp_core.filling import answers, reading
from kdmp_core.records import FormState
from kdmp_core.signing.moments import moment_words
from webhooks.context import reach
from webhooks.fill import visitor, words
from webhooks.pages.shapes import Mistake
from webhooks.problems import sentence

CHECK = len(visitor.STEPS) + 1


def check(token: str) -> str | Response:
    """Show how the form is read, what lacks, and what is worth a second look."""
    with reach().store.read() as session:
        form = visitor.form(session, token)
        if form.accepted:
            return redirect(url_for("fill.receipt", token=token))
        return _check_page(session, form, ())


def send(token: str) -> Response | tuple[str, int]:
    """Send the form as it was shown; sent twice it is sent once."""
    parts = reach()
    visitor.count(token)
    try:
        with parts.store.write() as session:
            answers.send(session, token, request.form.get("sha256", "")[:64], parts.now())
    except InvalidInput as unfit:
        told = (Mistake("", sentence(problem.code, dict(problem.values))) for problem in unfit.problems)
        return _again(token, tuple(told)), 422
    except Stale as changed:
        return _again(token, (Mistake("", sentence(changed.code, changed.values)),)), 409
    except Conflict:
        pass
    return redirect(url_for("fill.receipt", token=token), 303)


def receipt(token: str) -> str | Response:
    """Show what was sent and what happens next; whoever has sent nothing is led to the page to check."""
    with reach().store.read() as session:
        form = visitor.form(session, token)
        answer = form.answer
        if answer is None or answer.sent is None or answer.sent_at is None:
            return redirect(url_for("fill.check", token=token))
        found = reading.read(answer.sent, answers.party_of(session, form.seat))
        return render_template(
            "fill/receipt.html",
            token=token,
            state=answer.state.value,
            party=form.seat.party.name,
            at=moment_words(answer.sent_at, form.event.regency_code),
            reason=answer.reason or "",
            parts=words.parts(answer.sent, found.rows),
            changed=answer.state is not FormState.ACCEPTED and answers.fingerprint(answer.draft) != answer.sent_sha256,
            first=visitor.STEPS[0],
        )


def _again(token: str, errors: tuple[Mistake, ...]) -> str:
    with reach().store.read() as session:
        return _check_page(session, visitor.form(session, token), errors)


def _check_page(session: Session, form: visitor.Form, errors: tuple[Mistake, ...]) -> str:
    draft = form.answer.draft if form.answer else {}
    found = reading.read(draft, answers.party_of(session, form.seat))
    missing = bool(found.problems)
    doubts = [] if missing else [gap.sentence for gap in reading.gaps(form.seat, found.rows)]
    return render_template(
        "fill/check.html",
        token=form.token,
        steps=visitor.step_words(),
        step=CHECK,
        parts=words.parts(draft, found.rows),
        slugs={field.value: slug for slug, field in visitor.SLUGS.items()},
        sha256=answers.fingerprint(draft),
        ready=not missing,
        lacks=[sentence(problem.code, dict(problem.values)) for problem in found.problems],
        doubts=[*doubts, *(f"{doubt.reason}" for doubt in found.doubts)],
        errors=errors,
    )

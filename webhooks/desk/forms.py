"""Forms of the desk: one effect per showing, and a page again with what was typed when something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from flask import redirect, request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kdmp_core.errors import Conflict, InvalidInput, KdmpError, Problem, Refusal, TooLarge, Unsafe
from kdmp_core.quantities import number_text
from kdmp_core.records import KeptAnswer
from kdmp_core.workshops.sheet.words import bad_letters, tidy
from webhooks.context import reach, staff
from webhooks.pages.shapes import Mistake
from webhooks.problems import sentence, status_of

LONGEST_KEY = 60
MENDABLE = (InvalidInput, Conflict, Unsafe, TooLarge)
Answer = Response | str | tuple[Response | str, int]


def key() -> str:
    """Give the key of this showing of the form, bound to the user. Raises Refusal when the form has none."""
    given = request.form.get("key", "")
    if not given or len(given) > LONGEST_KEY:
        raise Refusal("desk.form_without_key")
    return f"desk:{staff().id}:{given}"


def answer(act: Callable[[Session], str], again: Callable[[list[Mistake]], str]) -> Answer:
    """Do what a form asks, once, and lead on to the address `act` gives; show the page again when it is refused."""
    try:
        return redirect(_once(act), 303)
    except MENDABLE as refusal:
        return again(mistakes(refusal)), status_of(refusal)


def mistakes(refusal: KdmpError) -> list[Mistake]:
    """Give a refusal as what is to be mended, each at its place."""
    problems: Iterable[Problem] = refusal.problems if isinstance(refusal, InvalidInput) else ()
    found = [Mistake(problem.place, sentence(problem.code, dict(problem.values))) for problem in problems]
    return found or [Mistake("", sentence(refusal.code, refusal.values))]


def typed(name: str) -> str:
    """Give what stands in a field, without spaces around it."""
    return request.form.get(name, "").strip()


def line(name: str, *, most: int = 120, needed: bool = False) -> str:
    """Give the one line of a field, tidied. Raises InvalidInput at its place (missing, too long, bad letters)."""
    written = tidy(request.form.get(name, ""))
    if needed and not written:
        raise wrong(name, "desk.missing")
    if len(written) > most:
        raise wrong(name, "desk.long", most=most)
    if bad_letters(written):
        raise wrong(name, "desk.letters")
    return written


def optional_day(name: str) -> date | None:
    """Give the day of a field that may be left empty. Raises InvalidInput at its place."""
    return day(name) if typed(name) else None


def day(name: str) -> date:
    """Give the day of a field (ISO, or day-month-year as people type it). Raises InvalidInput at its place."""
    parts = typed(name).replace("/", "-").replace(".", "-").replace(" ", "").split("-")
    try:
        numbers = [int(part) for part in parts]
        year, month, number = numbers if len(parts[0]) == len("2026") else numbers[::-1]
        return date(year, month, number)
    except (ValueError, IndexError):
        raise wrong(name, "desk.day") from None


def whole(name: str, *, least: int = 0, most: int = 10**9) -> int:
    """Give the whole number of a field; dots part thousands. Raises InvalidInput at its place."""
    written = typed(name).replace(".", "").replace(" ", "")
    if not written.isascii() or not written.isdigit() or not least <= int(written[:12]) <= most:
        raise wrong(name, "desk.whole", least=number_text(least), most=number_text(most))
    return int(written)


def revision() -> int | None:
    """Give the revision of the agreement the form was made from, if it brought one."""
    given = typed("revision")
    return int(given) if given.isdecimal() else None


@contextmanager
def refused_at(place: str | Callable[[str], str]) -> Iterator[None]:
    """Lay a refusal of InvalidInput at a field: one and the same, or the one its code leads to."""
    try:
        yield
    except InvalidInput as unfit:
        at = place if isinstance(place, str) else place(unfit.code)
        raise wrong(at, unfit.code, **unfit.values) from unfit


def wrong(place: str, code: str, **values: object) -> InvalidInput:
    """Give the refusal of one field."""
    return InvalidInput(code, problems=[Problem(code, place, values)], **values)


def _once(act: Callable[[Session], str]) -> str:
    """Act in one transaction with the note that this showing was answered; the second arrival goes where it led."""
    try:
        with reach().store.write() as session:
            kept = _kept(session)
            if kept is not None:
                return kept
            address = act(session)
            session.add(
                KeptAnswer(
                    caller=f"user:{staff().id}",
                    route=request.path,
                    key=key(),
                    request_sha256="",
                    status=303,
                    body={"address": address},
                    created_at=reach().now(),
                )
            )
            return address
    except IntegrityError:
        with reach().store.read() as session:
            kept = _kept(session)
        if kept is None:
            raise
        return kept


def _kept(session: Session) -> str | None:
    where = (KeptAnswer.caller == f"user:{staff().id}", KeptAnswer.route == request.path, KeptAnswer.key == key())
    row = session.scalar(select(KeptAnswer).where(*where))
    return str(row.body["address"]) if row is not None and row.body else None

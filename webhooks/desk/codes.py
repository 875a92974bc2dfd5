"""Codes that were asked for: a second member of staff passes one on, never he who has seen the folder's link."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from kdmp_core import reporting
from kdmp_core.errors import Conflict, Gone, NotAllowed, NotFound
from kdmp_core.records import Code
from kdmp_core.signing import codes as signing_codes
from kdmp_core.signing import sight
from kdmp_core.signing.moments import time_words
from kdmp_core.texts import text
from webhooks.context import reach, staff
from webhooks.desk import frame
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake
from webhooks.problems import sentence, status_of

WAYS = ("phone", "in_person")


@dataclass(frozen=True)
class Asked:
    """One code that was asked for; `why_not` says why this user may not release it."""

    id: int
    who: str
    party: str
    phone: str
    at: str
    why_not: str


@blueprint.get("/meja/kode")
def codes() -> str:
    """Show the codes that wait for somebody to pass them on."""
    return _page([])


@blueprint.post("/meja/kode/<int:code_id>")
def release(code_id: int) -> str | tuple[str, int]:
    """Show the digits to this user, who passes them on to the signatory: by telephone, or face to face."""
    parts = reach()
    try:
        with parts.store.write() as session:
            row = session.get(Code, code_id)
            theirs = [found.id for found in reporting.codes_to_release(session, staff(), parts.now())]
            if row is None or (code_id not in theirs and row.released_by_id != staff().id):
                raise NotFound("signing.no_code")
            in_person = request.form.get("way") == "in_person"
            digits = signing_codes.release(session, code_id, staff(), parts.settings, parts.now(), in_person=in_person)
            officer = reporting.people(session, [row.link.officer_id])[row.link.officer_id]
            until = time_words(row.expires_at, officer.party.area_code)
    except (NotAllowed, Gone, Conflict) as refusal:
        return _page([Mistake("", sentence(refusal.code, refusal.values))]), status_of(refusal)
    with parts.store.read() as session:
        return frame.page(
            session,
            "code",
            "codes",
            digits=f"{digits[:3]} {digits[3:]}",
            who=officer.name,
            office=officer.office,
            party=officer.party.name,
            phone=officer.phone or "",
            until=until,
            in_person=in_person,
        )


def _page(errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        waiting = reporting.codes_to_release(session, staff(), reach().now())
        seen = reporting.saw(session, staff(), waiting)
        officers = reporting.people(session, [code.link.officer_id for code in waiting])
        rows = []
        for code in waiting:
            officer = officers[code.link.officer_id]
            why_not = text("errors.signing.saw_link") if seen.get(code.id) == sight.LINK else ""
            at = time_words(code.made_at, officer.party.area_code)
            who = f"{officer.name}, {officer.office}"
            rows.append(Asked(code.id, who, officer.party.name, officer.phone or "", at, why_not))
        ways = [(way, text(f"desk.codes.way.{way}"), text(f"desk.codes.way.{way}_means")) for way in WAYS]
        return frame.page(session, "codes", "codes", rows=rows, ways=ways, errors=errors)

"""The event's plan to look at, and the sheet of each cooperative to read aloud and to print."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import url_for
from sqlalchemy.orm import Session

from kdmp_core import plans
from kdmp_core.errors import NotFound
from kdmp_core.matching import Solved
from kdmp_core.matching.effects import effects
from kdmp_core.matching.own import own_part
from kdmp_core.records import Event, Party
from webhooks.context import reach
from webhooks.desk import frame, party_sheets, picture_words, places
from webhooks.desk.room import blueprint


@blueprint.get("/meja/acara/<int:event_id>/rencana/gambar")
def pictures(event_id: int) -> str:
    """Show the plan the event goes by as pictures, each with the same facts as a table."""
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        solved = _solved(session, found)
        parties = plans.parties_of(session, found)
        return frame.page(
            session,
            "pictures",
            "events",
            event=found,
            shown=picture_words.of(solved, parties, _sheet(session, found, parties), fees=places.sees(found)),
        )


@blueprint.get("/meja/acara/<int:event_id>/rencana/lembar")
def all_sheets(event_id: int) -> str:
    """Show the sheets of all parties the user may read, one page each when printed."""
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        read = _readable(session, found)
        return _sheets_page(session, found, read, single=False)


@blueprint.get("/meja/acara/<int:event_id>/rencana/lembar/<int:number>")
def party_sheet(event_id: int, number: int) -> str:
    """Show what the plan is for one party, by its number in the event."""
    with reach().store.read() as session:
        found = places.event_here(session, event_id)
        read = {key: party for key, party in _readable(session, found).items() if key == str(number)}
        if not read:
            raise NotFound("registry.no_party")
        return _sheets_page(session, found, read, single=True)


def _sheets_page(session: Session, found: Event, read: Mapping[str, Party], *, single: bool) -> str:
    solved, told = _solved(session, found), picture_words.Told(plans.parties_of(session, found), lambda _: "")
    seen = effects(solved.problem, solved.result)
    return frame.page(
        session,
        "party_sheets",
        "events",
        event=found,
        sheets=[party_sheets.of(own_part(solved.result, seen, key), solved, told) for key in read],
        single=single,
    )


def _solved(session: Session, found: Event) -> Solved:
    """Give the plan the event goes by. Raises NotFound."""
    kept = plans.latest(session, found)
    if kept is None:
        raise NotFound("plans.no_plan")
    return plans.solved_of(kept)


def _readable(session: Session, found: Event) -> dict[str, Party]:
    """Give the parties whose sheets the user may read: all, or those he helps."""
    parties = plans.parties_of(session, found)
    if places.sees(found):
        return parties
    helped = places.helped_in(session, found)
    return {key: party for key, party in parties.items() if party.id in helped}


def _sheet(session: Session, found: Event, parties: Mapping[str, Party]) -> Callable[[str], str]:
    """Give what says where a party's sheet is: nowhere where the user may not read it."""
    open_ = _readable(session, found).keys() & parties.keys()

    def address(key: str) -> str:
        return url_for("desk.party_sheet", event_id=found.id, number=int(key)) if key in open_ else ""

    return address

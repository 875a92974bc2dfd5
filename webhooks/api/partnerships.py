"""Partnerships: who works together, with their agreements."""

from __future__ import annotations

from itertools import islice

from apiflask import APIBlueprint
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from kdmp_core import access
from kdmp_core.errors import NotFound
from kdmp_core.records import Event, Partnership
from webhooks.api.shapes import Page, PartnershipList, PartnershipOut
from webhooks.context import reach, staff

blueprint = APIBlueprint("api_partnerships", __name__, url_prefix="/v1", tag="Partnerships")


@blueprint.get("/partnerships")
@blueprint.input(Page, location="query")
@blueprint.output(PartnershipList)
@blueprint.doc(summary="List partnerships", security="bearer")
def index(query_data: Page) -> PartnershipList:
    """List partnerships in the order they were made."""
    with reach().store.read() as session:
        where = Partnership.id > query_data.after
        query = select(Partnership, Event.regency_code).join(Event, Event.id == Partnership.event_id).where(where)
        query = query.options(selectinload(Partnership.agreements))
        with session.execute(query.order_by(Partnership.id).execution_options(yield_per=query_data.limit + 1)) as rows:
            seen = list(islice((row for row, area in rows if access.sees(staff(), area)), query_data.limit + 1))
        page = seen[: query_data.limit]
        return PartnershipList(
            partnerships=[_out(found) for found in page], next=page[-1].id if len(seen) > len(page) else None
        )


@blueprint.get("/partnerships/<int:partnership_id>")
@blueprint.output(PartnershipOut)
@blueprint.doc(summary="Read a partnership", responses={404: "Unknown, or outside the area"}, security="bearer")
def read(partnership_id: int) -> PartnershipOut:
    """Give one partnership."""
    with reach().store.read() as session:
        found = session.get(Partnership, partnership_id)
        event = session.get(Event, found.event_id) if found else None
        if found is None or event is None or not access.sees(staff(), event.regency_code):
            raise NotFound("api.no_partnership")
        return _out(found)


def _out(found: Partnership) -> PartnershipOut:
    codes = [agreement.code for agreement in found.agreements]
    return PartnershipOut(id=found.id, title=found.title, event_id=found.event_id, agreements=codes)

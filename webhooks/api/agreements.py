"""Agreements: read, decide, follow step by step, fetch documents, record deliveries."""

from __future__ import annotations

import re
from itertools import islice

from apiflask import APIBlueprint
from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from kdmp_core import audit, follow_up
from kdmp_core.agreements import documents, moves, standing
from kdmp_core.errors import InvalidInput, NotFound
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Document, Step
from webhooks.api import idempotency, views
from webhooks.api.shapes import (
    AgreementFilter,
    AgreementList,
    AgreementOut,
    DecisionIn,
    DeliveryIn,
    DeliveryList,
    DeliveryOut,
    Feed,
    Page,
    StepList,
    StepOut,
)
from webhooks.context import by_staff, reach, staff

blueprint = APIBlueprint("api_agreements", __name__, url_prefix="/v1", tag="Agreements")
LONGEST_REVISION = 9
CODE = re.compile(r"K-[0-9]{4}-[0-9]{6}")
UNKNOWN = {404: "Unknown, or outside the area"}


@blueprint.get("/agreements")
@blueprint.input(AgreementFilter, location="query")
@blueprint.output(AgreementList)
@blueprint.doc(summary="List agreements", security="bearer")
def index(query_data: AgreementFilter) -> AgreementList:
    """List agreements in the order they were made, of one event or in one state."""
    query = select(Agreement).where(Agreement.id > query_data.after).order_by(Agreement.id)
    query = query.options(selectinload(Agreement.parties), selectinload(Agreement.letter_number))
    if query_data.event is not None:
        query = query.where(Agreement.event_id == query_data.event)
    if query_data.state is not None:
        query = query.where(Agreement.state.in_([state for state in State if state.value == query_data.state]))
    with reach().store.read() as session:
        with session.scalars(query.execution_options(yield_per=query_data.limit + 1)) as rows:
            seen = list(islice((found for found in rows if standing.sees(staff(), found)), query_data.limit + 1))
        page = seen[: query_data.limit]
        more = page[-1].id if len(seen) > len(page) else None
        return AgreementList(agreements=[views.summary(session, found) for found in page], next=more)


@blueprint.get("/agreements/<code>")
@blueprint.output(AgreementOut)
@blueprint.doc(summary="Read an agreement", responses=UNKNOWN, security="bearer")
def read(code: str) -> tuple[AgreementOut, int, dict[str, str]]:
    """Give an agreement whole; its ETag is the revision that `If-Match` of a decision names."""
    with reach().store.read() as session:
        found = _visible(session, code)
        return views.whole(session, found, staff()), 200, {"ETag": f'"{found.revision}"'}


@blueprint.post("/agreements/<code>/decisions")
@blueprint.input(DecisionIn)
@blueprint.doc(
    summary="Decide",
    responses={200: "After it", 403: "Not yours", 409: "Not from here", 412: "Changed"},
    security="bearer",
)
def decide(code: str, json_data: DecisionIn) -> Response:
    """Make a move of the client's user; `If-Match` refuses what somebody changed since it was read."""

    @idempotency.once
    def decided() -> AgreementOut:
        parts = reach()
        with parts.store.write() as session:
            found = _visible(session, code)
            asked = moves.Asked(json_data.move, idempotency.key(), json_data.reason, revision=_if_match())
            moves.apply(session, found.id, asked, by_staff(), parts.now())
            return views.whole(session, found, staff())

    return decided()


@blueprint.get("/agreements/<code>/steps")
@blueprint.output(StepList)
@blueprint.doc(summary="Read an agreement's chain", responses=UNKNOWN, security="bearer")
def steps(code: str) -> StepList:
    """Give every step of an agreement and whether its chain is whole."""
    with reach().store.read() as session:
        found = _visible(session, code)
        rows = [StepOut.model_validate(step) for step in audit.chain_of(session, found.code)]
        return StepList(steps=rows, whole=audit.first_broken(session, found.code) is None)


@blueprint.get("/steps")
@blueprint.input(Page, location="query")
@blueprint.output(Feed)
@blueprint.doc(summary="Follow all agreements", security="bearer")
def feed(query_data: Page) -> Feed:
    """Give steps after an id, oldest first, of every agreement in the user's area."""
    query = select(Step, Agreement).join(Agreement, Agreement.id == Step.agreement_id).where(Step.id > query_data.after)
    with reach().store.read() as session:
        rows = session.execute(query.order_by(Step.id).limit(query_data.limit)).all()
        seen = [StepOut.model_validate(step) for step, found in rows if standing.sees(staff(), found)]
        return Feed(steps=seen, next=rows[-1][0].id if rows else query_data.after)


@blueprint.get("/documents/<int:document_id>")
@blueprint.doc(summary="Fetch a document's bytes", responses={200: "The file", **UNKNOWN}, security="bearer")
def document(document_id: int) -> Response:
    """Give the bytes of a document; the ETag is their SHA-256."""
    parts = reach()
    with parts.store.read() as session:
        row = session.get(Document, document_id)
        found = session.get(Agreement, row.agreement_id) if row and row.agreement_id else None
        if row is None or found is None or not standing.sees(staff(), found):
            raise NotFound("api.no_document")
        answer = Response(parts.files.get(row.sha256), content_type=row.media_type)
        answer.headers.set("Content-Disposition", "attachment", filename=row.file_name)
        answer.set_etag(row.sha256)
        return answer


@blueprint.get("/agreements/<code>/deliveries")
@blueprint.output(DeliveryList)
@blueprint.doc(summary="List deliveries", responses=UNKNOWN, security="bearer")
def delivered(code: str) -> DeliveryList:
    """Give a PKS's deliveries, reversals included."""
    with reach().store.read() as session:
        rows = follow_up.deliveries(session, _visible(session, code))
        return DeliveryList(deliveries=[DeliveryOut.model_validate(row) for row in rows])


@blueprint.post("/agreements/<code>/deliveries")
@blueprint.input(DeliveryIn)
@blueprint.doc(summary="Record a delivery", responses={200: "The delivery", 409: "No PKS in force"}, security="bearer")
def deliver(code: str, json_data: DeliveryIn) -> Response:
    """Record a delivery under a PKS in force."""

    @idempotency.once
    def recorded() -> DeliveryOut:
        parts = reach()
        given = follow_up.DeliveryFacts(
            json_data.delivered_on,
            json_data.commodity,
            json_data.gross_kg,
            json_data.tare_kg,
            json_data.price_rupiah_per_kg,
            json_data.note,
        )
        with parts.store.write() as session:
            found = _visible(session, code)
            row = follow_up.deliver(session, found.id, given, idempotency.key(), by_staff(), parts.now())
            return DeliveryOut.model_validate(row)

    return recorded()


def _visible(session: Session, code: str) -> Agreement:
    if not CODE.fullmatch(code):
        raise NotFound("moves.no_agreement")
    found = documents.by_code(session, code)
    if not standing.sees(staff(), found):
        raise NotFound("moves.no_agreement")
    return found


def _if_match() -> int | None:
    given = request.headers.get("If-Match")
    if given is None:
        return None
    number = given.strip().removeprefix("W/").strip('"')
    if not number.isascii() or not number.isdigit() or len(number) > LONGEST_REVISION:
        raise InvalidInput("api.if_match")
    return int(number)

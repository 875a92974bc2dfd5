"""Workshop sheets by API: upload, read what was found, answer, accept."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request
from sqlalchemy.orm import Session

from kdmp_core.errors import Refusal
from kdmp_core.records import SheetImport
from kdmp_core.workshops import accept
from kdmp_core.workshops.sheet import Row
from webhooks.api import idempotency
from webhooks.api.shapes import Answers, FindingOut, ImportOut, RowOut
from webhooks.context import by_staff, reach, staff

blueprint = APIBlueprint("api_imports", __name__, url_prefix="/v1", tag="Imports")


@blueprint.post("/imports")
@blueprint.doc(
    summary="Upload a workshop sheet (multipart field `file`)", responses={200: "The import"}, security="bearer"
)
@idempotency.once
def upload() -> ImportOut:
    """Keep an uploaded workbook and give what was found in it; nothing is written to the registry."""
    parts = reach()
    given = request.files.get("file")
    if given is None:
        raise Refusal("api.file_missing")
    with parts.store.write() as session:
        row = accept.upload(session, parts.files, given.read(), given.filename or "", staff(), parts.now())
        return _as_it_stands(session, row)


@blueprint.get("/imports/<int:import_id>")
@blueprint.output(ImportOut)
@blueprint.doc(summary="Read an import", responses={404: "Unknown"}, security="bearer")
def read(import_id: int) -> ImportOut:
    """Give an import with its open rows and what accepting it would change now."""
    with reach().store.read() as session:
        return _as_it_stands(session, accept.find(session, import_id, staff()))


@blueprint.post("/imports/<int:import_id>/decisions")
@blueprint.input(Answers)
@blueprint.output(ImportOut)
@blueprint.doc(summary="Answer doubtful rows", responses={404: "Unknown"}, security="bearer")
def decide(import_id: int, json_data: Answers) -> ImportOut:
    """Keep answers by row key; sending the same again changes nothing."""
    answers = {key: answer.model_dump(exclude_none=True) for key, answer in json_data.decisions.items()}
    with reach().store.write() as session:
        return _as_it_stands(session, accept.decide(session, import_id, staff(), answers))


@blueprint.post("/imports/<int:import_id>/acceptance")
@blueprint.doc(summary="Accept what is decided", responses={200: "The import after it"}, security="bearer")
@idempotency.once
def take(import_id: int) -> ImportOut:
    """Write every good and decided row; open rows wait, named."""
    parts = reach()
    with parts.store.write() as session:
        accept.accept(session, parts.files, import_id, staff(), by_staff(), parts.now())
        return _as_it_stands(session, accept.find(session, import_id, staff()))


def _as_it_stands(session: Session, row: SheetImport) -> ImportOut:
    seen = accept.outlook(session, reach().files, row)
    counts = seen.preview.counts
    return ImportOut(
        id=row.id,
        event_id=row.event_id,
        file_name=row.file_name,
        good=counts.good,
        doubtful=counts.doubtful,
        rejected=counts.rejected,
        open=[_row(found) for found in seen.decided.open],
        left_out=[_row(found) for found in seen.decided.left_out],
        changes=len(seen.changes),
        accepted_at=row.accepted_at,
    )


def _row(row: Row) -> RowOut:
    findings = [FindingOut.model_validate(finding) for finding in row.doubts]
    return RowOut(key=row.key, row=row.row, status=row.status.value, findings=findings)

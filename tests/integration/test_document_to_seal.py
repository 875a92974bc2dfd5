"""From approved to in force on real parts: LibreOffice prints, everybody signs, the seal is set and judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from kdmp_core import tokens
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Document, DocumentKind, Envelope, Message, Obligation, Round
from mou_templates.verdict import verdict
from tests import builders, work
from tests.processes import all_gone
from workflows.stages import seal
from workflows.stages.work import Tools


def _send(parts: Tools, agreement_id: int) -> None:
    with parts.store.write() as session:
        agreement = session.get_one(Agreement, agreement_id)
        coordinator = session.get_one(builders.User, agreement.event.created_by_id)
        staff = builders.Staff(coordinator, coordinator, coordinator, coordinator)
        builders.send(session, agreement, staff, parts.settings, parts.now())


def test_an_approved_agreement_becomes_a_sealed_one_in_force(tmp_path: Path, database_url: str) -> None:
    clock = work.Clock()
    with work.open_tools(tmp_path, database_url, clock) as parts:
        one = work.approve(parts)
        assert [done.did for done in work.do_all(parts)] == ["draw_up"]
        _send(parts, one)
        work.sign(parts, one)
        clock.wait(seconds=1)
        assert [done.did for done in work.do_all(parts)] == ["complete", "seal"]
        assert work.do_all(parts) == []
        assert parts.office().processes()
        _check_record(parts, one)
        _check_file(parts)
        processes = parts.office().processes()
    assert all_gone(processes)


def _check_record(parts: Tools, one: int) -> None:
    agreement = work.agreement(parts, one)
    assert (agreement.state, agreement.stuck_reason) == (State.IN_FORCE, None)
    assert agreement.in_force_on is not None
    assert agreement.due_at is not None
    with parts.store.read() as session:
        assert session.scalars(select(Obligation.kind)).all() == ["pks_due"]
        assert session.scalars(select(Message.kind).where(Message.kind == "done")).all() == ["done"] * 3
        assert builders.chain_is_whole(session)
        round_ = session.scalars(select(Round)).one()
        assert round_.sealed_id is not None
        pdf = session.get_one(Document, round_.pdf_id)
    assert pdf.details["pages"] > 1
    assert set(pdf.details["anchors"]) == {"§001", "§002", "§003"}
    for page, left, bottom, right, top in pdf.details["anchors"].values():
        assert 1 <= page <= pdf.details["pages"]
        assert 0 < left < right < 850
        assert 0 < bottom < top < 850


def _check_file(parts: Tools) -> None:
    with parts.store.read() as session:
        documents = {row.kind: row for row in session.scalars(select(Document))}
    signed, sealed = documents[DocumentKind.PDF], documents[DocumentKind.SEALED]
    final = parts.files.get(sealed.sha256)
    assert final.startswith(parts.files.get(signed.sha256))
    found = verdict(final, [parts.seal().certificate_pem], {sealed.sha256: signed.sha256})
    assert (found.status, found.reason, found.level) == ("genuine", "", "trial")
    assert found.evidence is not None
    assert b"in_person" in found.evidence


def test_the_seal_waits_for_the_file_of_a_provider(tmp_path: Path, database_url: str) -> None:
    with work.open_tools(tmp_path, database_url) as parts:
        one = work.send_out(parts)
        work.sign(parts, one)
        with parts.store.write() as session:
            row = work.signatories(session, one)[0]
            session.add(_envelope(one, row.id, parts))
        done = work.do_all(parts)
        assert done[0].did == "complete"
        assert "errors.work.provider_file_awaited" in {step.stuck for step in done}
        assert work.agreement(parts, one).state is State.SIGNED


def _envelope(agreement_id: int, signatory_id: int, parts: Tools) -> object:
    return Envelope(
        agreement_id=agreement_id,
        round=1,
        signatory_id=signatory_id,
        provider="docuseal",
        connection="uji",
        reference="r1",
        external_id="1",
        status="open",
        sent_sha256="0" * 64,
        made_at=parts.now(),
    )


def test_the_code_on_the_paper_proves_itself_without_the_service(tmp_path: Path) -> None:
    settings = builders.settings_in(tmp_path)
    digest = tokens.sign_digest(settings.digest_key(), {"code": "K-2026-000001", "round": 1, "sha256": "0" * 64})
    assert len(digest) < 400
    assert seal.verify_address("https://kdmp.test", "K-2026-000001") == "https://kdmp.test/v/K-2026-000001"


pytestmark = pytest.mark.timeout(180)

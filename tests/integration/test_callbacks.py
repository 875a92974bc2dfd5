"""Signing at a provider, whole: sent, created, signed there, called back, asked again, file B kept, counted once."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from kdmp_core import audit, inbox, reporting
from kdmp_core.agreements import documents, guards, moves
from kdmp_core.errors import MoveRefused, NotAllowed, TryLater
from kdmp_core.lifecycle import Actor, SignatoryState, State
from kdmp_core.providers import connections, envelopes, invitations, wire
from kdmp_core.records import (
    Agreement,
    Callback,
    Document,
    DocumentKind,
    Envelope,
    Message,
    Role,
    Signature,
    Step,
)
from kdmp_core.signing import signatures
from kdmp_core.signing.messages import Delivery
from kdmp_core.store import Store
from tests import builders
from tests.builders import by_user
from tests.provider_house import House, Standin, open_house, paper, standin
from workflows.stages import WORKS, gateway, owed, seal

PROVIDER = next(work for work in WORKS if work.name == "provider")


@pytest.fixture(scope="module")
def docuseal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    with standin(tmp_path_factory.mktemp("docuseal")) as running:
        yield running


@pytest.fixture
def house(store: Store, tmp_path: Path, docuseal: Standin) -> Iterator[House]:
    with open_house(store, tmp_path / "data", docuseal) as opened:
        yield opened


def created(house: House) -> str:
    """Let the worker create the envelope and give the address where its signer signs."""
    house.work()
    assert house.envelope().status == "open"
    return house.address()


def signed(house: House) -> list[Signature]:
    with house.store.read() as session:
        return list(session.scalars(select(Signature)))


def others_sign(house: House) -> None:
    """Let everyone who signs by link sign, each by the one function that keeps a signature."""
    with house.store.write() as session:
        agreement = session.get_one(Agreement, house.sent.agreement.id)
        for row in guards.signatories(session, agreement):
            if row.method == "link":
                by = audit.By(Actor.SIGNATORY, officer_id=row.officer_id)
                signatures.keep(
                    session,
                    agreement,
                    row,
                    level="in_person",
                    document_sha256="0" * 64,
                    consent_version="1",
                    evidence={},
                    by=by,
                    key=f"form-{row.id}",
                    now=house.now(),
                )


def test_a_signature_at_the_provider_counts_exactly_once_with_file_and_evidence(house: House) -> None:
    house.standin.sign(created(house))
    house.heard("form.completed", "submission.completed")
    house.work()
    house.after(timedelta(hours=1))
    (signature,) = signed(house)
    envelope = house.envelope()
    with house.store.read() as session:
        document = session.get_one(Document, envelope.returned_id)
        assert (document.kind, document.details["sent_sha256"]) == (DocumentKind.PROVIDER_FILE, envelope.sent_sha256)
        assert house.signatory(session).state is SignatoryState.SIGNED
        steps = session.scalars(select(Step).where(Step.move == "sign")).all()
        assert [(step.actor_kind, str(envelope.external_id) in step.key) for step in steps] == [("provider", True)]
        assert builders.chain_is_whole(session)
    returned = house.files.get(document.sha256)
    assert returned != house.files.get(envelope.sent_sha256)
    told = signature.evidence["provider"]
    assert (signature.level, signature.document_sha256) == ("provider_uncertified", envelope.sent_sha256)
    assert told["returned_sha256"] == hashlib.sha256(returned).hexdigest()
    assert (told["envelope"], told["text_found"]) == (envelope.external_id, True)
    assert (envelope.status, envelope.due_at, envelope.stuck_reason) == ("completed", None, None)


def test_the_round_completes_only_when_file_b_is_here(house: House) -> None:
    address = created(house)
    others_sign(house)
    house.standin.sign(address)
    house.heard("submission.completed")
    house.standin.faults("", "", "500")
    house.work()
    assert (house.agreement().state, signed(house)[2:]) == (State.SIGNING, [])
    with house.store.write() as session, pytest.raises(MoveRefused):
        moves.apply(
            session, house.sent.agreement.id, moves.Asked("complete", "complete:x"), builders.SYSTEM, house.now()
        )
    house.after(timedelta(seconds=20))
    assert (house.agreement().state, len(signed(house))) == (State.SIGNED, 3)


def test_the_seal_waits_for_a_file_b_that_is_missing(house: House) -> None:
    created(house)
    with house.store.write() as session:
        house.signatory(session).state = SignatoryState.SIGNED
        session.get_one(Agreement, house.sent.agreement.id).state = State.SIGNED
    with pytest.raises(TryLater, match=r"work\.provider_file_awaited"):
        seal.do(house.tools(), house.sent.agreement.id)


def test_a_refusal_at_the_provider_ends_the_round_with_its_reason(house: House) -> None:
    house.standin.decline(created(house), "Harga\n belum cocok\u202e")
    house.heard("form.declined")
    house.work()
    with house.store.read() as session:
        row = house.signatory(session)
        assert (row.state, row.decline_reason) == (SignatoryState.DECLINED, "Harga belum cocok")
        step = session.scalars(select(Step).where(Step.move == "decline")).one()
        assert (step.actor_kind, step.reason) == ("provider", "Harga belum cocok")
    assert (house.agreement().state, house.envelope().status) == (State.DECLINED, "declined")


def test_many_callbacks_lead_to_one_question(house: House) -> None:
    house.standin.sign(created(house))
    house.heard("form.viewed", "form.started", "form.completed", "submission.completed")
    asked: list[str] = []

    def counting(name: str, call: Callable[[], Any]) -> Any:
        asked.append(name)
        return call()

    house.work(replace(house.tools(), outside=counting))
    assert asked == ["docuseal", "docuseal"]  # the truth, and file B
    assert len(signed(house)) == 1


def test_the_callbacks_kept_name_nobody_and_the_invitation_has_no_address(house: House) -> None:
    address = created(house)
    house.standin.sign(address)
    house.heard("submission.completed")
    house.work()
    slug = address.rsplit("/", 1)[1]
    with house.store.read() as session:
        kept = b"".join(session.scalars(select(Callback.body)))
        rows = [*session.scalars(select(Message)), *session.scalars(select(Envelope)), *session.scalars(select(Step))]
        clear = json.dumps([{name: str(value) for name, value in vars(row).items()} for row in rows])
    for secret in (slug, "Dadang", "dadang@niaga.example", "http"):
        assert secret.encode() not in kept
    assert slug not in clear


def test_a_callback_that_is_lost_is_made_good_by_asking(house: House) -> None:
    address = created(house)
    house.heard("submission.created")
    house.standin.call_back("http://127.0.0.1:9/nowhere")
    house.standin.sign(address)
    house.after(timedelta(minutes=14))
    assert signed(house) == []
    house.after(timedelta(minutes=2))
    assert len(signed(house)) == 1


def told_of(house: House, external_id: str | None) -> Callback:
    """Give the callback that told of the envelope's creation."""
    same = (Callback.external_id == external_id, Callback.event == "submission.created")
    with house.store.read() as session:
        return session.scalars(select(Callback).where(*same)).one()


def test_a_callback_ahead_of_our_commit_waits_for_it(house: House) -> None:
    created(house)
    house.heard("submission.created")
    with house.store.write() as session:  # as if the transaction that keeps the envelope were not through yet
        envelope = session.scalars(select(Envelope)).one()
        external_id, envelope.external_id, envelope.due_at = envelope.external_id, None, None
        row = session.scalars(select(Callback).where(Callback.external_id == external_id)).one()
        row.state, row.due_at = inbox.RECEIVED, house.now()
    house.work()
    assert told_of(house, external_id).stuck_reason == inbox.WAITS
    with house.store.write() as session:
        session.scalars(select(Envelope)).one().external_id = external_id
    house.after(timedelta(seconds=11))
    assert told_of(house, external_id).state == inbox.APPLIED


def test_an_unknown_reference_is_tried_for_five_minutes_then_shown(house: House) -> None:
    created(house)
    house.heard("submission.created")
    with house.store.write() as session:
        envelope = session.scalars(select(Envelope)).one()
        external_id, envelope.external_id = envelope.external_id, "999999"
        row = session.scalars(select(Callback).where(Callback.external_id == external_id)).one()
        row.state, row.due_at = inbox.RECEIVED, house.now()
    house.work()
    house.after(timedelta(minutes=4))
    with house.store.read() as session:
        assert inbox.quarantined(session) == []
    house.after(timedelta(minutes=1, seconds=30))
    with house.store.read() as session:
        shown = {row.external_id: row for row in inbox.quarantined(session, ["docuseal"])}[external_id]
    assert (shown.stuck_reason, shown.due_at) == (inbox.UNKNOWN, None)


def test_a_stale_answer_changes_nothing_and_is_asked_again(house: House) -> None:
    house.standin.sign(created(house))
    house.heard("submission.completed")
    house.standin.faults("stale")
    house.work()
    assert (signed(house), house.envelope().stuck_reason) == ([], "errors.envelope.not_yet_told")
    house.after(timedelta(seconds=16))
    assert (len(signed(house)), house.envelope().stuck_reason) == (1, None)


@pytest.mark.parametrize(
    ("fault", "reason", "wait"),
    [
        ("429", "errors.provider.busy", 17),
        ("500", "errors.provider.failing", 15),
        ("hang", "errors.provider.unreachable", 15),
        ("truncated", "errors.provider.unreachable", 15),
        ("not_json", "errors.provider.answer_unreadable", 15),
        ("401", "errors.provider.key_refused", 15),
        ("404", "errors.provider.envelope_unknown", 15),
    ],
)
@pytest.mark.database("sqlite")
def test_a_provider_in_trouble_is_shown_and_asked_again(
    house: House, fault: str, reason: str, wait: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SILENCE_SECONDS", 0.5)
    house.standin.sign(created(house))
    house.heard("submission.completed")
    house.standin.faults(fault)
    before = house.now()
    house.work()
    envelope = house.envelope()
    assert (signed(house), envelope.stuck_reason) == ([], reason)
    assert envelope.due_at is not None
    assert wait <= (envelope.due_at - before).total_seconds() < wait + 5
    house.after(timedelta(seconds=wait + 5))
    assert (len(signed(house)), house.envelope().stuck_reason) == (1, None)


@pytest.mark.parametrize("fault", ["500", "truncated", "not_pdf"])
@pytest.mark.database("sqlite")
def test_a_file_b_that_is_not_whole_counts_nothing_yet(house: House, fault: str) -> None:
    house.standin.sign(created(house))
    house.heard("submission.completed")
    house.standin.faults("", "", "", fault)  # the truth, the truth again, the list of files, the file
    house.work()
    assert signed(house) == []
    house.after(timedelta(seconds=20))
    assert len(signed(house)) == 1


@pytest.mark.database("sqlite")
def test_a_creation_that_fails_is_made_later_and_only_once(house: House) -> None:
    before = house.standin.submissions()
    house.standin.faults("500")
    house.work()
    assert (house.envelope().status, house.envelope().stuck_reason) == ("owed", "errors.provider.failing")
    house.after(timedelta(seconds=16))
    house.after(timedelta(minutes=20))
    assert (house.envelope().status, house.standin.submissions() - before) == ("open", 1)


def test_two_workers_at_once_create_and_count_once(house: House) -> None:
    before = house.standin.submissions()
    _together(house)
    assert house.standin.submissions() - before == 1
    house.standin.sign(house.address())
    house.heard("form.completed", "submission.completed")
    _together(house)
    house.work()
    with house.store.read() as session:
        files = select(func.count()).select_from(Document).where(Document.kind == DocumentKind.PROVIDER_FILE)
        assert (len(signed(house)), session.scalar(files)) == (1, 1)


def test_a_worker_whose_lease_ran_out_creates_nothing(house: House) -> None:
    house.work(house.tools("earlier"))  # opens and creates
    before = house.standin.submissions()
    with house.store.write() as session:
        envelope = session.scalars(select(Envelope)).one()
        envelope.external_id, envelope.status, envelope.due_at = None, envelopes.OWED, house.now()
    tools = house.tools()
    item = owed.take(tools, PROVIDER)
    assert item is not None
    house.later += timedelta(minutes=2)
    owed.attempt(tools, item)
    assert house.standin.submissions() == before


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"email": "lain@niaga.example"}, "errors.provider.signer_email_differs"),
        ({"phone": "+6281999999999"}, "errors.provider.signer_phone_differs"),
    ],
    ids=["e-mail", "number"],
)
@pytest.mark.database("sqlite")
def test_another_signer_than_asked_is_shown_and_counts_nothing(
    house: House, changed: dict[str, str], reason: str
) -> None:
    address = created(house)
    with house.store.write() as session:
        envelope = session.scalars(select(Envelope)).one()
        envelope.truth = {**envelope.truth, "asked": {**envelope.truth["asked"], **changed}}
    house.standin.sign(address)
    house.heard("submission.completed")
    house.work()
    assert (signed(house), house.envelope().stuck_reason) == ([], reason)
    with house.store.read() as session:
        agreement = session.get_one(Agreement, house.sent.agreement.id)
        assert reporting.troubles_at_providers(session, agreement) == {house.envelope().signatory_id: reason}


@pytest.mark.database("sqlite")
def test_a_file_b_without_our_text_counts_nothing(house: House) -> None:
    address = created(house)
    with house.store.write() as session:  # what we sent says more than what the provider has
        envelope = session.scalars(select(Envelope)).one()
        other = documents.keep(
            session,
            session.get_one(Agreement, envelope.agreement_id),
            DocumentKind.PDF,
            paper("Kesepakatan lain sama sekali."),
            house.files,
            house.now(),
        )
        envelope.sent_sha256 = other.sha256
        documents.round_of(session, session.get_one(Agreement, envelope.agreement_id)).pdf_id = other.id
    house.standin.sign(address)
    house.heard("submission.completed")
    house.work()
    assert (signed(house), house.envelope().stuck_reason) == ([], "errors.envelope.document_differs")
    assert house.envelope().returned_id is None


@pytest.mark.database("sqlite")
def test_an_envelope_whose_round_is_over_is_taken_back(house: House) -> None:
    address = created(house)
    with house.store.write() as session:
        asked = moves.Asked("recall", "recall:1", "Salah harga")
        moves.apply(session, house.sent.agreement.id, asked, by_user(house.sent.staff.coordinator), house.now())
    house.after(timedelta(minutes=16))
    assert (house.envelope().status, house.envelope().stuck_reason) == ("voided", None)
    house.standin.sign(address)
    house.heard("submission.archived")
    house.work()
    assert signed(house) == []


@pytest.mark.database("sqlite")
def test_a_signature_after_the_round_was_recalled_is_shown_and_counts_nothing(house: House) -> None:
    house.standin.sign(created(house))
    house.heard("submission.completed")
    with house.store.write() as session:
        asked = moves.Asked("recall", "recall:1", "Salah harga")
        moves.apply(session, house.sent.agreement.id, asked, by_user(house.sent.staff.coordinator), house.now())
    house.work()
    envelope = house.envelope()
    assert (signed(house), envelope.stuck_reason, envelope.due_at) == ([], "errors.envelope.round_over", None)


@pytest.mark.database("sqlite")
def test_completed_then_archived_never_undoes(house: House) -> None:
    house.standin.sign(created(house))
    house.heard("submission.completed")
    house.work()
    envelope = house.envelope()
    with house.store.read() as session:
        live = connections.find(session, house.settings, "docuseal", "utama")
    live.provider.void(live.config, envelope.external_id or "")
    house.heard("submission.archived")
    house.work()
    assert (len(signed(house)), house.envelope().status) == (1, "completed")


@pytest.mark.database("sqlite")
def test_an_envelope_closed_at_the_provider_unsigned_is_shown(house: House) -> None:
    created(house)
    with house.store.read() as session:
        live = connections.find(session, house.settings, "docuseal", "utama")
    live.provider.void(live.config, house.envelope().external_id or "")
    house.heard("submission.archived")
    house.work()
    assert house.envelope().status == "voided"
    assert house.envelope().stuck_reason == "errors.envelope.ended_unsigned"
    assert house.agreement().state is State.SIGNING


def test_staff_hand_the_address_over_and_the_chain_knows_who_saw_it(house: House) -> None:
    address = created(house)
    user = house.sent.staff.coordinator
    with house.store.write() as session:
        message = session.scalars(select(Message).where(Message.kind == envelopes.INVITATION)).one()
        revealed = invitations.reveal(session, message.id, address, user, house.now())
        assert (message.state, message.sent_by_id) == ("sent", user.id)
    assert address in revealed.text
    assert revealed.whatsapp.startswith("https://wa.me/62812")
    assert revealed.only_here
    with house.store.read() as session:
        step = session.scalars(select(Step).where(Step.move == "reveal_provider_address")).one()
        assert (step.user_id, step.chain) == (user.id, audit.HOUSE)


@pytest.mark.database("sqlite")
def test_a_gateway_carries_the_address_and_what_it_cannot_carry_is_tried_again(
    store: Store, tmp_path: Path, docuseal: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Delivery] = []
    answers = iter([False, True])

    def carried(_address: str, parcel: Delivery) -> bool:
        sent.append(parcel)
        return next(answers)

    monkeypatch.setattr(gateway, "_sent", carried)
    reached = {"url": "https://kdmp.test", "gateway": "json://gerbang.test/{phone}"}
    with open_house(store, tmp_path / "data", docuseal, **reached) as house:
        house.work()
        address = house.address()
        house.after(timedelta(seconds=16))
        with store.read() as session:
            message = session.scalars(select(Message).where(Message.kind == envelopes.INVITATION)).one()
    assert (message.state, message.channel, message.attempts) == ("sent", "gateway", 1)
    mine = [parcel for parcel in sent if address in parcel.text]
    assert [parcel.phone for parcel in mine] == [builders.signing_officer(house.sent.parties[-1]).phone] * 2


@pytest.mark.database("sqlite")
def test_an_invitation_is_not_for_staff_of_another_place(house: House) -> None:
    address = created(house)
    with house.store.write() as session:
        stranger = builders.create_user(session, "jauh", Role.COORDINATOR, area="32.04", now=house.now())
        message = session.scalars(select(Message).where(Message.kind == envelopes.INVITATION)).one()
        with pytest.raises(NotAllowed):
            invitations.reveal(session, message.id, address, stranger, house.now())


@pytest.mark.database("sqlite")
def test_an_invitation_nobody_needs_any_more_is_not_given_out(house: House) -> None:
    house.standin.sign(created(house))
    house.heard("submission.completed")
    house.work()
    with house.store.read() as session:
        message = session.scalars(select(Message).where(Message.kind == envelopes.INVITATION)).one()
        assert message.state == "cancelled"
        assert invitations.question(session, message.id, house.settings) is None


@pytest.mark.database("sqlite")
def test_a_connection_switched_off_creates_nothing_and_says_so(house: House) -> None:
    tools = house.tools()
    with house.store.write() as session:
        by = by_user(house.sent.staff.coordinator)
        connections.switch(session, house.settings, "docuseal", "utama", active=False, by=by, now=house.now())
    house.work(tools)
    assert house.agreement().stuck_reason == "errors.connection.none_can_send"
    assert httpx.post(house.hook, trust_env=False).status_code == 404


def _together(house: House) -> None:
    barrier = threading.Barrier(2)
    failed: list[Exception] = []

    def run(worker: str) -> None:
        barrier.wait()
        try:
            house.work(house.tools(worker))
        except Exception as trouble:  # noqa: BLE001  (a thread's trouble is the test's)
            failed.append(trouble)

    threads = [threading.Thread(target=run, args=(f"w{at}",)) for at in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []

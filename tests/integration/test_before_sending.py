"""What keeps a round from being sent: nobody gets a link whose name, office and number staff have not confirmed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from kdmp_core.errors import MoveRefused
from kdmp_core.files import Files
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Link, Message, Officer
from kdmp_core.store import Store
from tests import builders
from tests.builders import NOW


def test_no_link_leaves_before_staff_have_confirmed_the_signatory(store: Store, tmp_path: Path) -> None:
    settings = builders.settings_in(tmp_path / "data")
    with store.write() as session:
        staff = builders.create_staff(session)
        event = builders.create_event(session, staff.coordinator)
        parties = builders.create_roster(session, event, staff.coordinator)
        made = builders.create_agreement_drawn_up(session, event, staff, Files(settings.documents))
        officer_id = builders.signing_officer(parties[0]).id
        session.get_one(Officer, officer_id).confirmed_at = None
        agreement_id = made.id
    with pytest.raises(MoveRefused) as refused, store.write() as session:
        builders.send(session, session.get_one(Agreement, agreement_id), staff, settings)
    assert refused.value.code == "moves.signatory_not_confirmed"
    with store.read() as session:
        assert session.get_one(Agreement, agreement_id).state is State.DRAWN_UP
        assert session.scalar(select(func.count()).select_from(Link)) == 0
        assert session.scalar(select(func.count()).select_from(Message).where(Message.kind == "invitation")) == 0
    with store.write() as session:
        session.get_one(Officer, officer_id).confirmed_at = NOW
        builders.send(session, session.get_one(Agreement, agreement_id), staff, settings)
    with store.read() as session:
        assert session.get_one(Agreement, agreement_id).state is State.SIGNING

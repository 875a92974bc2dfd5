"""A house in which one network MoU was printed, signed and sealed for real: LibreOffice, marks, evidence and seal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Document, DocumentKind, User
from tests import builders, work
from workflows.stages.work import Tools


@dataclass(frozen=True)
class SealedHouse:
    """The worker's tools, the agreement's id and code, its sealed bytes and the bytes that were signed."""

    parts: Tools
    clock: work.Clock
    agreement_id: int
    code: str
    sealed: bytes
    signed: bytes


@contextmanager
def open_house(folder: Path, database_url: str, cooperatives: int = 2) -> Iterator[SealedHouse]:
    """Carry a network MoU to its seal by the worker's own stages. Raises AssertionError when one does not get there."""
    clock = work.Clock()
    with work.open_tools(folder, database_url, clock) as parts:
        agreement_id = work.approve(parts, cooperatives)
        work.do_all(parts)
        with parts.store.write() as session:
            agreement = session.get_one(Agreement, agreement_id)
            assert agreement.state is State.DRAWN_UP, agreement.stuck_reason
            users = {user.login: user for user in session.scalars(select(User))}
            staff = builders.Staff(users["sari"], users["rudi"], users["wati"], users["budi"])
            builders.send(session, agreement, staff, parts.settings, parts.now())
        work.sign(parts, agreement_id)
        work.do_all(parts)
        agreement = work.agreement(parts, agreement_id)
        assert agreement.state is State.IN_FORCE, agreement.stuck_reason
        sealed, signed = (_bytes(parts, agreement_id, kind) for kind in (DocumentKind.SEALED, DocumentKind.PDF))
        yield SealedHouse(parts, clock, agreement_id, agreement.code, sealed, signed)


def _bytes(parts: Tools, agreement_id: int, kind: DocumentKind) -> bytes:
    with parts.store.read() as session:
        where = (Document.agreement_id == agreement_id, Document.kind == kind)
        return parts.files.get(session.scalars(select(Document.sha256).where(*where)).one())

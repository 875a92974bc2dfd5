"""The bare view other doors are measured against: Flask, one row, one commit on SQLite with FULL, nothing asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path

from flask import Flask, request
from sqlalchemy import LargeBinary
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.test import Client

from kdmp_core.store import open_store

PATH = "/bare"


class _Base(DeclarativeBase):
    pass


class _Bare(_Base):
    __tablename__ = "bare"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


def bare_view(folder: Path, bodies: Iterable[bytes]) -> Callable[[], None]:
    """Give a call that posts the next of `bodies` to a view that keeps it as one row of a record in `folder`."""
    store = open_store(f"sqlite:///{folder / 'bare.sqlite3'}")
    _Base.metadata.create_all(store.engine)
    app = Flask(__name__)

    @app.post(PATH)
    def take() -> str:
        with store.write() as session:
            session.add(_Bare(body=request.get_data()))
        return ""

    client, ahead = Client(app), iter(bodies)

    def call() -> None:
        with client.post(PATH, data=next(ahead)) as answer:
            assert answer.status_code == HTTPStatus.OK

    return call

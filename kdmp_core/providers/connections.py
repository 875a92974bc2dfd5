"""Connections: which provider under which name, and the secrets that belong to it.

The row says that a connection exists and is switched on; its secrets stand in a key file, mode 0600, part of the
backup and never in the database. Fail closed: a row without a usable file is no connection (security.md §1.4).
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kdmp_core import audit
from kdmp_core.errors import InvalidInput, NotFound
from kdmp_core.providers import registry
from kdmp_core.providers.port import Config, Provider
from kdmp_core.providers.reading import Unreadable, read_object
from kdmp_core.records import Connection
from kdmp_core.settings import Settings

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
LARGEST_FILE: Final = 64 * 1024
_ACTIVE: Final = select(Connection.active).where(
    Connection.provider == bindparam("provider"), Connection.name == bindparam("name")
)


@dataclass(frozen=True)
class Live:
    """A connection ready for use: its provider, its name, and the config with the secrets."""

    provider: Provider
    name: str
    config: Config = field(repr=False)

    @property
    def title(self) -> str:
        """The connection as people write it ("docuseal/utama")."""
        return f"{self.provider.name}/{self.name}"


def add(
    session: Session, settings: Settings, provider: str, name: str, config: Config, *, by: audit.By, now: datetime
) -> Connection:
    """Keep a connection and switch it on; the same name again takes the new config in place of the old.

    Raises NotFound (no such provider), InvalidInput (name, or the config with each wrong field).
    """
    known = registry.get(provider)
    if known is None:
        raise NotFound("connection.provider_unknown", provider=provider)
    if not NAME.fullmatch(name):
        raise InvalidInput("connection.name_unfit")
    checked = known.check_config(config)
    row = _row(session, provider, name)
    if row is None:
        row = Connection(provider=provider, name=name, created_at=now)
        session.add(row)
    row.active = True
    session.flush()
    _write_down(session, "add_connection", row, by, now)
    _keep(_path(settings, provider, name), checked)
    return row


def switch(
    session: Session, settings: Settings, provider: str, name: str, *, active: bool, by: audit.By, now: datetime
) -> Connection:
    """Switch a connection on or off. Raises NotFound; on wants its secrets to be there (InvalidInput)."""
    row = _row(session, provider, name)
    if row is None:
        raise NotFound("provider.connection_unknown")
    if active and _config(settings, provider, name) is None:
        raise InvalidInput("connection.secret_missing")
    if row.active is not active:
        row.active = active
        _write_down(session, "switch_on_connection" if active else "switch_off_connection", row, by, now)
    return row


def listed(session: Session) -> list[Connection]:
    """Give every connection, also those switched off, by provider and name."""
    return list(session.scalars(select(Connection).order_by(Connection.provider, Connection.name)))


def find(session: Session, settings: Settings, provider: str, name: str) -> Live:
    """Give a connection that is switched on, with its config. Raises NotFound for whatever is missing of it."""
    known = registry.get(provider)
    active = known is not None and session.execute(_ACTIVE, {"provider": provider, "name": name}).scalar()
    config = _config(settings, provider, name) if active else None
    if known is None or config is None:
        raise NotFound("provider.connection_unknown")
    return Live(known, name, config)


def for_sending(session: Session, settings: Settings) -> Live:
    """Give the oldest connection that is switched on and may send. Raises NotFound when there is none."""
    for row in session.scalars(select(Connection).where(Connection.active).order_by(Connection.id)):
        provider, config = registry.get(row.provider), _config(settings, row.provider, row.name)
        if provider is not None and config is not None and provider.can_send(config):
            return Live(provider, row.name, config)
    raise NotFound("connection.none_can_send")


def without_secret(session: Session, settings: Settings) -> list[Connection]:
    """Give the connections that are switched on but whose secrets are missing or unfit: a start must refuse them."""
    return [row for row in listed(session) if row.active and _config(settings, row.provider, row.name) is None]


def _row(session: Session, provider: str, name: str) -> Connection | None:
    return session.scalar(select(Connection).where(Connection.provider == provider, Connection.name == name))


def _path(settings: Settings, provider: str, name: str) -> Path:
    return settings.keys / "connections" / f"{provider}-{name}.json"


def _config(settings: Settings, provider: str, name: str) -> Config | None:
    """Read a key file; None when it is missing, unreadable or not (any more) a config of its provider."""
    try:
        raw = _path(settings, provider, name).read_bytes()
    except OSError:
        return None
    return _checked(provider, raw) if len(raw) <= LARGEST_FILE else None


@lru_cache(maxsize=64)
def _checked(provider: str, raw: bytes) -> Config | None:
    """Check the bytes of a key file, the same ones once: the file itself is read each time, so a new secret holds."""
    try:
        return MappingProxyType(registry[provider].check_config(read_object(raw)))
    except (Unreadable, InvalidInput, KeyError):
        return None


def _keep(path: Path, config: dict[str, object]) -> None:
    """Write beside and move into place, so that no reader ever finds half a secret."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(json.dumps(config, indent=1).encode())
    fresh.replace(path)


def _write_down(session: Session, move: str, row: Connection, by: audit.By, now: datetime) -> None:
    act = audit.Act(move, f"{move}:{row.id}:{now.isoformat()}", details={"connection": row.id})
    audit.append_once(session, act, by, now)

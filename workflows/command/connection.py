"""`kdmp connection add PROVIDER/NAME --config FILE`: a provider's configuration, checked, its secrets a key file."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import click
from sqlalchemy import select

from kdmp_core import audit, providers
from kdmp_core.errors import InvalidInput
from kdmp_core.records import Connection
from kdmp_core.settings import Settings
from kdmp_core.texts import text
from workflows.command import house
from workflows.command.words import say

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


@click.group(help=text("command.connection_help"))
def connection() -> None:
    """Signing providers."""


@connection.command("add")
@click.argument("name", metavar="PROVIDER/NAME")
@click.option("--config", "file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add_connection(name: str, file: Path) -> None:
    """Check a configuration, keep it among the keys, and write the connection down; again means replace."""
    settings = Settings()
    provider, own = split(name)
    config = providers.registry[provider].check_config(read_config(file))
    with house.record(settings) as store, store.write() as session:
        keep_secret(key_file(settings, provider, own), json.dumps(config, ensure_ascii=False).encode())
        now, where = house.now(), (Connection.provider == provider, Connection.name == own)
        row = session.scalar(select(Connection).where(*where))
        if row is None:
            row = Connection(provider=provider, name=own, created_at=now)
            session.add(row)
        row.active = True
        session.flush()
        act = audit.Act("add_connection", f"connection:{row.id}:{now.isoformat()}", details={"connection": row.id})
        audit.append(session, act, house.OPERATOR, now)
    say("connection_added", name=name, address=f"{settings.url}/hooks/{provider}/{own}")


def key_file(settings: Settings, provider: str, name: str) -> Path:
    """Give where a connection's configuration lies: among the keys, never in the database."""
    return settings.keys / "connections" / f"{provider}-{name}.json"


def split(name: str) -> tuple[str, str]:
    """Read PROVIDER/NAME. Raises InvalidInput for an unknown provider or a name that is no plain word."""
    provider, _, own = name.partition("/")
    if provider not in providers.registry:
        raise InvalidInput("command.provider_unknown", found=provider[:40], known=", ".join(providers.registry))
    if not NAME.fullmatch(own):
        raise InvalidInput("command.connection_name", found=own[:40])
    return provider, own


def read_config(file: Path) -> dict[str, object]:
    """Read a JSON object: the configuration itself, or a capture with it under "config". Raises InvalidInput."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("command.config_unreadable", file=file.name) from error
    if not isinstance(found, dict):
        raise InvalidInput("command.config_unreadable", file=file.name)
    inner = found.get("config", found)
    return inner if isinstance(inner, dict) else found


def keep_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, beside and then into place."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    beside.replace(path)

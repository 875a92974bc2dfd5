"""`kdmp connection add PROVIDER/NAME --config FILE`: a provider's configuration, checked, its secrets a key file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kdmp_core.errors import InvalidInput
from kdmp_core.providers import connections
from kdmp_core.settings import Settings
from kdmp_core.texts import text
from workflows.command import house, running
from workflows.command.words import say


@click.group(help=text("command.connection_help"))
def connection() -> None:
    """Signing providers."""


@connection.command("add")
@click.argument("name", metavar="PROVIDER/NAME")
@click.option("--config", "file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add_connection(name: str, file: Path) -> None:
    """Check a configuration, keep it among the keys, and write the connection down; again means replace."""
    settings, (provider, _, own) = Settings(), name.partition("/")
    config = read_config(file)
    with house.record(settings) as store, store.write() as session:
        connections.add(session, settings, provider, own, config, by=house.OPERATOR, now=house.now())
    say("connection_added", name=name, address=f"{running.url(settings)}/hooks/{provider}/{own}")


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

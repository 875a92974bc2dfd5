"""`kdmp`, the operator's command: option names in English, sentences in Indonesian from the one catalogue.

Each sub-command is a module of this folder, imported when it is asked for. Prefect and Flask are never imported
here; they are started as processes by name. Exit status: 0 done, 1 refused, 2 not understood.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from kdmp_core.errors import KdmpError
from kdmp_core.texts import text
from workflows.command.words import refusal

COMMANDS = {
    "up": "up",
    "user": "people",
    "client": "people",
    "workshop": "workshop",
    "match": "match",
    "document": "document",
    "template": "template",
    "connection": "connection",
    "verify": "verify",
    "backup": "keeping",
    "restore": "keeping",
    "doctor": "doctor",
}


class Kdmp(click.Group):
    """The group: finds a sub-command's module by its name and words every refusal."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names of all sub-commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a sub-command and give it."""
        del ctx
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        found: click.Command = getattr(import_module(f"workflows.command.{module}"), cmd_name)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and say a refusal as a sentence instead of a trace."""
        try:
            return super().invoke(ctx)
        except KdmpError as error:
            for line in refusal(error):
                click.echo(line, err=True)
            ctx.exit(1)


@click.group(cls=Kdmp, help=text("command.help"))
def main() -> None:
    """Give the operator one command for everything."""

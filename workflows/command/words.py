"""How the command speaks: refusals in words, tables of results as JSON."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import click

from kdmp_core.errors import InvalidInput, KdmpError
from kdmp_core.texts import has, text


def say(key: str, **values: object) -> None:
    """Print a sentence of the catalogue under `command.`."""
    click.echo(text(f"command.{key}", "id", **values))


def show(value: object) -> None:
    """Print a result for a machine: JSON, two spaces deep, dates as ISO text."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def refusal(error: KdmpError) -> list[str]:
    """Give a refusal in words: its sentence, then one line for each place in the input."""
    lines = [_sentence(error.code, error.values)]
    if isinstance(error, InvalidInput):
        lines += [f"  {one.place}: {_sentence(one.code, dict(one.values))}" for one in error.problems]
    return lines


def _sentence(code: str, values: dict[str, object]) -> str:
    key = f"errors.{code}"
    return text(key, "id", **values) if has(key) else text("errors.work.unexpected")


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)

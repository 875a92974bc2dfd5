"""`kdmp template check FILE` says what is wrong with an edited form; `kdmp template list` which versions apply."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from kdmp_core import templates
from kdmp_core.errors import TryLater
from kdmp_core.settings import Settings
from kdmp_core.texts import has, text
from mou_templates import clauses, preflight, samples
from mou_templates.kinds import KINDS
from mou_templates.office import Office, OfficeFailed, OfficeMissing
from mou_templates.preflight import Finding
from workflows.command import house
from workflows.command.words import say, show

SIGNS = {"error": "✗", "warning": "!"}


@click.group(help=text("command.template_help"))
def template() -> None:
    """Word templates."""


@template.command("check", help=text("command.template_check_help"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(list(KINDS)), help=text("command.template_kind_help"))
@click.option("--json", "as_json", is_flag=True, help=text("command.json_help"))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help=text("command.template_out_help"))
@click.pass_context
def check(ctx: click.Context, file: Path, kind: str | None, out: Path | None, *, as_json: bool) -> None:
    """Look at a form as the upload does; with `--out` also print its samples there. Status 1 for an error."""
    data = file.read_bytes()
    kind = kind or clauses.kind_of_form(data)
    if kind is None:
        raise click.UsageError(text("command.template_kind_unknown", kinds=", ".join(KINDS)))
    found = preflight.check(data, kind)
    wrong = any(one.level == "error" for one in found)
    printed = _print(data, kind, out) if out and not wrong else []
    if as_json:
        show({"kind": kind, "findings": [_row(one) for one in found], "samples": printed})
    else:
        _say_all(found, printed)
    ctx.exit(1 if wrong or any(one["refused"] for one in printed) else 0)


@template.command("list", help=text("command.template_list_help"))
@click.option("--json", "as_json", is_flag=True, help=text("command.json_help"))
def list_(*, as_json: bool) -> None:
    """List the kinds, the version that applies to each, and what waits for a second person."""
    with house.record(Settings()) as store, store.read() as session:
        rows = [_standing(session, kind) for kind in KINDS]
    if as_json:
        show(rows)
        return
    for row in rows:
        applies = text("command.template_version" if row["applies"] else "command.template_shipped", **row)
        click.echo(text("command.template_row", kind=row["kind"], name=row["name"], applies=applies))
        if row["waiting"]:
            click.echo("  " + text("command.template_waiting", numbers=", ".join(map(str, row["waiting"]))))


def _standing(session: Session, kind: str) -> dict[str, Any]:
    applies = templates.current(session, kind)
    return {
        "kind": kind,
        "name": kind_name(kind),
        "applies": applies.number if applies else None,
        "sha256": applies.sha256 if applies else None,
        "decided_at": applies.decided_at if applies else None,
        "in_use": templates.in_use(session, applies) if applies else None,
        "waiting": [one.number for one in templates.versions(session, kind) if templates.is_waiting(one)],
    }


def kind_name(kind: str) -> str:
    """Give what people call a kind of paper."""
    key = f"desk.kind.{kind}"
    return text(key if has(key) else f"desk.templates.paper.{kind}")


def _say_all(found: tuple[Finding, ...], printed: list[dict[str, Any]]) -> None:
    for one in found:
        where = [text("command.template_paragraph", n=one.paragraph)] if one.paragraph else []
        where += [f"“{one.sentence}”"] if one.sentence else []
        click.echo(f"{SIGNS[one.level]} {text(f'preflight.{one.code}', 'id', **one.values)}")
        if where:
            click.echo(f"  {': '.join(where)}")
        click.echo(f"  → {text(f'preflight.cure.{one.code}')}")
    for sample in printed:
        name = text(f"desk.templates.sample.{sample['name']}")
        if sample["refused"]:
            click.echo(f"✗ {name}: {sample['sentence']}")
        else:
            click.echo(f"✓ {name}: {sample['file']}")
    errors = sum(one.level == "error" for one in found)
    say("template_result", errors=errors, warnings=len(found) - errors)


def _row(one: Finding) -> dict[str, Any]:
    words = {"text": text(f"preflight.{one.code}", "id", **one.values), "cure": text(f"preflight.cure.{one.code}")}
    return {**one.as_json(), **words}


def _print(data: bytes, kind: str, out: Path) -> list[dict[str, Any]]:
    """Print the samples into a folder and tell of each."""
    settings = Settings()
    settings.prepare()
    out.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    with _office(settings) as office:
        for sample in samples.print_samples(data, kind, office, settings.review_stamp):
            file = out / f"{kind}-{sample.name}.pdf"
            sentence = ""
            if sample.refused:
                sentence = text(f"errors.{_refusal(sample.refused)}", "id", **sample.values)
            else:
                file.write_bytes(sample.pdf)
            told = {"name": sample.name, "pages": sample.pages, "refused": sample.refused, "sentence": sentence}
            rows.append({**told, "file": None if sample.refused else str(file)})
    return rows


@contextmanager
def _office(settings: Settings) -> Iterator[Office]:
    """Open LibreOffice for the time of the block; its own troubles are told in words."""
    try:
        with Office(settings.data.absolute() / "office") as office:
            yield office
    except (OfficeMissing, OfficeFailed) as trouble:
        raise TryLater(f"work.{trouble.code}") from trouble


def _refusal(code: str) -> str:
    return f"work.{code}" if code.startswith("office_") else f"paper.{code}"

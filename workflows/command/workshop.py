"""`kdmp workshop import`: the sheet from preview to record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kdmp_core.audit import By
from kdmp_core.errors import InvalidInput
from kdmp_core.files import Files
from kdmp_core.lifecycle import Actor
from kdmp_core.settings import Settings
from kdmp_core.texts import text
from kdmp_core.workshops import accept, layouts, sheet
from workflows.command import house
from workflows.command.words import say, show

PREVIEW_ONLY = "memory://kdmp-preview"
READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(help=text("command.workshop_help"))
def workshop() -> None:
    """Workshops."""


@workshop.command("import")
@click.argument("file", type=READABLE)
@click.option("--dry-run", is_flag=True, help=text("command.dry_run_help"))
@click.option("--json", "as_json", is_flag=True, help=text("command.json_help"))
@click.option("--columns", type=READABLE, help=text("command.columns_help"))
@click.option("--decisions", type=READABLE, help=text("command.decisions_help"))
@click.option("--as", "login", metavar="LOGIN", help=text("command.as_help"))
def import_sheet(
    file: Path, *, dry_run: bool, as_json: bool, columns: Path | None, decisions: Path | None, login: str | None
) -> None:
    """Read a sheet, say what was found, and unless it is a dry run write what is decided.

    A table of another shape wants a file that says what its columns mean; a dry run proposes one.
    """
    settings, answers, data = Settings(), read_decisions(decisions), file.read_bytes()
    meant = read_columns(columns)
    files = Files(PREVIEW_ONLY if dry_run else settings.documents)
    with house.record(settings) as store, store.read() if dry_run else store.write() as session:
        owner = house.coordinator_for(session, login)
        if dry_run:
            files.put(data)
        row = accept.upload(session, files, data, file.name, owner, house.now())
        if meant:
            layouts.confirm(session, files, row, owner, meant, house.now())
        if dry_run and layouts.unconfirmed(row):
            _propose(layouts.proposal(session, files, row, owner, None), as_json=as_json)
            return
        if answers:
            accept.decide(session, row.id, owner, answers)
        event_id: int | None = None
        if dry_run:
            seen = accept.outlook(session, files, row)
        else:
            by = By(Actor.STAFF, user_id=owner.id)
            made, seen = accept.accept(session, files, row.id, owner, by, house.now())
            event_id = made.id
    if as_json:
        show(summary(seen, event_id))
    else:
        _tell(seen, event_id)


def read_decisions(path: Path | None) -> dict[str, Any]:
    """Read a file of answers: row key → {"decision", "reason", "values"}, as it is or under "rows".

    Raises InvalidInput when it is no such file.
    """
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("command.decisions_unreadable", file=path.name) from error
    rows = found.get("rows", found) if isinstance(found, dict) else None
    if not isinstance(rows, dict) or not all(isinstance(answer, dict) for answer in rows.values()):
        raise InvalidInput("command.decisions_unreadable", file=path.name)
    return rows


def read_columns(path: Path | None) -> dict[str, Any]:
    """Read a file that says what columns mean, as a dry run proposes it. Raises InvalidInput when it is none."""
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("command.columns_unreadable", file=path.name) from error
    if not isinstance(found, dict) or not isinstance(found.get("tables"), list):
        raise InvalidInput("command.columns_unreadable", file=path.name)
    return found


def summary(seen: accept.Outlook, event_id: int | None) -> dict[str, Any]:
    """Give an import as a machine reads it: the preview, what is still open, what was or would be changed."""
    known = seen.event.id if seen.event else None
    return {
        "event": known if event_id is None else event_id,
        "accepted": event_id is not None,
        "open": [row.key for row in seen.decided.open],
        "left_out": [row.key for row in seen.decided.left_out],
        "unknown": list(seen.decided.unknown),
        "changes": [{"what": one.what, "whose": one.whose, "how": one.how} for one in seen.changes],
        "preview": sheet.plain(seen.preview),
    }


def _propose(tables: list[sheet.FoundTable], *, as_json: bool) -> None:
    """Show what the columns may mean: as a file to correct and hand back, or in words."""
    plain = layouts.plain_proposal(tables)
    if as_json:
        show({"event": dict.fromkeys(layouts.EVENT_FIELDS, ""), "adds": False, **plain})
        return
    for table in tables:
        say("columns_table", sheet=table.use.sheet, line=table.use.heading_line)
        for column in table.use.columns:
            say(
                "columns_column",
                letter=column.letter,
                label=column.label,
                means=layouts.means_words(column.means),
                more=", ".join(filter(None, (column.unit, column.period and text(f"sheet.period.{column.period}"))))
                or "-",
                samples=", ".join(table.samples.get(column.letter, ())) or "-",
            )
    say("columns_preview")


def _tell(seen: accept.Outlook, event_id: int | None) -> None:
    for finding in seen.preview.findings:
        click.echo(f"- {finding.sentence}")
    counts = seen.preview.counts
    say("sheet_counts", good=counts.good, doubtful=counts.doubtful, rejected=counts.rejected)
    say("sheet_open", open=len(seen.decided.open), left_out=len(seen.decided.left_out))
    changes = len(seen.changes)
    if event_id is None:
        say("sheet_preview", changes=changes)
    else:
        say("sheet_accepted" if changes else "sheet_same", event=event_id, changes=changes)

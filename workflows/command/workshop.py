"""`kdmp workshop import` and `kdmp match`: the sheet from preview to record, and the event's plan."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from kdmp_core import plans
from kdmp_core.audit import By
from kdmp_core.errors import InvalidInput
from kdmp_core.files import Files
from kdmp_core.lifecycle import Actor
from kdmp_core.matching import Goods, Pin
from kdmp_core.quantities import kilograms, rupiah_text
from kdmp_core.settings import Settings
from kdmp_core.texts import text
from kdmp_core.workshops import accept, event, layouts, sheet
from workflows.command import house
from workflows.command.words import say, show

PREVIEW_ONLY = "memory://kdmp-preview"
KILOGRAMS = click.IntRange(0, 10**8)
PERCENT = click.IntRange(0, 100)
PIN_PARTS = (3, 4)
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


@click.command(help=text("command.match_help"))
@click.argument("event_id", type=int, metavar="EVENT")
@click.option("--pin", multiple=True, metavar="PARTY:OTHER:KG[:GOODS]", help=text("command.pin_help"))
@click.option("--exact", multiple=True, metavar="PARTY:OTHER:KG[:GOODS]", help=text("command.exact_help"))
@click.option("--forbid", multiple=True, metavar="PARTY:OTHER", help=text("command.forbid_help"))
@click.option("--partners", type=click.IntRange(0, 100), default=0, help=text("command.partners_help"))
@click.option("--lot", type=KILOGRAMS, default=0, help=text("command.lot_help"))
@click.option("--soe-lot", type=KILOGRAMS, default=0, help=text("command.soe_lot_help"))
@click.option("--link-cost", type=click.IntRange(0, 10**9), default=0, help=text("command.link_cost_help"))
@click.option("--share", "share_percent", type=PERCENT, default=100, help=text("command.share_help"))
@click.option("--fairness", "fairness_percent", type=PERCENT, default=0, help=text("command.fairness_help"))
@click.option("--json", "as_json", is_flag=True, help=text("command.json_help"))
@click.option("--as", "login", metavar="LOGIN", help=text("command.as_help"))
def match(
    event_id: int,
    *,
    pin: tuple[str, ...],
    exact: tuple[str, ...],
    forbid: tuple[str, ...],
    as_json: bool,
    login: str | None,
    **rules: int,
) -> None:
    """Match an event's mapping with some choices and keep the plan."""
    pins = (*(_pin(one, exact=False) for one in pin), *(_pin(one, exact=True) for one in exact))
    pairs = frozenset(_pair(one) for one in forbid)
    decided = plans.Choices(pinned=tuple(sorted(pins, key=lambda one: one.key)), forbidden=pairs)
    choices = replace(decided, **rules)  # type: ignore[arg-type]  # click checked each of them
    with house.record(Settings()) as store, store.write() as session:
        owner = house.coordinator_for(session, login)
        found = event.find(session, event_id)
        plan = plans.make(session, found, By(Actor.STAFF, user_id=owner.id), house.now(), choices)
        result = plans.result_of(plan)
        plan_id, facts = plan.id, {"event": event_id, "plan": plan.id, "inputs_sha256": plan.inputs_sha256}
    if as_json:
        show({**facts, "result": json.loads(result.to_json())})
        return
    say(
        "matched",
        plan=plan_id,
        flows=len(result.flows),
        value=rupiah_text(result.value),
        greedy=rupiah_text(result.best_margin),
        baseline=rupiah_text(result.baseline),
    )


def _pair(written: str) -> tuple[str, str]:
    """Read PARTY:OTHER, by their numbers on the sheet. Raises InvalidInput."""
    party, _, other = written.partition(":")
    if not party or not other or ":" in other:
        raise InvalidInput("command.pair_unreadable", found=written[:80])
    return party, other


def _pin(written: str, *, exact: bool) -> Pin:
    """Read PARTY:OTHER:KG[:GOODS]; KG may be written as "12,5 ton". Raises InvalidInput."""
    parts = written.split(":")
    if len(parts) not in PIN_PARTS:
        raise InvalidInput("command.pin_unreadable", found=written[:80])
    party, other, amount, *goods = parts
    if goods and goods[0] not in set(Goods):
        raise InvalidInput("command.pin_unreadable", found=written[:80])
    kg = int(amount) if amount.isascii() and amount.isdecimal() else kilograms(amount)
    return Pin(party, other, kg, Goods(goods[0]) if goods else None, exact)


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

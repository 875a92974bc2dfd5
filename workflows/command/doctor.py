"""`kdmp doctor`: how the house is, one line a part; status 1 when something wants a hand."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

import click
from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kdmp_core import templates
from kdmp_core.errors import NotFound
from kdmp_core.files import Files
from kdmp_core.records import Agreement, Callback, Envelope, Heartbeat, Message, Obligation, Paper, Template
from kdmp_core.settings import Settings
from kdmp_core.store import open_store
from kdmp_core.texts import text
from mou_templates import samples, typeset
from mou_templates.errors import Refused
from mou_templates.office import Office, OfficeMissing
from mou_templates.office.installed import find_office
from workflows.command import house
from workflows.command.keeping import newest_backup
from workflows.command.template import kind_name

SILENCE = timedelta(seconds=60)
NAMED_FOR = timedelta(days=7)
LEAST_FREE = 2 * 1024**3
OLDEST_BACKUP = timedelta(days=2)
FONT = "Liberation Sans"


@dataclass(frozen=True)
class Finding:
    """One line: whether it is well, and the sentence."""

    well: bool
    sentence: str


@click.command(help=text("command.doctor_help"))
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Look at every part and say how it is."""
    settings, now = Settings(), house.now()
    looks: tuple[Callable[[Settings, datetime], list[Finding]], ...] = (
        *(_record, _office, _fonts, _templates, _disk, _backup),
    )
    found = [finding for look in looks for finding in look(settings, now)]
    for finding in found:
        click.echo(f"{'✓' if finding.well else '!'} {finding.sentence}")
    ctx.exit(0 if all(finding.well for finding in found) else 1)


def _finding(key: str, *, well: bool, **values: object) -> Finding:
    return Finding(well, text(f"command.doctor.{key}", "id", **values))


def _record(settings: Settings, now: datetime) -> list[Finding]:
    with closing(open_store(settings.database)) as store:
        try:
            with store.read() as session:
                total = session.scalar(select(func.count()).select_from(Agreement)) or 0
                heard = session.scalar(
                    select(Heartbeat)
                    .where(Heartbeat.process.startswith("worker "))
                    .order_by(Heartbeat.at.desc())
                    .limit(1)
                )
                stuck = _stuck(session, now)
        except SQLAlchemyError:
            return [_finding("no_record", well=False)]
    lines = [_finding("record", well=True, agreements=total), _worker(heard, now)]
    if heard is not None and now - heard.at <= SILENCE:
        prefect = heard.details.get("prefect", "?")
        plain = heard.details.get("plain", 0)
        lines.append(_finding("prefect", well=prefect in {"ok", "not asked yet"}, state=prefect, plain=plain))
    return [
        *lines,
        *(_finding("stuck", well=False, number=number, reason=text(reason)) for reason, number in stuck),
    ]


def _stuck(session: Session, now: datetime) -> list[tuple[str, int]]:
    """Give (reason, how many) of the work that waits for another try, and of callbacks about nothing we know.

    Those are never tried again; they are named for a week.
    """
    found: list[tuple[str, int]] = []
    for table in (Agreement, Message, Callback, Obligation, Envelope, Template, Paper):
        query = select(table.stuck_reason, func.count()).where(table.stuck_reason.is_not(None))
        owed = table.due_at.is_not(None)
        named = or_(owed, Callback.received_at > now - NAMED_FOR) if table is Callback else owed
        found += [(str(row[0]), row[1]) for row in session.execute(query.where(named).group_by(table.stuck_reason))]
    return found


def _worker(heard: Heartbeat | None, now: datetime) -> Finding:
    if heard is None:
        return _finding("worker_never", well=False)
    seconds = int((now - heard.at).total_seconds())
    return _finding("worker", well=now - heard.at <= SILENCE, seconds=seconds)


def _office(settings: Settings, now: datetime) -> list[Finding]:
    del settings, now
    try:
        installed = find_office()
    except OfficeMissing as missing:
        return [_finding("no_office", well=False, packages=missing.values["packages"])]
    return [_finding("office" if installed.bridge else "office_slow", well=installed.bridge is not None)]


def _fonts(settings: Settings, now: datetime) -> list[Finding]:
    del settings, now
    lister = shutil.which("fc-list")
    if lister is None:
        return [_finding("fonts_unknown", well=False)]
    run = subprocess.run([lister, FONT], capture_output=True, text=True, timeout=20, check=False)
    return [_finding("fonts" if run.stdout.strip() else "no_fonts", well=bool(run.stdout.strip()), font=FONT)]


def _templates(settings: Settings, now: datetime) -> list[Finding]:
    """Print a sample of each published template again and hold it against the print it was published with."""
    del now
    with closing(open_store(settings.database)) as store:
        try:
            with store.read() as session:
                found = [one for one in templates.published(session) if one.layout]
        except SQLAlchemyError:
            return []
    try:
        with Office(settings.data.absolute() / "office") as office:
            return [_printed_again(settings, office, one) for one in found]
    except OfficeMissing:
        return []


def _printed_again(settings: Settings, office: Office, template: Template) -> Finding:
    named = {"kind": kind_name(template.kind), "number": template.number}
    before = typeset.of_json(template.layout)
    try:
        data = Files(settings.documents).get(template.sha256)
        stamp = template.layout["legal_review"]
        again = samples.print_sample(data, template.kind, samples.MEASURED, office, stamp)
    except (NotFound, Refused):
        return _finding("template_unprinted", well=False, **named)
    if not again.pdf:
        return _finding("template_unprinted", well=False, **named)
    moved = typeset.compare(before, typeset.layout(again.pdf))
    if moved is None:
        return _finding("template_same", well=True, **named)
    line = (moved.old or moved.new or typeset.Row("", 0, 0)).text
    return _finding("template_moved", well=False, page=moved.page, line=line, **named)


def _disk(settings: Settings, now: datetime) -> list[Finding]:
    del now
    folder = next(path for path in (settings.data.absolute(), *settings.data.absolute().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    return [_finding("disk", well=free >= LEAST_FREE, gigabytes=free // 1024**3)]


def _backup(settings: Settings, now: datetime) -> list[Finding]:
    newest = newest_backup(settings)
    if newest is None:
        return [_finding("no_backup", well=settings.trial)]
    age = now - newest
    return [_finding("backup", well=age <= OLDEST_BACKUP, hours=int(age.total_seconds() // 3600))]

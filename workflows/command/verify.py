"""`kdmp verify FILE`: what a sealed file proves and what it does not, each fact on its own line."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from kdmp_core.errors import InvalidInput
from kdmp_core.records import Document, DocumentKind
from kdmp_core.settings import Settings
from kdmp_core.store import open_store
from kdmp_core.texts import text
from mou_templates import keys
from mou_templates.verdict import GENUINE, Verdict, verdict
from workflows.command.words import say, show


@click.command(help=text("command.verify_help"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=text("command.json_help"))
@click.option(
    "--root",
    "root_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=text("command.root_help"),
)
@click.pass_context
def verify(ctx: click.Context, file: Path, *, as_json: bool, root_files: tuple[Path, ...]) -> None:
    """Judge a file; status 0 only when it is genuine."""
    settings = Settings()
    given = [path.read_bytes() for path in root_files]
    roots = given or keys.own_certificates(settings.keys, settings.seal_file, settings.seal_secret)
    if not roots:
        raise InvalidInput("command.no_root")
    pdf = file.read_bytes()
    found = verdict(pdf, roots, None if given else known(settings, hashlib.sha256(pdf).hexdigest()))
    if as_json:
        show(plain(found))
    else:
        _tell(file.name, found)
    ctx.exit(0 if found.status == GENUINE else 1)


def known(settings: Settings, sha256: str) -> dict[str, str] | None:
    """Give what the record says of a sealed file (sha256 → sha256 of the signed bytes), None without a record here.

    It is empty when the record knows no sealed file of that sha256.
    """
    address = make_url(settings.database)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return None
    with closing(open_store(settings.database)) as store, store.read() as session:
        return _sealed(session, sha256)


def plain(found: Verdict) -> dict[str, Any]:
    """Give a verdict as a machine reads it; the evidence as text."""
    facts = asdict(found)
    return {**facts, "evidence": found.evidence.decode("utf-8", "replace") if found.evidence else None}


def _sealed(session: Session, sha256: str) -> dict[str, str]:
    where = (Document.kind == DocumentKind.SEALED, Document.sha256 == sha256)
    rows = session.execute(select(Document.sha256, Document.details).where(*where))
    return {found: str(details.get("signed_sha256", "")) for found, details in rows}


def _tell(name: str, found: Verdict) -> None:
    say(f"verdict.{found.status}", file=name)
    if found.reason:
        say(f"verdict_reason.{found.reason}")
    if found.sealed_at:
        say("verdict_sealed", at=found.sealed_at.isoformat(timespec="seconds"), subject=found.subject)
    if found.signed_sha256:
        say("verdict_signed", sha256=found.signed_sha256, length=found.signed_length)
    for code in found.not_proven:
        say(f"not_proven.{code}")

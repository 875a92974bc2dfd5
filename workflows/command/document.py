"""`kdmp document`: the kinds of paper, a complete example of each, and Word and PDF of facts in a file. No record."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import click

from kdmp_core.errors import InvalidInput, Trouble, Unsafe
from kdmp_core.strict_json import read_object
from kdmp_core.texts import has, text
from mou_templates import pressroom
from mou_templates.errors import Refused
from mou_templates.examples import example_facts
from mou_templates.kinds import KINDS, check_facts, open_blanks
from mou_templates.office import Office, OfficeFailed, OfficeMissing, Printed
from mou_templates.printing import print_alike
from workflows.command.words import say, show

DEEPEST = 8


@click.group(help=text("command.document_help"))
def document() -> None:
    """Papers from facts."""


@document.command("kinds", help=text("command.document_kinds_help"))
@click.option("--json", "as_json", is_flag=True, help=text("command.json_help"))
def list_kinds(*, as_json: bool) -> None:
    """List every kind of paper that can be made."""
    rows = [
        {"kind": kind.code, "name": _name(kind.code), "form": kind.form, "agreement": kind.agreement}
        for kind in KINDS.values()
    ]
    if as_json:
        show(rows)
        return
    for row in rows:
        say("document_agreement" if row["agreement"] else "document_paper", kind=row["kind"], name=row["name"])


@document.command("example", help=text("command.document_example_help"))
@click.argument("kind")
def example(kind: str) -> None:
    """Print a complete data file of a kind, ready to be changed and rendered."""
    try:
        show(example_facts(kind))
    except Refused as refusal:
        raise _refusal(refusal) from refusal


@document.command("render", help=text("command.document_render_help"))
@click.argument("kind")
@click.option(
    "--data",
    "data",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=text("command.data_help"),
)
@click.option(
    "--out", "out", required=True, type=click.Path(file_okay=False, path_type=Path), help=text("command.out_help")
)
@click.option("--word-only", is_flag=True, help=text("command.word_only_help"))
@click.option("--json", "as_json", is_flag=True, help=text("command.json_help"))
def render(kind: str, *, data: Path, out: Path, word_only: bool, as_json: bool) -> None:
    """Make Word and PDF of the facts in a file; both are named after it. What the paper refuses makes no file."""
    try:
        checked = check_facts(kind, _read(data))
        pressed = pressroom.draft(kind, pressroom.words(kind, checked), pressroom.form(kind))
        printed = None if word_only else _print(pressed.docx)
    except Refused as refusal:
        raise _refusal(refusal) from refusal
    made = _write(out, data.stem, pressed.docx, printed)
    facts: dict[str, Any] = {
        "kind": kind,
        **made,
        "pages": printed.pages if printed else None,
        "template_sha256": pressed.template_sha256,
        "blanks": list(open_blanks(kind, checked)),
    }
    if as_json:
        show(facts)
    else:
        _tell(facts)


def _read(data: Path) -> dict[str, object]:
    """Read a data file. Raises InvalidInput when it is no plain JSON object."""
    try:
        return read_object(data.read_bytes(), deepest=DEEPEST, floats=False)
    except ValueError as error:
        raise InvalidInput("command.data_unreadable", file=data.name) from error


def _print(docx: bytes) -> Printed:
    """Make the PDF and compare it with the Word file, character by character."""
    try:
        with tempfile.TemporaryDirectory(prefix="kdmp-office-") as folder, Office(Path(folder)) as office:
            printed = print_alike(office, docx)
    except OfficeMissing as missing:
        raise InvalidInput("command.office_missing", packages=missing.values["packages"]) from missing
    except OfficeFailed as failed:
        raise Trouble("work.office_failed") from failed
    pressroom.require_equal(docx, printed.pdf)
    return printed


def _write(out: Path, stem: str, docx: bytes, printed: Printed | None) -> dict[str, str | None]:
    out.mkdir(parents=True, exist_ok=True)
    word, pdf = out / f"{stem}.docx", out / f"{stem}.pdf"
    word.write_bytes(docx)
    if printed is not None:
        pdf.write_bytes(printed.pdf)
    return {
        "word": str(word),
        "word_sha256": hashlib.sha256(docx).hexdigest(),
        "pdf": str(pdf) if printed else None,
        "pdf_sha256": printed.sha256 if printed else None,
    }


def _tell(facts: dict[str, Any]) -> None:
    say("document_word", file=facts["word"])
    if facts["pdf"]:
        say("document_pdf", file=facts["pdf"], pages=facts["pages"])
    for place in facts["blanks"]:
        say("document_blank", place=place)


def _name(kind: str) -> str:
    return text(f"desk.kind.{kind}") if has(f"desk.kind.{kind}") else kind


def _refusal(refusal: Refused) -> Unsafe:
    """Word the paper's own refusal: it has its sentence, LibreOffice's has one among the worker's."""
    key = f"paper.{refusal.code}" if has(f"errors.paper.{refusal.code}") else f"work.{refusal.code}"
    return Unsafe(key, **refusal.values)

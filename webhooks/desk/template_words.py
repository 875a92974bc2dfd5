"""A version of a template in words: what preflight found, what changed, how its samples came out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy.orm import Session

from kdmp_core import templates
from kdmp_core.files import Files
from kdmp_core.records import Template, TemplateState, User
from kdmp_core.texts import has, text
from mou_templates import differing, preflight, samples
from mou_templates.differing import Change
from mou_templates.errors import Refused
from mou_templates.reading import Line
from webhooks.desk import frame
from webhooks.pages.shapes import Fact, Tone

TONES: dict[TemplateState, Tone] = {
    TemplateState.UPLOADED: "wait",
    TemplateState.PUBLISHED: "ok",
    TemplateState.REPLACED: "plain",
    TemplateState.WITHDRAWN: "plain",
}

Kind = Literal["added", "removed", "changed", "restyled", "gap"]


@dataclass(frozen=True)
class Told:
    """A finding for people: whether it is an error, its code, what is wrong, where, the sentence, and the cure."""

    error: bool
    code: str
    what: str
    where: str
    sentence: str
    cure: str


@dataclass(frozen=True)
class Shown:
    """A paragraph of the comparison, or (`kind` "gap") how many stand between that did not change."""

    kind: Kind
    label: str
    style: str
    pieces: tuple[differing.Words, ...]


@dataclass(frozen=True)
class Print:
    """A sample: its words, its pages in words, its pictures (page, width, height), and why there is none."""

    name: str
    words: str
    pages: str
    pictures: tuple[tuple[int, int, int], ...]
    refused: str


def kind_name(kind: str) -> str:
    """Give what people call a kind of paper."""
    key = f"desk.kind.{kind}"
    return text(key if has(key) else f"desk.templates.paper.{kind}")


def state(template: Template) -> tuple[str, Tone]:
    """Give the words and the tone of a version's state."""
    if template.state is TemplateState.UPLOADED and not templates.is_waiting(template):
        return text("desk.templates.state.unfit"), "bad"
    return text(f"desk.templates.state.{template.state}"), TONES[template.state]


def findings(template: Template) -> list[Told]:
    """Give what preflight found, errors first, as it was when the file came."""
    return [_told(preflight.Finding.of_json(row)) for row in template.findings]


def facts(session: Session, template: Template) -> list[Fact]:
    """Give who uploaded it when and who decided, each in words."""
    rows = [_by(session, "uploaded_by", template.uploaded_by_id, frame.moment(template.uploaded_at))]
    if template.decided_by_id is not None and template.decided_at is not None:
        name = "withdrawn_by" if template.state is TemplateState.WITHDRAWN else "published_by"
        rows.append(_by(session, name, template.decided_by_id, frame.moment(template.decided_at)))
    size = text("desk.templates.size", kb=max(1, template.size // 1024), sha=template.sha256[:12])
    return [*rows, Fact(text("desk.templates.file"), template.file_name, size)]


def prints(template: Template) -> list[Print]:
    """Give the samples printed so far."""
    return [_print(row) for row in template.samples]


def changes(files: Files, old: bytes, template: Template) -> list[Shown] | None:
    """Compare a version with the one it was made from; None when one of the two cannot be read as a form."""
    try:
        return list(_shown(_differences(old, files.get(template.sha256))))
    except Refused:
        return None


@lru_cache(maxsize=16)
def _differences(old: bytes, new: bytes) -> tuple[Change, ...]:
    return differing.differences(old, new)


def _by(session: Session, name: str, user_id: int, at: str) -> Fact:
    return Fact(text(f"desk.templates.{name}"), session.get_one(User, user_id).name, at)


def _told(found: preflight.Finding) -> Told:
    where = text("desk.templates.paragraph", n=found.paragraph) if found.paragraph else _margin(found.part)
    known = has(f"preflight.{found.code}")  # a finding of an older kdmp may have lost its sentence
    what = text(f"preflight.{found.code}", "id", **found.values) if known else found.code
    cure = text(f"preflight.cure.{found.code}") if known else ""
    return Told(found.level == "error", found.code, what, where, found.sentence, cure)


def _margin(part: str) -> str:
    for name in ("header", "footer"):
        if part.startswith(f"word/{name}"):
            return text(f"desk.templates.{name}")
    return ""


def _print(row: dict[str, Any]) -> Print:
    refused = ""
    if row["refused"]:
        code = row["refused"]
        key = f"errors.work.{code}" if code.startswith("office_") else f"errors.paper.{code}"
        refused = text(key, "id", **row["values"]) if has(key) else code
    pages = text("desk.templates.pages", n=row["pages"])
    pictures = tuple((one["page"], one["width"], one["height"]) for one in row["pictures"])
    return Print(row["name"], text(f"desk.templates.sample.{row['name']}"), pages, pictures, refused)


def sample_names() -> tuple[str, ...]:
    """Give the names of the samples, in the order they are printed."""
    return samples.SAMPLES


def _shown(found: tuple[Change, ...]) -> Iterator[Shown]:
    same = 0
    for change in found:
        if change.kind == "same":
            same += 1
            continue
        if same:
            yield _gap(same)
            same = 0
        yield _paragraph(change)
    if same:
        yield _gap(same)


def _gap(count: int) -> Shown:
    return Shown("gap", text("desk.templates.change.gap", n=count), "", ())


def _paragraph(change: Change) -> Shown:
    old, new = change.old, change.new
    if old is not None and new is not None:
        style = new.style if old.style == new.style else f"{old.style or '–'} → {new.style or '–'}"
        return _told_as("changed" if old.text != new.text else "restyled", style, change.words)
    if new is not None:
        return _told_as("added", new.style, (differing.Words("added", new.text),))
    gone = old or Line("", "")
    return _told_as("removed", gone.style, (differing.Words("removed", gone.text),))


def _told_as(kind: Kind, style: str, pieces: tuple[differing.Words, ...]) -> Shown:
    return Shown(kind, text(f"desk.templates.change.{kind}"), style, pieces)

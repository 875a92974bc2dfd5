"""Templates as staff edit them: the shipped form of a kind with a word changed, and a clause that only warns."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from kdmp_core import templates
from kdmp_core.files import Files
from kdmp_core.records import Template, User
from mou_templates import preflight, press, samples
from tests import defects
from tests.builders import NOW, SYSTEM, by_user

KIND = "mou_bilateral"
DIFFERENCE = {"between": "docx pdf", "at": "120", "left": "niat", "right": "kemauan"}


@cache
def shipped(kind: str = KIND) -> bytes:
    return press.shipped_form(kind)


@cache
def shipped_sha256(kind: str = KIND) -> str:
    return press.of(shipped(kind)).sha256


def with_word(new: str, kind: str = KIND, old: str = "iktikad baik") -> bytes:
    """The shipped form with other words in a clause."""
    return defects.swapped(old, new)(shipped(kind))


def with_warning(new: str = "niat baik") -> bytes:
    """An edited form on which tracking was left on."""
    return defects.set_in_settings("<w:trackRevisions/>")(with_word(new))


def with_error() -> bytes:
    """An edited form with a word that is not known."""
    return defects.swapped("{{ first.name", "{{ frist.name")(with_word("niat baik"))


def uploaded(session: Session, files: Files, user: User, data: bytes, kind: str = KIND) -> Template:
    """Upload as the desk does."""
    found = [one.as_json() for one in preflight.inspect(data, kind)]
    return templates.upload(
        session, files, kind, data, "format.docx", "Istilah disesuaikan.", by_user(user), NOW,
        findings=found, shipped_sha256=shipped_sha256(kind),
    )  # fmt: skip


def printed(session: Session, template: Template, refused: str = "", **more: Any) -> None:
    """Keep samples as if the worker had printed them; `refused` names one that failed, `more` is said of the others."""
    whole = {"pdf": "a" * 64, "pages": 8, "pictures": [], "refused": None, "values": {}, **more}
    for name in samples.SAMPLES:
        gone = {"pdf": None, "refused": "texts_differ", "values": DIFFERENCE} if name == refused else {}
        row, last = {"name": name, **whole, **gone}, name == samples.SAMPLES[-1]
        templates.keep_sample(session, template, row, None, last=last, by=SYSTEM, now=NOW)

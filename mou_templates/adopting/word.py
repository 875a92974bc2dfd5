"""What a Word file may not carry to become the words of an agreement; the floors are those of the preflight."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping

from mou_templates.adopting.finding import Notice
from mou_templates.door import covered
from mou_templates.errors import Refused
from mou_templates.preflight import contents, fonts, form, looks, package
from mou_templates.preflight.findings import Finding
from mou_templates.preflight.form import Form
from mou_templates.reading import W

STOPS: Mapping[str, str] = {
    "old_word": "adopted_old_word",
    "password": "adopted_locked",
    "not_word": "adopted_media",
    "zip_broken": "adopted_unreadable",
    "member_twice": "adopted_unreadable",
    "members_many": "adopted_bomb",
    "too_large": "adopted_bomb",
    "zip_bomb": "adopted_bomb",
    "doctype": "adopted_unreadable",
    "unreadable": "adopted_unreadable",
    "macro": "adopted_macro",
    "embedded_object": "adopted_embedded",
    "activex": "adopted_embedded",
    "alt_chunk": "adopted_embedded",
    "outside_link": "adopted_outside",
    "live_field": "adopted_live_field",
    "tracked_changes": "adopted_changes",
    "comments": "adopted_comments",
    "hidden_text": "adopted_hidden",
    "white_text": "adopted_hidden",
}
"""Findings of the preflight that stop a text, with our code. What is not here stops only a template: paper size,
automatic numbers, text boxes: the printed page is the words, whatever they were made with."""

STILL_FIELDS = frozenset(
    {
        *("PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "REF", "PAGEREF", "NOTEREF", "STYLEREF", "SEQ", "TOC", "TC"),
        *("HYPERLINK", "SYMBOL", "LISTNUM", "AUTONUM", "BIBLIOGRAPHY", "CITATION", "INDEX", "XE", "=", "EQ", "TITLE"),
        "dataBinding",
    }
)
"""Fields that give the same words on every machine and day."""

FORM_FIELDS = ("FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN")
LINKS = ("hyperlink",)
TAG = re.compile(r"\{\{|\}\}|\{%|%\}")
UNREAD = frozenset("\n\t\u00ad\u200b\u2011\u00a0")
"""Signs that LibreOffice knows how to print without a letter in the font."""


def judge(data: bytes, families: frozenset[str]) -> tuple[str, tuple[Notice, ...]]:
    """Give the text of a Word file and what is to be noticed; refuse what may not be in it.

    `families` are the fonts of the machine that prints. Raises `Refused` (`adopted_*`).
    """
    members, found = package.opened(data)
    _stop(found)
    taken, found = form.parsed(members)
    _stop(found)
    _stop(contents.judge(taken))
    seen = tuple(looks.judge(taken, families))
    _stop(seen)
    text = "\n".join(one.text for one in taken.paragraphs)
    _judge_text(taken, text)
    return text, tuple(_notices(seen))


def _stop(found: Iterator[Finding] | tuple[Finding, ...]) -> None:
    for one in found:
        if one.code in STOPS and not _is_harmless(one):
            raise _refused(one)


def _is_harmless(one: Finding) -> bool:
    if one.code == "outside_link":
        return one.values["kind"] in LINKS
    return one.code == "live_field" and one.values["field"] in STILL_FIELDS


def _refused(one: Finding) -> Refused:
    code = STOPS[one.code]
    if code == "adopted_outside":
        return Refused(code, kind=one.values["kind"], target=one.values["target"])
    if code == "adopted_live_field":
        field = one.values["field"]
        return Refused("adopted_form_fields") if field in FORM_FIELDS else Refused(code, field=field)
    if code == "adopted_hidden":
        return Refused(code, words=one.sentence[:80])
    return Refused(code)


def _judge_text(taken: Form, text: str) -> None:
    if tag := TAG.search(text):
        raise Refused("adopted_tag", found=tag[0])
    if next((one for tree in taken.written.values() for one in tree.iter(f"{W}ffData")), None) is not None:
        raise Refused("adopted_form_fields")
    unknown = sorted(set(text) - covered() - UNREAD)
    for sign in unknown:
        if sign.isprintable() and not _has_font(sign):
            raise Refused("adopted_font", character=f"U+{ord(sign):04X}")


def _has_font(sign: str) -> bool:
    """Tell whether any font of this machine has the sign."""
    command = ["fc-list", f":charset={ord(sign):x}", "family"]
    try:
        listed = subprocess.run(command, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(listed.stdout.strip())


def _notices(found: tuple[Finding, ...]) -> Iterator[Notice]:
    for one in found:
        if one.code == "font_missing":
            yield Notice("font_replaced", {"font": one.values["font"]})


def families() -> frozenset[str]:
    """Give the fonts of this machine."""
    return fonts.installed()

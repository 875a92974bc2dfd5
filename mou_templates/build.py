"""Builds `shipped/*.docx` from the clause library: `python -m mou_templates.build`.

Article numbers, paragraph numbers and letters are typed text, so that Word, phone, PDF and later
addenda say the same. The same source gives the same members, byte for byte.
"""

from __future__ import annotations

import io
import re
import string
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from mou_templates import annexes, clauses
from mou_templates.annexes import sheet
from mou_templates.kinds import KINDS
from mou_templates.layout import mark, new_document, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from docx.document import Document
    from docx.text.paragraph import Paragraph as Written

    from mou_templates.clauses import Clause, Paragraph

SHIPPED = Path(__file__).with_name("shipped")
FRAME_STYLES = {"place_date": "Body", "parties": "PartyText", "recitals": "ItemAlone"}
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def build(kind: str) -> bytes:
    """Give the Word form of `kind` as .docx bytes."""
    frame = clauses.frame(kind)
    document = new_document(f"{frame.paper} ({KINDS[kind].form})")
    numbers = _article_numbers(frame.clauses)
    for name in frame.clauses:
        _Writer(document, frame.paper, numbers).clause(clauses.library()[name])
    annexes.add(document, kind, frame.paper)
    return _saved(document)


def build_sheet() -> bytes:
    """Give the Word form of the signature sheet behind a partner's own text as .docx bytes."""
    document = new_document(sheet.TITLE.capitalize())
    sheet.signature_sheet(document)
    return _saved(document)


def main() -> None:
    """Write every shipped form."""
    SHIPPED.mkdir(exist_ok=True)
    for kind in KINDS:
        (SHIPPED / f"{kind}.docx").write_bytes(build(kind))
    (SHIPPED / f"{sheet.NAME}.docx").write_bytes(build_sheet())


def _condition(when: tuple[str, ...]) -> str:
    """Write "electronic" and "membership=member" as tests of the words' choices; any of them will do."""
    named = [name.rpartition("=") for name in when]
    return " or ".join(f"choice.{name or 'mode'} == '{value}'" for name, _, value in named)


def _article_numbers(names: tuple[str, ...]) -> dict[str, int]:
    articles = [name for name in names if clauses.library()[name].heading]
    return {name: number for number, name in enumerate(articles, start=1)}


def _saved(document: Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return _fixed(stream.getvalue())


def _fixed(data: bytes) -> bytes:
    """Zip anew with fixed times, so that the same source gives the same file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(stream, "w") as kept:
        for name in given.namelist():
            member = zipfile.ZipInfo(name, FIXED_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(member, given.read(name))
    return stream.getvalue()


class _Writer:
    """Writes clauses into one document."""

    def __init__(self, document: Document, paper: str, numbers: dict[str, int]) -> None:
        self.document, self.paper, self.numbers = document, paper, numbers

    def clause(self, clause: Clause) -> None:
        before = len(self.document.paragraphs)
        self._written(clause)
        mark(self.document.paragraphs[before], clauses.bookmark(clause.id, clause.version))

    def _written(self, clause: Clause) -> None:
        if clause.heading:
            self._paragraph("Article", f"Pasal {self.numbers[clause.id]}\n{clause.heading}")
            self._article(clause)
        elif clause.element == "title":
            self._title(clause)
        else:
            for paragraph in clause.paragraphs:
                self._chosen(paragraph, lambda: self._framed(clause, paragraph))  # noqa: B023 - called at once

    def _title(self, clause: Clause) -> None:
        for at, paragraph in enumerate(clause.paragraphs):
            self._paragraph("TitleLine" if at else "Title", paragraph.text)
        self._paragraph("DocumentNumber", "NOMOR: {{ issue.number }}")
        self._paragraph("OwnNumber", "{%p for row in issue.numbers %}")
        self._paragraph("OwnNumber", "NOMOR: {{ row.number }} ({{ row.of }})")
        self._paragraph("OwnNumber", "{%p endfor %}")

    def _framed(self, clause: Clause, paragraph: Paragraph) -> None:
        if paragraph.items:
            self._items(paragraph.items, "ItemAlone")
        elif paragraph.mark:
            self._paragraph(FRAME_STYLES[clause.element], f"{paragraph.mark}\t{paragraph.text}")
        else:
            self._paragraph("Body", paragraph.text)

    def _article(self, clause: Clause) -> None:
        count = sum(not paragraph.same for paragraph in clause.paragraphs)
        number = 0
        for paragraph in clause.paragraphs:
            number += not paragraph.same
            mark = f"({number})\t" if count > 1 else ""
            self._chosen(paragraph, lambda: self._numbered(mark, paragraph))  # noqa: B023 - called at once

    def _chosen(self, paragraph: Paragraph, write_it: Callable[[], None]) -> None:
        if paragraph.when:
            self._paragraph("Body", f"{{%p if {_condition(paragraph.when)} %}}")
        write_it()
        if paragraph.when:
            self._paragraph("Body", "{%p endif %}")

    def _numbered(self, mark: str, paragraph: Paragraph) -> None:
        introduction = self._paragraph("Clause" if mark else "ClauseAlone", mark + paragraph.text)
        if paragraph.items or paragraph.each or paragraph.lines:
            introduction.paragraph_format.keep_with_next = True
        self._items(paragraph.items, "Item" if mark else "ItemAlone")
        if paragraph.each:
            self._paragraph("Item", f"{{%p for row in {paragraph.each} %}}")
            self._paragraph("Item", "{{ row.letter }}\t{{ row.text }}")
            self._paragraph("Item", "{%p endfor %}")
        for at, (label, value) in enumerate(paragraph.lines, start=1):
            last = at == len(paragraph.lines)
            self._paragraph("LabelledLast" if last else "LabelledLine", f"{label}\t:\t{value}")

    def _items(self, items: tuple[str, ...], style: str) -> None:
        for letter, item in zip(string.ascii_lowercase, items, strict=False):
            self._paragraph(style, f"{letter}.\t{item}")

    def _paragraph(self, style: str, text: str) -> Written:
        text = text.replace("%paper%", self.paper)
        text = re.sub(r"%pasal:(.+?)%", lambda found: f"Pasal {self.numbers[found[1]]}", text)
        return write(self.document.add_paragraph(style=style), text)


if __name__ == "__main__":
    main()

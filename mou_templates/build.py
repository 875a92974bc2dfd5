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
from mou_templates.annexes import sheet, short
from mou_templates.kinds import KINDS
from mou_templates.layout import add_logo, mark, new_document, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from docx.document import Document
    from docx.text.paragraph import Paragraph as Written

    from mou_templates.clauses import Clause, Paragraph

SHIPPED = Path(__file__).with_name("shipped")
FRAME_STYLES = {"place_date": "Body", "parties": "PartyText", "recitals": "ItemAlone"}
PLAIN_STYLES = {"letterhead": "Letterhead", "mandate": "TitleLine", "closing": "ClauseAlone", "count": "Count"}
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def build(kind: str) -> bytes:
    """Give the Word form of `kind` as .docx bytes."""
    frame = clauses.frame(kind)
    document = new_document(f"{frame.paper} ({KINDS[kind].form})")
    if KINDS[kind].agreement:
        add_logo(document)
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
        if clause.heading and not clauses.is_agreement(clause):
            letter = string.ascii_uppercase[self.numbers[clause.id] - 1]
            self._paragraph("Section", f"{letter}.\t{clause.heading}")
            self._plain(clause)
        elif clause.heading:
            self._paragraph("Article", f"Pasal {self.numbers[clause.id]}\n{clause.heading}")
            self._article(clause)
        elif clause.element == "title":
            self._title(clause)
        else:
            self._plain(clause)

    def _plain(self, clause: Clause) -> None:
        for paragraph in clause.paragraphs:
            self._chosen(paragraph, lambda: self._framed(clause, paragraph))  # noqa: B023 - called at once

    def _title(self, clause: Clause) -> None:
        for at, paragraph in enumerate(clause.paragraphs):
            style = "TitleLine" if at else "Title"
            self._chosen(paragraph, lambda: self._paragraph(style, paragraph.text))  # noqa: B023 - called at once
        self._paragraph("DocumentNumber", "NOMOR: {{ issue.number }}")
        self._paragraph("OwnNumber", "{%p for row in issue.numbers %}")
        self._paragraph("OwnNumber", "NOMOR: {{ row.number }} ({{ row.of }})")
        self._paragraph("OwnNumber", "{%p endfor %}")

    def _framed(self, clause: Clause, paragraph: Paragraph) -> None:
        if paragraph.mark:
            style = FRAME_STYLES.get(clause.element, "Clause")
            written = self._paragraph(style, f"{paragraph.mark}\t{paragraph.text}")
            written.paragraph_format.keep_with_next = True if paragraph.lines else None
            self._lines(paragraph.lines)
            return
        if paragraph.text:
            written = self._paragraph(PLAIN_STYLES.get(clause.element, "Body"), paragraph.text)
            written.paragraph_format.keep_with_next = True if paragraph.text.endswith(":") else None
        self._items(paragraph.items, "ItemAlone")
        self._each(paragraph, "ItemAlone")
        self._lines(paragraph.lines)
        if paragraph.table:
            short.listed(self.document, paragraph.table)

    def _article(self, clause: Clause) -> None:
        count = sum(not paragraph.same for paragraph in clause.paragraphs)
        number = 0
        for paragraph in clause.paragraphs:
            number += not paragraph.same
            mark = f"({number})\t" if count > 1 else ""
            self._chosen(paragraph, lambda: self._numbered(mark, paragraph))  # noqa: B023 - called at once

    def _chosen(self, paragraph: Paragraph, write_it: Callable[[], object]) -> None:
        if paragraph.when:
            self._paragraph("Body", f"{{%p if {_condition(paragraph.when)} %}}")
        write_it()
        if paragraph.when:
            self._paragraph("Body", "{%p endif %}")

    def _numbered(self, mark: str, paragraph: Paragraph) -> None:
        introduction = self._paragraph("Clause" if mark else "ClauseAlone", mark + paragraph.text)
        if paragraph.items or paragraph.each or paragraph.lines or paragraph.pairs:
            introduction.paragraph_format.keep_with_next = True
        self._items(paragraph.items, "Item" if mark else "ItemAlone")
        self._each(paragraph, "Item")
        if paragraph.pairs:
            self._changes(paragraph.pairs)
        self._lines(paragraph.lines)

    def _each(self, paragraph: Paragraph, style: str) -> None:
        if paragraph.each:
            self._paragraph(style, f"{{%p for row in {paragraph.each} %}}")
            self._paragraph(style, paragraph.item)
            self._paragraph(style, "{%p endfor %}")

    def _lines(self, lines: tuple[tuple[str, str], ...]) -> None:
        for at, (label, value) in enumerate(lines, start=1):
            self._paragraph("LabelledLast" if at == len(lines) else "LabelledLine", f"{label}\t:\t{value}")

    def _changes(self, changes: str) -> None:
        """Write old and new text of each change below one another: texts of a page and more read badly side by side."""
        self._paragraph("ChangeHead", f"{{%p for row in {changes} %}}")
        self._paragraph("ChangeHead", "{{ row.no }}\tPasal {{ row.article }} {{ row.heading }}")
        for label, name in (("Semula:", "old"), ("Menjadi:", "new")):
            self._paragraph("ChangeLabel", label)
            self._paragraph("Quoted", f"{{%p for text in row.{name} %}}")
            self._paragraph("Quoted", "{{ text }}")
            self._paragraph("Quoted", "{%p endfor %}")
        self._paragraph("ChangeHead", "{%p endfor %}")

    def _items(self, items: tuple[str, ...], style: str) -> None:
        for letter, item in zip(string.ascii_lowercase, items, strict=False):
            self._paragraph(style, f"{letter}.\t{item}")

    def _paragraph(self, style: str, text: str) -> Written:
        text = text.replace("%paper%", self.paper)
        text = re.sub(r"%pasal:(.+?)%", lambda found: f"Pasal {self.numbers[found[1]]}", text)
        return write(self.document.add_paragraph(style=style), text)


if __name__ == "__main__":
    main()

"""One reading of the finished .docx: blocks, from them plain text, light HTML and the check that no word was lost.

The phone shows this HTML, never the words themselves: what is read is what the Word file says.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from lxml import etree

from mou_templates.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mou_templates.door import Words
    from mou_templates.press import Press

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARAGRAPH, TABLE, RUN, TEXT, BREAK, TAB = f"{W}p", f"{W}tbl", f"{W}r", f"{W}t", f"{W}br", f"{W}tab"
SHAPE, STYLE, VALUE, LINK = f"{W}pPr", f"{W}pStyle", f"{W}val", f"{W}hyperlink"
PRINTED = frozenset({TEXT, BREAK, TAB})
_SIGNS = {BREAK: "\n", TAB: "\t"}
ARTICLE = re.compile(r"Pasal (\d+)\n(.+)")
QUOTED = "Quoted"
"""The style of what an addendum takes from another text: its articles and headings are not those of the paper."""
NOT_PRINTED = ("form", "choice")
"""Entries of the words that choose a form or a variant and are not themselves printed."""


@dataclass(frozen=True)
class Line:
    """A paragraph: its style and text (newline and tab as such)."""

    style: str
    text: str


@dataclass(frozen=True)
class Grid:
    """A table: rows of cells of lines; the first `heads` rows repeat on each page."""

    rows: tuple[tuple[tuple[Line, ...], ...], ...]
    heads: int


Block = Line | Grid
Articles = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Reading:
    """What a .docx says: its body in order, and the texts of headers and footers (fields as "#")."""

    blocks: tuple[Block, ...]
    headers: tuple[str, ...]
    footers: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """A pressed and checked paper: its bytes and what they say."""

    docx: bytes
    reading: Reading


def draft(press: Press, words: Words, pictures: Mapping[str, bytes] | None = None) -> Draft:
    """Press the words and check the paper: every value there, articles in order, the last clause there, no tag left.

    Raises `Refused`: those of `Press.render`, and `value_lost`, `article_order`, `last_clause_lost`, `tag_left`.
    """
    docx = press.render(words, pictures)
    reading = read(docx)
    check(reading, words, _form(press.template))
    return Draft(docx, reading)


def read(docx: bytes) -> Reading:
    """Read a .docx; raises `Refused("document_unreadable")`."""
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as package:
            names = package.namelist()
            body = _parse(package.read("word/document.xml"))[0]
            headers = tuple(_margin(package.read(name)) for name in names if name.startswith("word/header"))
            footers = tuple(_margin(package.read(name)) for name in names if name.startswith("word/footer"))
    except (zipfile.BadZipFile, KeyError, IndexError, etree.XMLSyntaxError) as fault:
        raise Refused("document_unreadable", part=type(fault).__name__) from None
    return Reading(tuple(_blocks(body)), headers, footers)


def plain_text(reading: Reading) -> str:
    """Give the body as text, a line per paragraph, cells in reading order."""
    return "\n".join(line.text for line in lines(reading.blocks))


def lines(blocks: Sequence[Block]) -> Iterator[Line]:
    """Give every paragraph in reading order, cells row by row."""
    for block in blocks:
        if isinstance(block, Line):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield from cell


def articles(reading: Reading) -> Articles:
    """List (number, heading) of the articles as they stand."""
    own = (line for line in reading.blocks if isinstance(line, Line) and line.style != QUOTED)
    found = (ARTICLE.fullmatch(line.text) for line in own)
    return tuple((int(match[1]), match[2]) for match in found if match)


def last_clause(reading: Reading) -> str:
    """Give the text of the last paragraph before the signatures."""
    body = [block.text for block in reading.blocks if isinstance(block, Line) and block.style.startswith("Clause")]
    return body[-1] if body else ""


def check(reading: Reading, words: Words, form: Reading) -> None:
    """Refuse a paper that lost a word, an article or its end against its form, or in which a tag was left.

    Raises `Refused`: `value_lost`, `tag_left`, `article_order`, `last_clause_lost`.
    """
    _check_values("\n".join((plain_text(reading), *reading.headers)), words)
    _check_articles(articles(reading), articles(form))
    ending = last_clause(form)
    if last_clause(reading) != ending and "{{" not in ending:
        raise Refused("last_clause_lost", heading=ending[:60])


def to_html(reading: Reading) -> str:
    """Give light HTML for the phone: h2, h3, p, lists and tables, no style, no script, everything escaped.

    Lines of the title page (the parties, the subject, the number) have `class=title`, for the page to centre them.
    Items that follow each other are one list, so that a screen reader says how many there are; their letters are typed
    text and stay, so the page must not set marks before them (`role=list`: without marks some readers drop a list).
    A table with a head has `th scope`; one that only places blocks side by side is `role=presentation`.
    """
    runs = groupby(reading.blocks, _is_item)
    return "".join(_list(run) if items else "".join(map(_html, run)) for items, run in runs)


TAGS = {"Title": "h2", "Article": "h3", "Section": "h3", "Annex": "h2", "AnnexTitle": "h3"}
ITEM_STYLES = ("Item", "ItemAlone")
TITLE_STYLES = ("Letterhead", "TitleLine", "DocumentNumber")


def _is_item(block: Block) -> bool:
    return isinstance(block, Line) and block.style in ITEM_STYLES and bool(block.text.strip())


def _list(items: Iterator[Block]) -> str:
    """Write a list; HTML lets the end of an item be left out."""
    told = "".join(f"<li>{_inline(item.text)}\n" for item in items if isinstance(item, Line))
    return f"<ul role=list>\n{told}</ul>\n"


def _html(block: Block) -> str:
    if isinstance(block, Line):
        return _paragraph(block) if block.text.strip() else ""
    if not block.heads:
        return f"<table role=presentation>{_rows(block.rows, 'td')}</table>\n"
    head = f"<thead>{_rows(block.rows[: block.heads], 'th scope=col')}</thead>"
    return f"<table>{head}<tbody>{_rows(block.rows[block.heads :], 'td')}</tbody></table>\n"


def _paragraph(line: Line) -> str:
    tag = TAGS.get(line.style)
    if tag:
        return f"<{tag}>{_inline(line.text)}</{tag}>\n"
    return f"<p{' class=title' if line.style in TITLE_STYLES else ''}>{_inline(line.text)}</p>\n"


def _rows(rows: Sequence[Sequence[Sequence[Line]]], opening: str) -> str:
    """Write rows; HTML lets the end of a cell and of a row be left out, which a slow network is glad of."""
    return "".join("<tr>" + "".join(_cell(cell, opening) for cell in row) for row in rows)


def _cell(cell: Sequence[Line], opening: str) -> str:
    return f"<{opening}>" + "<br>".join(_inline(line.text) for line in cell if line.text)


def _inline(text: str) -> str:
    return escape(text.strip(), quote=False).replace("\t", " ").replace("\n", "<br>")


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(data, parser)


def _blocks(parent: etree._Element) -> Iterator[Block]:
    for child in parent:
        if child.tag == PARAGRAPH:
            yield _line(child)
        elif child.tag == TABLE:
            yield _grid(child)


def _grid(table: etree._Element) -> Grid:
    rows = table.findall(f"{W}tr")
    heads = sum(row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows)
    cells = tuple(
        tuple(tuple(_line(paragraph) for paragraph in cell.findall(PARAGRAPH)) for cell in row.findall(f"{W}tc"))
        for row in rows
    )
    return Grid(cells, heads)


def _line(paragraph: etree._Element) -> Line:
    shape = paragraph[0] if len(paragraph) and paragraph[0].tag == SHAPE else None
    style = shape[0] if shape is not None and len(shape) and shape[0].tag == STYLE else None
    return Line("" if style is None else str(style.get(VALUE)), _text(paragraph))


def _text(paragraph: etree._Element) -> str:
    pieces: list[str] = []
    for child in paragraph:
        if child.tag == RUN:
            pieces += [_SIGNS.get(node.tag) or node.text or "" for node in child if node.tag in PRINTED]
        elif child.tag != SHAPE:
            pieces += [_text(child) if child.tag == LINK else "".join(node.text or "" for node in child.iter(TEXT))]
    return "".join(pieces)


def _margin(data: bytes) -> str:
    root = _parse(data)
    for field in root.iter(f"{W}fldSimple"):
        for text in field.iter(TEXT):
            text.text = "#"
    return "\n".join(_text(paragraph) for paragraph in root.iter(PARAGRAPH))


def _check_values(text: str, words: Words) -> None:
    tag = re.search(r"\{\{|\{%|\{#|%\}|\}\}", text)
    given = list(_values({name: entry for name, entry in words.items() if name not in NOT_PRINTED}, ""))
    if tag and not any(tag[0] in value for _, value in given):
        raise Refused("tag_left", text=tag[0])
    whole = set(text.split("\n"))
    for place, value in given:
        if value not in whole and value not in text and not _recased(value, text):
            raise Refused("value_lost", place=place, value=value[:120])


def _recased(value: str, text: str) -> bool:
    """Tell whether a form wrote the value in capitals or in small letters."""
    return value.upper() in text or value.lower() in text


def _values(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from _values(entry, f"{place}/{name}")
    elif isinstance(value, list):
        for at, entry in enumerate(value):
            yield from _values(entry, f"{place}/{at}")
    else:
        yield place, str(value)


def _check_articles(found: Articles, wanted: Articles) -> None:
    if found != wanted or [number for number, _ in found] != list(range(1, len(found) + 1)):
        lost = next((heading for heading in wanted if heading not in found), (len(found), ""))
        raise Refused("article_order", expected=f"{lost[0]} {lost[1]}".strip(), found=str(len(found)))


@lru_cache(maxsize=64)
def _form(template: bytes) -> Reading:
    return read(template)

"""What a run looks like in the end: its own marks, then its styles, then the table's, then the document's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mou_templates.reading import PARAGRAPH, VALUE, W

if TYPE_CHECKING:
    from lxml import etree

    Marks = tuple[etree._Element, ...]  # noqa: SLF001 - lxml has no other name for it
    """The `rPr` that hold for a run, nearest first."""

OFF = frozenset({"0", "false", "off"})
RUN_MARKS, PARAGRAPH_MARKS, TABLE, CELL = f"{W}rPr", f"{W}pPr", f"{W}tbl", f"{W}tc"


def on(element: etree._Element | None) -> bool:
    """Say whether a switch stands and is not switched off by its value."""
    return element is not None and str(element.get(VALUE, "1")).casefold() not in OFF


def mark(marks: Marks, name: str) -> etree._Element | None:
    """Give the nearest mark of that name (`color`, `sz` …), or None."""
    for each in marks:
        if (found := each.find(f"{W}{name}")) is not None:
            return found
    return None


class Styles:
    """The styles of a form; `tree` is `word/styles.xml`, or None where there is none."""

    def __init__(self, tree: etree._Element | None) -> None:
        """Index the styles by their id."""
        listed = [] if tree is None else tree.findall(f"{W}style")
        self.known = {str(style.get(f"{W}styleId")): style for style in listed}
        self.usual = {str(one.get(f"{W}type")): one for one in listed if on_attribute(one, "default")}
        self._known_marks: dict[tuple[str | None, ...], Marks] = {}
        self.defaults = None if tree is None else tree.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")

    def chain(self, name: str | None, kind: str) -> Iterator[etree._Element]:
        """Give the style of that id (else the usual one of its kind) and those it is based on, each once."""
        style = self.known.get(str(name)) if name else None
        style = self.usual.get(kind) if style is None else style
        seen: set[etree._Element] = set()
        while style is not None and style not in seen:
            seen.add(style)
            yield style
            style = self.known.get(str(_value(style, "basedOn")))

    def of_paragraph(self, paragraph: etree._Element) -> Iterator[etree._Element]:
        """Give the `pPr` that hold for a paragraph, nearest first."""
        own = paragraph.find(PARAGRAPH_MARKS)
        if own is not None:
            yield own
        for style in self.chain(_value(own, "pStyle"), "paragraph"):
            if (marks := style.find(PARAGRAPH_MARKS)) is not None:
                yield marks

    def of_run(self, run: etree._Element) -> Marks:
        """Give the `rPr` that hold for a run, nearest first."""
        own = run.find(RUN_MARKS)
        others = self._of_names(*self._names(run, own))
        return others if own is None else (own, *others)

    def _names(self, run: etree._Element, own: etree._Element | None) -> tuple[str | None, str | None, str | None]:
        """Name the styles of a run: its own, its paragraph's, its table's ("" in a table that names none)."""
        paragraph = next(run.iterancestors(PARAGRAPH), None)
        table = next(run.iterancestors(TABLE), None)
        marks = None if paragraph is None else paragraph.find(PARAGRAPH_MARKS)
        of_table = None if table is None else _value(table.find(f"{W}tblPr"), "tblStyle") or ""
        return _value(own, "rStyle"), _value(marks, "pStyle"), of_table

    def _of_names(self, run: str | None, paragraph: str | None, table: str | None) -> Marks:
        """Give the `rPr` of these styles and of the document, nearest first; a form has few such triples."""
        names = (run, paragraph, table)
        if names not in self._known_marks:
            styles = [*self.chain(run, "character")] if run else []
            styles += self.chain(paragraph, "paragraph")
            styles += [] if table is None else self.chain(table, "table")
            found = [*(style.find(RUN_MARKS) for style in styles), self.defaults]
            self._known_marks[names] = tuple(marks for marks in found if marks is not None)
        return self._known_marks[names]


def on_attribute(element: etree._Element, name: str) -> bool:
    """Say whether an attribute stands and does not say no."""
    return str(element.get(f"{W}{name}", "0")).casefold() not in OFF


def _value(parent: etree._Element | None, name: str) -> str | None:
    found = None if parent is None else parent.find(f"{W}{name}")
    return None if found is None else found.get(VALUE)

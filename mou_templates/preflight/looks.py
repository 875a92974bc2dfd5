"""What the eye would not see or the print room not print: hidden and white text, paper, fonts, automatic numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from mou_templates.preflight import typefaces
from mou_templates.preflight.findings import Finding, Place, finding
from mou_templates.preflight.package import BODY
from mou_templates.preflight.styles import CELL, PARAGRAPH_MARKS, Styles, mark, on
from mou_templates.reading import PARAGRAPH, RUN, TEXT, VALUE, W

if TYPE_CHECKING:
    from lxml import etree

    from mou_templates.preflight.form import Form, Paragraph
    from mou_templates.preflight.styles import Marks

PAPERS = ((11906, 16838), (12189, 18709))
PAPER_PLAY = 20
"""A4 and F4 in twentieths of a point; Word rounds."""
TWIPS_A_MILLIMETRE = 56.6929
GAMMA = 2.2
LEAST_CONTRAST = 1.5
"""By the measure of WCAG 2. Below it letters cannot be told from their ground: light grey (D9D9D9) on white has 1.4."""
LEAST_SIZE, LEAST_WIDTH, LEAST_LINE = 4, 20, 40
"""Half points, per cent, twentieths of a point: letters below 2 pt, a fifth of their width, 2 pt of line are hidden."""
WHITE = "FFFFFF"
GROUNDS = frozenset({"background1", "light1", "background2", "light2"})
MARKERS = {
    name: colour
    for colour, name in (
        *(("000000", "black"), (WHITE, "white"), ("FFFF00", "yellow"), ("C0C0C0", "lightGray"), ("808080", "darkGray")),
        *(("FF0000", "red"), ("00FF00", "green"), ("0000FF", "blue"), ("00FFFF", "cyan"), ("FF00FF", "magenta")),
        *(("800000", "darkRed"), ("008000", "darkGreen"), ("000080", "darkBlue"), ("008080", "darkCyan")),
        *(("800080", "darkMagenta"), ("808000", "darkYellow")),
    )
}
DRAWN = "{http://schemas.microsoft.com/office/word/2010/wordml}"
TEXT_FILL = f"{DRAWN}textFill"
SETTINGS, STYLES, PROGRAM = "word/settings.xml", "word/styles.xml", "docProps/app.xml"


def judge(form: Form, families: frozenset[str]) -> Iterator[Finding]:
    """Give what is wrong with the looks; `families` are the fonts of the machine that prints."""
    styles = Styles(form.trees.get(STYLES))
    look = cache(_look)  # for this form alone: most runs of it have the same marks
    for name, tree in form.written.items():
        for run in tree.iter(RUN):
            if any((text.text or "").strip() for text in run.iter(TEXT)):
                yield from _run(partial(form.place, name, run), look(styles.of_run(run)), styles, run)
        yield from (finding("hidden_text", form.place(name, one)) for one in _gone(tree))
    yield from (finding("white_text", one.place) for one in form.paragraphs if _flattened(styles, one))
    yield from (finding("automatic_numbers", one.place) for one in form.paragraphs if _numbered(styles, one))
    yield from _paper(form.trees[BODY])
    yield from typefaces.judge(form, styles, families)
    yield from _hyphens(form)


def _gone(tree: etree._Element) -> Iterator[etree._Element]:
    """Give what hides a whole row of a table, or the end of a paragraph, so that the next one joins it."""
    yield from (row for row in tree.iter(f"{W}hidden") if on(row))
    for marks in tree.iter(PARAGRAPH_MARKS):
        if on(marks.find(f"{W}rPr/{W}vanish")):
            yield marks


@dataclass(frozen=True)
class _Look:
    """What marks make of a run; `light` is its colour's luminance, `ground` the colour behind it, where they say so."""

    hidden: bool
    unseen: bool
    light: float | None
    ground: str


def _look(marks: Marks) -> _Look:
    hidden = on(mark(marks, "vanish")) or on(mark(marks, "specVanish"))
    return _Look(hidden, _tiny(marks) or _hollow(marks), _shade(_colour(marks)), _own_ground(marks))


def _run(place: Callable[[], Place], look: _Look, styles: Styles, run: etree._Element) -> Iterator[Finding]:
    if look.hidden:
        yield finding("hidden_text", place())
    if look.unseen or (look.light is not None and _alike(look.light, look.ground or _ground(styles, run))):
        yield finding("white_text", place())


def _tiny(marks: Marks) -> bool:
    """Say whether letters are too small or too narrow to be seen."""
    least = {"sz": LEAST_SIZE, "w": LEAST_WIDTH}
    return any(_number(mark(marks, name), VALUE, bound) < bound for name, bound in least.items())


def _number(element: etree._Element | None, name: str, otherwise: int) -> int:
    value = "" if element is None else str(element.get(name, "")).removesuffix("%")
    return int(value[:9]) if value.isdecimal() else otherwise


def _flattened(styles: Styles, paragraph: Paragraph) -> bool:
    """Say whether a paragraph's lines have a fixed height too low for any letter."""
    spacings = (marks.find(f"{W}spacing") for marks in styles.of_paragraph(paragraph.element))
    nearest = next((one for one in spacings if one is not None and one.get(f"{W}lineRule")), None)
    exact = nearest is not None and nearest.get(f"{W}lineRule") == "exact"
    return exact and bool(paragraph.text.strip()) and _number(nearest, f"{W}line", LEAST_LINE) < LEAST_LINE


def _hollow(marks: Marks) -> bool:
    filled = _filled(marks)
    return filled is not None and len(filled) > 0 and str(filled[0].tag).endswith("noFill")


def _filled(marks: Marks) -> etree._Element | None:
    """Give the filling of the letters in the newer notation, which newer Word draws before the plain colour."""
    return next((fill for each in marks if (fill := each.find(TEXT_FILL)) is not None), None)


def _alike(letters: float, behind: str) -> bool:
    ground = _shade(behind) or 0.0
    return (max(letters, ground) + 0.05) / (min(letters, ground) + 0.05) < LEAST_CONTRAST


def _colour(marks: Marks) -> str:
    filled = _filled(marks)
    solid = None if filled is None else filled.find(f"{DRAWN}solidFill/{DRAWN}srgbClr")
    if solid is not None:
        return str(solid.get(f"{DRAWN}val", ""))
    said = mark(marks, "color")
    if said is None:
        return ""
    value = str(said.get(VALUE, ""))
    named = said.get(f"{W}themeColor") in GROUNDS and said.get(f"{W}themeShade") is None
    return WHITE if named and value in ("", "auto") else value


def _own_ground(marks: Marks) -> str:
    """Give the colour of a run's marker or shading, "" for none."""
    marker = mark(marks, "highlight")
    if marker is not None and marker.get(VALUE) in MARKERS:
        return MARKERS[str(marker.get(VALUE))]
    return _fill([mark(marks, "shd")])


def _ground(styles: Styles, run: etree._Element) -> str:
    """Give the colour behind a run: the paragraph's, the cell's, or the paper's."""
    paragraph = next(run.iterancestors(PARAGRAPH), None)
    shadings = [] if paragraph is None else [each.find(f"{W}shd") for each in styles.of_paragraph(paragraph)]
    shadings += [cell.find(f"{W}tcPr/{W}shd") for cell in run.iterancestors(CELL)]
    return _fill(shadings) or WHITE


def _fill(shadings: list[etree._Element | None]) -> str:
    fills = (str(shading.get(f"{W}fill", "auto")) for shading in shadings if shading is not None)
    return next((fill for fill in fills if _shade(fill) is not None), "")


def _shade(colour: str) -> float | None:
    """Give the relative luminance of RRGGBB, or None for anything else."""
    try:
        red, green, blue = (channel / 255 for channel in bytes.fromhex(colour))
    except ValueError:
        return None
    return float(0.2126 * red**GAMMA + 0.7152 * green**GAMMA + 0.0722 * blue**GAMMA)


def _numbered(styles: Styles, paragraph: Paragraph) -> bool:
    found = (marks.find(f"{W}numPr") for marks in styles.of_paragraph(paragraph.element))
    nearest = next((mark for mark in found if mark is not None), None)
    number = None if nearest is None else nearest.find(f"{W}numId")
    return nearest is not None and (number is None or number.get(VALUE) != "0")


def _paper(body: etree._Element) -> Iterator[Finding]:
    sections = [one for one in body.iter(f"{W}sectPr") if next(one.iterancestors(f"{W}sectPrChange"), None) is None]
    sizes = [_size(section.find(f"{W}pgSz")) for section in sections] or [(0, 0)]
    for width, height in sorted(set(sizes)):
        if not any(_fits((width, height), paper) or _fits((height, width), paper) for paper in PAPERS):
            millimetres = [str(round(side / TWIPS_A_MILLIMETRE)) for side in (width, height)]
            yield finding("paper_size", Place(BODY), width=millimetres[0], height=millimetres[1])


def _size(size: etree._Element | None) -> tuple[int, int]:
    sides = ["" if size is None else str(size.get(f"{W}{side}", "")) for side in "wh"]
    width, height = (int(side) if side.isdecimal() and len(side) <= 9 else 0 for side in sides)  # noqa: PLR2004 - XML's int
    return width, height


def _fits(size: tuple[int, int], paper: tuple[int, int]) -> bool:
    return all(abs(one - other) <= PAPER_PLAY for one, other in zip(size, paper, strict=True))


def _hyphens(form: Form) -> Iterator[Finding]:
    """Refuse hyphenation, which makes Word and PDF read differently.

    LibreOffice switches it on by itself when it saves, and has no Indonesian hyphens to set: there only a warning.
    """
    settings, program = form.trees.get(SETTINGS), form.trees.get(PROGRAM)
    if settings is not None and on(settings.find(f"{W}autoHyphenation")):
        written_by = "" if program is None else "".join(str(text) for text in program.itertext())
        yield finding("auto_hyphenation", Place(SETTINGS), level="warning" if "LibreOffice" in written_by else "error")

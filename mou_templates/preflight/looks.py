"""What the eye would not see or the print room not print: hidden and white text, paper, fonts, automatic numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mou_templates.preflight.findings import Finding, Level, Place, finding
from mou_templates.preflight.fonts import fate
from mou_templates.preflight.package import BODY
from mou_templates.preflight.styles import CELL, Styles, mark, on
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
LEAST_SIZE = 4
"""Half points: text under 2 pt is hidden text."""
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
TEXT_FILL = "{http://schemas.microsoft.com/office/word/2010/wordml}textFill"
THEME = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
SETTINGS, STYLES, PROGRAM = "word/settings.xml", "word/styles.xml", "docProps/app.xml"


def judge(form: Form, families: frozenset[str]) -> Iterator[Finding]:
    """Give what is wrong with the looks; `families` are the fonts of the machine that prints."""
    styles = Styles(form.trees.get(STYLES))
    for name, tree in form.written.items():
        for run in tree.iter(RUN):
            if any((text.text or "").strip() for text in run.iter(TEXT)):
                yield from _run(form, styles, name, run)
        for row in tree.iter(f"{W}hidden"):
            if on(row):
                yield finding("hidden_text", form.place(name, row))
    yield from (finding("automatic_numbers", one.place) for one in form.paragraphs if _numbered(styles, one))
    yield from _paper(form.trees[BODY])
    yield from _fonts(form, styles, families)
    yield from _hyphens(form)


def _run(form: Form, styles: Styles, part: str, run: etree._Element) -> Iterator[Finding]:
    marks = styles.of_run(run)
    if on(mark(marks, "vanish")) or on(mark(marks, "specVanish")):
        yield finding("hidden_text", form.place(part, run))
    if _tiny(marks) or _unseen(marks, styles, run):
        yield finding("white_text", form.place(part, run))


def _tiny(marks: Marks) -> bool:
    size = mark(marks, "sz")
    value = "" if size is None else str(size.get(VALUE))
    return value.isdecimal() and int(value) < LEAST_SIZE


def _unseen(marks: Marks, styles: Styles, run: etree._Element) -> bool:
    filled = next((fill for each in marks if (fill := each.find(TEXT_FILL)) is not None), None)
    if filled is not None and len(filled) and str(filled[0].tag).endswith("noFill"):
        return True
    colour = _shade(_colour(marks))
    ground = None if colour is None else _shade(_ground(marks, styles, run))
    if colour is None or ground is None:
        return False
    light, dark = max(colour, ground), min(colour, ground)
    return (light + 0.05) / (dark + 0.05) < LEAST_CONTRAST


def _colour(marks: Marks) -> str:
    said = mark(marks, "color")
    if said is None:
        return ""
    value = str(said.get(VALUE, ""))
    named = said.get(f"{W}themeColor") in GROUNDS and said.get(f"{W}themeShade") is None
    return WHITE if named and value in ("", "auto") else value


def _ground(marks: Marks, styles: Styles, run: etree._Element) -> str:
    """Give the colour behind a run: of its marker, its own shading, the paragraph's, the cell's, or the paper's."""
    marker = mark(marks, "highlight")
    if marker is not None and marker.get(VALUE) in MARKERS:
        return MARKERS[str(marker.get(VALUE))]
    paragraph = next(run.iterancestors(PARAGRAPH), None)
    shadings = [mark(marks, "shd")]
    shadings += [] if paragraph is None else [each.find(f"{W}shd") for each in styles.of_paragraph(paragraph)]
    shadings += [cell.find(f"{W}tcPr/{W}shd") for cell in run.iterancestors(CELL)]
    fills = (str(shading.get(f"{W}fill", "auto")) for shading in shadings if shading is not None)
    return next((fill for fill in fills if _shade(fill) is not None), WHITE)


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


def _fonts(form: Form, styles: Styles, families: frozenset[str]) -> Iterator[Finding]:
    """Judge the fonts of runs that print something: a style nobody uses prints nothing."""
    told: set[str] = set()
    for name, tree in form.written.items():
        for run in tree.iter(RUN):
            for font in _named(form, styles, run) - told if run.find(TEXT) is not None else ():
                told.add(font)
                becomes = fate(font, families)
                if becomes != "same":
                    level: Level = "warning" if becomes == "near" else "error"
                    yield finding("font_missing", form.place(name, run), level=level, font=font)


def _named(form: Form, styles: Styles, run: etree._Element) -> set[str]:
    found = [marks.find(f"{W}rFonts") for marks in styles.of_run(run)]
    named = [fonts for fonts in found if fonts is not None]
    return {font for script in ("ascii", "hAnsi") if (font := _font(form, named, script))}


def _font(form: Form, named: list[etree._Element], script: str) -> str:
    """Give the nearest font for a script; the theme's wins over the name beside it, as in Word."""
    for fonts in named:
        if theme := fonts.get(f"{W}{script}Theme"):
            return _of_theme(form, str(theme)) or str(fonts.get(f"{W}{script}", ""))
        if font := fonts.get(f"{W}{script}"):
            return str(font)
    return ""


def _of_theme(form: Form, name: str) -> str:
    which = "majorFont" if name.startswith("major") else "minorFont"
    trees = (tree for part, tree in form.trees.items() if part.startswith("word/theme/"))
    found = (tree.find(f".//{THEME}{which}/{THEME}latin") for tree in trees)
    return next((str(latin.get("typeface", "")) for latin in found if latin is not None), "")


def _hyphens(form: Form) -> Iterator[Finding]:
    """Refuse hyphenation, which makes Word and PDF read differently.

    LibreOffice switches it on by itself when it saves, and has no Indonesian hyphens to set: there only a warning.
    """
    settings, program = form.trees.get(SETTINGS), form.trees.get(PROGRAM)
    if settings is not None and on(settings.find(f"{W}autoHyphenation")):
        written_by = "" if program is None else "".join(str(text) for text in program.itertext())
        yield finding("auto_hyphenation", Place(SETTINGS), level="warning" if "LibreOffice" in written_by else "error")

"""The fonts a form really prints with: of its runs, their styles, its theme."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING

from mou_templates.preflight.findings import Finding, Level, finding
from mou_templates.preflight.fonts import fate
from mou_templates.reading import RUN, TEXT, W

if TYPE_CHECKING:
    from lxml import etree

    from mou_templates.preflight.form import Form
    from mou_templates.preflight.styles import Marks, Styles

THEME = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def judge(form: Form, styles: Styles, families: frozenset[str]) -> Iterator[Finding]:
    """Give the fonts of runs that print something: a style nobody uses prints nothing."""
    told: set[str] = set()
    named = cache(partial(_named, form))
    for name, tree in form.written.items():
        for run in tree.iter(RUN):
            for font in _printed(run, styles, named) - told:
                told.add(font)
                becomes = fate(font, families)
                if becomes != "same":
                    level: Level = "warning" if becomes == "near" else "error"
                    yield finding("font_missing", form.place(name, run), level=level, font=font)


def _printed(run: etree._Element, styles: Styles, named: Callable[[Marks], frozenset[str]]) -> frozenset[str]:
    """Name the fonts a run prints with, those of single signs (Insert > Symbol) too."""
    signs = frozenset(str(sign.get(f"{W}font", "")) for sign in run.iter(f"{W}sym")) - {""}
    return signs if run.find(TEXT) is None else signs | named(styles.of_run(run))


def _named(form: Form, marks: Marks) -> frozenset[str]:
    fonts = [found for each in marks if (found := each.find(f"{W}rFonts")) is not None]
    return frozenset(font for script in ("ascii", "hAnsi") if (font := _font(form, fonts, script)))


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

"""The agreement's light HTML made fit for a phone: tables scroll in a box of their own, annexes are folded.

The words, their order and their headings stay as they came; only boxes are put around them.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from kdmp_core.texts import text

_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ANNEX = re.compile(r"(?=<h2>LAMPIRAN\b)")
_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)


def for_reading(html: str) -> Markup:
    """Give the article to stand on the signing page.

    `html` is what `mou_templates.reading.to_html` gives: h2, h3, p and tables without nesting, all escaped,
    an annex opened by a `LAMPIRAN` heading.
    """
    body, *annexes = _ANNEX.split(_with_boxes(html))
    return Markup('<article class="agreement">{}{}</article>').format(
        Markup(body),  # noqa: S704  (escaped by the paper)
        Markup().join(_folded(annex) for annex in annexes),
    )


def _with_boxes(html: str) -> str:
    count = 0

    def box(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        label = escape(text("pages.sign.table", n=count))
        return f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">{match[0]}</div>'

    return _TABLE.sub(box, html)


def _folded(annex: str) -> Markup:
    folded = _HEADING.sub(r"<details><summary><h2>\1</h2></summary>", annex, count=1)
    return Markup(folded + "</details>")  # noqa: S704  (escaped by the paper)

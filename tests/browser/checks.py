"""What must hold on every page, to be asked of any open Playwright page."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SMALLEST_TARGET = 47.5  # CSS pixels; 48 less what rounding takes

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A tick's target is its whole label; a link inside a sentence, a cell or a heading is exempt (WCAG 2.5.8), and so is a
# mark in a drawing, whose place is given by what it shows: axe holds those at 24 px, clear of each other.
_SHORT_TARGETS = """(smallest) => {
  const shown = (e) => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden';
  const whole = (e) => (e.matches('[type=checkbox],[type=radio]') && e.closest('label')) || e;
  const inline = (e) => e.matches('a') && getComputedStyle(e).display === 'inline'
    && e.closest('p, li, dt, dd, td, th, h1, h2, h3, figcaption');
  return [...document.querySelectorAll('a, button, input, select, textarea, summary')]
    .filter((e) => shown(e) && !e.matches('[type=hidden], .skip') && !e.closest('svg') && !inline(e))
    .filter((e) => whole(e).getBoundingClientRect().height < smallest)
    .map((e) => e.outerHTML.slice(0, 120) + ' ' + whole(e).getBoundingClientRect().height);
}"""
_WIDER = """() => [...document.querySelectorAll('body *')]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest('.scroll'))
  .map((e) => e.tagName + '.' + e.getAttribute('class')).slice(0, 8)"""


@cache
def _axe() -> str:
    modules = Path(os.environ.get("KDMP_TEST_NODE_MODULES", Path(__file__).parents[2] / "node_modules"))
    script = modules / "axe-core" / "axe.min.js"
    if not script.exists():
        raise RuntimeError("axe-core is not installed: run `make setup-tests`.")
    return script.read_text("utf-8")


def assert_accessible(page: Page) -> None:
    """Fail on any finding of axe against WCAG 2.2 AA and its best practice."""
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(
        "(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", _RULES
    )
    problems = [
        f"{item['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for item in found["violations"]
        for node in item["nodes"]
    ]
    assert not problems, "\n".join(problems)


def assert_no_sideways_scroll(page: Page) -> None:
    """Fail when the page is wider than its window; names what sticks out."""
    width, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= window, f"{width} px in a window of {window} px: {page.evaluate(_WIDER)}"


def assert_targets_large(page: Page) -> None:
    """Fail on a button, field or stand-alone link lower than 48 px."""
    short = page.evaluate(_SHORT_TARGETS, SMALLEST_TARGET)
    assert not short, "\n".join(short)

"""The look keeps its promises: contrast from the tokens, small files, nothing inline."""

from __future__ import annotations

import gzip
import re
import string
from pathlib import Path

import pytest

from kdmp_core.texts import catalogue, has

WEB = Path(__file__).parents[2] / "webhooks"
CSS = sorted((WEB / "static" / "css").glob("*.css"))
TEMPLATES = sorted((WEB / "pages").rglob("*.html"))
OWN_SCRIPTS = sorted((WEB / "static" / "js").glob("*.js"))

READ = 6.5  # ours; WCAG asks 4.5
SEEN = 3.5  # ours for edges and signs; WCAG asks 3

TEXT = [
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "tint"),
    ("ink", "warn-tint"),
    ("ink", "bad-tint"),
    ("muted", "paper"),
    ("muted", "card"),
    ("card", "act"),
    ("card", "act2"),
    ("card", "ink"),
    ("act", "paper"),
    ("act", "card"),
    ("act", "tint"),
    ("act2", "tint"),
    ("act2", "card"),
    ("card", "merah"),
    ("ok", "card"),
    ("ok", "paper"),
    ("wait", "wait-tint"),
    ("warn", "warn-tint"),
    ("bad", "card"),
    ("bad", "paper"),
    ("bad", "bad-tint"),
]
EDGES = [
    ("edge", "card"),
    ("edge", "paper"),
    ("act", "line"),
    ("focus", "ink"),
    ("f1", "card"),
    ("f2", "card"),
    ("f3", "card"),
    ("f4", "card"),
]


def tokens() -> dict[str, str]:
    css = (WEB / "static" / "css" / "base.css").read_text("utf-8")
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})", css))


def luminance(colour: str) -> float:
    shares = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_reckoned_as_the_guidelines_say() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_can_be_read(front: str, back: str) -> None:
    # Two digits after the point would promise more than an eye sees: 6.45 is shown as 6.5.
    assert round(contrast(tokens()[front], tokens()[back]), 1) >= READ


@pytest.mark.parametrize(("front", "back"), EDGES)
def test_edges_can_be_seen(front: str, back: str) -> None:
    assert round(contrast(tokens()[front], tokens()[back]), 1) >= SEEN


def test_every_token_is_used_and_every_use_is_a_token() -> None:
    css = "".join(path.read_text("utf-8") for path in CSS)
    defined = set(re.findall(r"(--[a-z0-9-]+):", css))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", css))
    assert used - defined == set()
    assert defined - used == set()


def test_colours_stand_only_among_the_tokens() -> None:
    for path in CSS:
        rules = re.sub(r":root\s*{[^}]*}", "", path.read_text("utf-8"), count=1)
        assert set(re.findall(r"#[0-9a-f]{3,8}\b(?=[^{}]*;)", rules)) <= {"#fff"}, path.name  # a QR's own white


def small(paths: list[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def test_the_style_sheets_stay_small() -> None:
    drawn = [path for path in CSS if path.name == "figures.css"]  # only pages with drawings load it
    assert small([path for path in CSS if path not in drawn]) <= 8 * 1024
    assert small(drawn) <= 2 * 1024


def test_the_scripts_stay_small() -> None:
    by_name = {path.name: path for path in OWN_SCRIPTS}
    assert small([by_name["sign.js"]]) <= 1024
    assert small(OWN_SCRIPTS) <= 3 * 1024


INLINE = {
    "a style": r"<style\b|\sstyle\s*=",
    "a script": r"<script(?![^>]*\ssrc=)",
    "a handler": r"\son[a-z]+\s*=",
    "evaluated htmx": r"hx-on|hx-vals\s*=\s*[\"']?js:|hx-headers\s*=\s*[\"']?js:|javascript:",
    "a foreign address": r"(?:src|href)\s*=\s*[\"'](?:https?:)?//",
}


def inline(markup: str) -> list[str]:
    return [name for name, shape in INLINE.items() if re.search(shape, markup, re.IGNORECASE)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_no_template_holds_anything_inline(path: Path) -> None:
    assert inline(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        '<div hx-on:click="x()">',
        '<script src="https://elsewhere.example/x.js"></script>',
    ],
)
def test_inline_things_are_found(markup: str) -> None:
    assert inline(markup)


def test_style_sheets_fetch_nothing() -> None:
    for path in CSS:
        assert not re.search(r"@import|url\(", path.read_text("utf-8")), path.name


def test_templates_name_only_sentences_that_exist() -> None:
    for path in TEMPLATES:
        for key in re.findall(r"""\bt\(\s*["']([a-z0-9_.]+[a-z0-9_])["']\s*[,)]""", path.read_text("utf-8")):
            assert has(key), f"{path.name}: {key}"


def test_the_words_of_pages_are_short_and_kind() -> None:
    for key, sentence in catalogue("id").items():
        if not key.startswith("pages."):
            continue
        assert len(sentence.split()) <= 12, key
        assert not re.search(r"\b(oops|token|submit|klik di sini|error|email)\b", sentence, re.IGNORECASE), key
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(sentence)), key

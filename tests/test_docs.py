"""What the documentation says is there: links lead somewhere, and no setting, command or page is left out."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from kdmp_core.settings import Settings
from kdmp_core.store import migrate
from tests.source import ROOT
from webhooks.app import create_app
from workflows.command import main

DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^## `kdmp ([a-z ]+?)(?: [A-Z[/\]]+)*`$", re.MULTILINE)
NOT_A_PAGE = {"static", "openapi", "token", "health", "callbacks"}
FILES = {
    *("blank_sheet", "document", "pdf", "receipt_file", "no_file", "spec"),
    *("template_form", "template_file", "template_sample", "template_picture"),
    *("papers_file", "paper_file", "area_progress"),
    *("own_draft_file", "own_draft_picture"),
}
"""Routes that give a file or only lead back: no pages."""

PLACES = {
    "code": "K-…",
    "token": "…",
    "step": "LANGKAH",
    "party_id": "P",
    "number": "P",
    "kind": "JENIS",
    "area": "KODE",
    **dict.fromkeys(("event_id", "import_id", "agreement_id", "template_id", "paper_id", "delivery_id"), "N"),
}


def test_the_readme_is_read_in_one_go() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 150


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_of_the_docs_leads_somewhere(page: Path) -> None:
    text = FENCED.sub("", page.read_text("utf-8"))
    own = [link for link in LINK.findall(text) if "://" not in link]
    lost = [link for link in own if not _leads(page, link)]
    assert not lost


def test_every_page_of_the_docs_is_found_from_its_index() -> None:
    index = DOCS / "README.md"
    linked = {(index.parent / link.split("#")[0]).resolve() for link in LINK.findall(index.read_text("utf-8"))}
    assert {page for page in PAGES if page.is_relative_to(DOCS)} - {index} <= linked


def test_every_setting_is_in_the_reference_and_no_other() -> None:
    table = (DOCS / "reference" / "settings.md").read_text("utf-8")
    named = set(re.findall(r"^\| `(KDMP_\w+)` \|", table, re.MULTILINE))
    ours = {f"KDMP_{name.upper()}" for name in Settings.model_fields}
    assert ours <= named
    assert {name for name in named if not name.startswith("KDMP_TEST_")} == ours


def test_the_docs_name_no_setting_that_does_not_exist() -> None:
    ours = {f"KDMP_{name.upper()}" for name in Settings.model_fields}
    named = {name for page in PAGES for name in re.findall(r"\bKDMP_[A-Z0-9_]*[A-Z0-9]", page.read_text("utf-8"))}
    assert {name for name in named if not name.startswith("KDMP_TEST_")} <= ours


def test_every_command_is_in_the_reference_with_all_its_options() -> None:
    parts = HEADING.split((DOCS / "reference" / "command.md").read_text("utf-8"))
    told = dict(zip(parts[1::2], parts[2::2], strict=True))
    ours = dict(_commands(main, click.Context(main)))
    assert set(told) == set(ours)
    for name, command in ours.items():
        wanted = {option for found in command.params for option in found.opts if option.startswith("--")}
        assert set(re.findall(r"`(--[a-z-]+)", told[name].split("\n## ")[0])) == wanted, name


def test_every_page_of_the_product_is_in_the_reference(app: Flask) -> None:
    table = (DOCS / "reference" / "pages.md").read_text("utf-8")
    missing = [
        shown
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and _is_page(rule.endpoint)
        for shown in [re.sub(r"<(?:\w+:)?(\w+)>", lambda found: PLACES[found[1]], rule.rule)]
        if f"`{shown}`" not in table
    ]
    assert not missing


def test_examples_of_settings_and_answers_in_the_docs_can_be_read() -> None:
    read = {"json": json.loads, "toml": tomllib.loads}
    found = [
        (language, body)
        for page in PAGES
        for language, body in FENCED.findall(page.read_text("utf-8"))
        if language in read
    ]
    assert len(found) >= 3
    for language, body in found:
        assert read[language](body)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    settings = Settings(data=tmp_path / "data")
    settings.prepare()
    migrate(settings.database)
    made = create_app(settings)
    yield made
    made.extensions["kdmp"].store.close()


def _is_page(endpoint: str) -> bool:
    room, _, view = endpoint.partition(".")
    return room not in NOT_A_PAGE and not room.startswith("api_") and view not in FILES


def _leads(page: Path, link: str) -> bool:
    path, _, part = link.partition("#")
    target = page.parent / path if path else page
    if not target.exists():
        return False
    return not part or part in _anchors(target)


def _anchors(page: Path) -> set[str]:
    text = FENCED.sub("", page.read_text("utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _commands(group: click.Command, context: click.Context, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Give every command that does something, by its whole name."""
    if not isinstance(group, click.Group):
        yield above, group
        return
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield from _commands(found, context, f"{above} {name}".strip())

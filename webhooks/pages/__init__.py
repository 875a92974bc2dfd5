"""The pages' own pieces: layouts, macros and what they need of the application.

A view renders a template that extends `desk.html`, `sign.html` or `public.html` and imports what it uses
from `macros.html`. `furnish` is called once, by the factory, and gives the templates:

- `t(key, **values)`: the catalogue; `asset(name)`: address of a static file with its content in it;
  `initials(name)`: at most two letters;
- `html|for_reading`: the agreement as an article for the signing page;
- `house`: owner's name (empty in trial), trial or not, version, links of the footer, the person to ask;
- empty defaults for everything a layout may be given, so that a view names only what it has.

Undefined names are errors: a misspelt variable fails the page instead of leaving a hole in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app, render_template, url_for
from jinja2 import StrictUndefined

from kdmp_core import texts
from webhooks.pages.paper import for_reading
from webhooks.pages.shapes import Link, Person

if TYPE_CHECKING:
    from flask import Flask

_SERVER_FAILS = 500
_DEFAULTS: dict[str, object] = {
    "account": None,
    "errors": (),
    "find_href": "",
    "find_text": "",
    "helper": None,
    "menu": (),
    "step": 0,
    "steps": (),
}


@dataclass(frozen=True)
class House:
    """What stands on every page: whose service it is, trial or official, version, footer, whom to ask."""

    owner: str
    trial: bool
    version: str
    links: tuple[Link, ...]
    contact: Person | None


def furnish(
    app: Flask,
    *,
    owner: str,
    trial: bool,
    version: str,
    links: Sequence[Link] = (),
    contact: Person | None = None,
) -> None:
    """Give the templates of `app` their globals and defaults. Call before the first page is rendered."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    house = House(owner, trial, version, tuple(links), contact)
    environment.filters["for_reading"] = for_reading
    environment.globals.update(t=texts.text, asset=asset, initials=initials, house=house)
    app.context_processor(lambda: dict(_DEFAULTS))


def asset(name: str) -> str:
    """Give the address of a static file; it changes with the content, so it may be kept for ever.

    Raises FileNotFoundError when there is no such file.
    """
    path = Path(current_app.static_folder or "") / name
    return url_for("static", filename=name, v=_digest(path, path.stat().st_mtime_ns))


def initials(name: str) -> str:
    """Give the first letters of the first and last word of a name, titles and degrees left out."""
    words = [word for word in name.partition(",")[0].split() if word[0].isalpha() and not word.endswith(".")]
    chosen = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0].upper() for word in chosen)


def error_page(
    status: int, *, detail: str = "", helper: Person | None = None, back: Link | None = None, title: str = ""
) -> str:
    """Render the page of a refusal or failure.

    `detail` is a sentence of the catalogue that says more than the status does and replaces the next step;
    `helper` a named person to ask (else the house's contact); `back` a way on.
    """
    known = status if texts.has(f"pages.error.{status}.title") else (500 if status >= _SERVER_FAILS else 400)
    return render_template(
        "error.html",
        error_title=title or texts.text(f"pages.error.{known}.title"),
        next_step=detail or texts.text(f"pages.error.{known}.next"),
        helper=helper,
        back=back,
    )


@cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]

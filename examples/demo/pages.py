"""A person at a browser without script: opens pages, fills in forms, follows links. Knows HTML, not kdmp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx


class Unexpected(Exception):
    """A page was not what a person would have expected; says which, and what stood on it."""


@dataclass
class Form:
    """A form as it stands on a page: where it goes, what it holds, its buttons, its choices by their words."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    ticks: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    options: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Page:
    """An answer as a person sees it."""

    address: str
    status: int
    text: str
    words: str
    forms: list[Form]
    links: list[tuple[str, str]]

    def form(self, part: str) -> Form:
        """Give the form whose address contains `part`. Raises Unexpected."""
        for form in self.forms:
            if part in urlsplit(form.action).path:
                return form
        raise Unexpected(f"{self.address}: no form for {part}; the page says: {self.words[:400]}")

    def all_forms(self, part: str) -> list[Form]:
        """Give every form whose address contains `part`."""
        return [form for form in self.forms if part in urlsplit(form.action).path]


class Person:
    """Somebody with a browser of his own."""

    def __init__(self, base: str) -> None:
        """Begin with an empty cookie jar at an address."""
        self._browser = httpx.Client(base_url=base, follow_redirects=True, timeout=60, trust_env=False)

    def __enter__(self) -> Self:
        """Use this person for the time of a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the browser."""
        self.close()

    def close(self) -> None:
        """Close the browser."""
        self._browser.close()

    def open(self, address: str) -> Page:
        """Open a page. Raises Unexpected when it is refused."""
        return _page(self._browser.get(address))

    def fetch(self, address: str) -> bytes:
        """Fetch a file."""
        answer = self._browser.get(address)
        answer.raise_for_status()
        return answer.content

    def send(
        self,
        form: Form,
        values: Mapping[str, str] | None = None,
        *,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        button: tuple[str, str] | None = None,
    ) -> Page:
        """Send a form with some fields filled in; a field it does not have is a mistake of ours."""
        values = dict(values or {})
        unknown = set(values) - form.names
        if unknown:
            raise Unexpected(f"{form.action}: the form has no field {sorted(unknown)}; it has {sorted(form.names)}")
        data = {**form.fields, **values}
        if button:
            data[button[0]] = button[1]
        if form.method == "get":
            return _page(self._browser.get(form.action, params=data))
        return _page(self._browser.post(form.action, data=data, files=dict(files) if files else None))


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._area = ""
        self._select = ""
        self._chosen = False
        self._option: str | None = None
        self._href = ""
        self._hush = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"}:
            self._hush += 1
        elif tag == "form":
            action = urljoin(self.address, given.get("action") or self.address)
            self._form = Form(action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a":
            self._href = given.get("href", "")
        elif self._form is not None:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self._form, given.get("name", "")
        if form is None or (not name and tag != "option"):
            return
        if name:
            form.names.add(name)
        if tag == "input":
            self._input(form, name, given)
        elif tag == "button":
            form.buttons.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._area = name
            form.fields.setdefault(name, "")
        elif tag == "select":
            self._select, self._chosen = name, False
        elif tag == "option" and self._select:
            self._option = given.get("value", "")
            if "selected" in given or not self._chosen:
                form.fields[self._select] = self._option
                self._chosen = True

    @staticmethod
    def _input(form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"checkbox", "radio"}:
            form.ticks.setdefault(name, given.get("value", "on"))
            if "checked" in given:
                form.fields[name] = given.get("value", "on")
        elif kind != "file":
            form.fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._hush -= 1
        elif tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "option":
            self._option = None
        elif tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields[self._area] += data.removeprefix("\n")
        elif self._option is not None and self._form is not None and data.strip():
            self._form.options.setdefault(self._select, {})[data.strip()] = self._option
        elif not self._hush and data.strip():
            self.words.append(data.strip())
            if self._href:
                self.links.append((data.strip(), urljoin(self.address, self._href)))


def _page(answer: httpx.Response) -> Page:
    text = answer.text if answer.headers.get("content-type", "").startswith("text/") else ""
    reader = _Reader(str(answer.url))
    reader.feed(text)
    page = Page(str(answer.url), answer.status_code, text, " ".join(reader.words), reader.forms, reader.links)
    if answer.status_code >= httpx.codes.BAD_REQUEST:
        raise Unexpected(f"{answer.request.method} {page.address}: {page.status}: {page.words[:600]}")
    return page

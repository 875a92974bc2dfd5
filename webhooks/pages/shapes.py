"""What a view gives to a layout or a macro: small frozen values, ready for people to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "ok", "wait", "warn", "bad"]


@dataclass(frozen=True)
class Link:
    """A place to go: the words on it and its address."""

    text: str
    href: str


@dataclass(frozen=True)
class Person:
    """Somebody to ask: name, office, and where known a wa.me address and a telephone number."""

    name: str
    office: str
    whatsapp: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Mistake:
    """One thing to mend: `place` is the name of the field on the page (empty: the whole form), `text` the sentence."""

    place: str
    text: str


@dataclass(frozen=True)
class MenuItem:
    """One line of the side menu. `icon` is a name of `icon()`; `count` above 0 is shown beside the words."""

    text: str
    href: str
    icon: str
    count: int = 0
    current: bool = False


@dataclass(frozen=True)
class MenuGroup:
    """Lines of the side menu under a heading; an empty `title` has none."""

    entries: tuple[MenuItem, ...]
    title: str = ""


@dataclass(frozen=True)
class Account:
    """Who works at the desk: name, role in words, own page, and the address that ends the session by POST."""

    name: str
    role: str
    href: str
    leave: str


@dataclass(frozen=True)
class Fact:
    """A question with its answer, and a smaller remark."""

    question: str
    answer: str
    remark: str = ""


@dataclass(frozen=True)
class Stage:
    """One stage of an event: its words, its count as shown ("24/30"), and whether it is done, now or next."""

    text: str
    count: str
    state: Literal["done", "now", "next"]


@dataclass(frozen=True)
class Step:
    """One line of a history: when in local time, who, what, a remark, and a link; `tone` bad for failures."""

    when: str
    who: str
    what: str
    remark: str = ""
    link: Link | None = None
    tone: Tone = "plain"


@dataclass(frozen=True)
class Column:
    """A table column; the cells of `digits` stand to the right and do not wrap."""

    text: str
    digits: bool = False

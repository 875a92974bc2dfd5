"""A text that a partner brought, Word or PDF, taken as the words of an agreement: the printed page is what is signed.

`check` judges the bytes in a process of its own; `cleaned` and `combine` make the PDF that is signed, with our
signature sheet behind; `html` is the phone text, `require_equal` proves that it says what the PDF says.
"""

from __future__ import annotations

from mou_templates.adopting.finding import NOTICES, Adopted, Notice
from mou_templates.adopting.inspection import LARGEST, MOST_PAGES, hints, inspect
from mou_templates.adopting.joining import cleaned, combine
from mou_templates.adopting.pages import picture
from mou_templates.adopting.phone import html, require_equal
from mou_templates.adopting.watched import check

__all__ = [
    "LARGEST",
    "MOST_PAGES",
    "NOTICES",
    "Adopted",
    "Notice",
    "check",
    "cleaned",
    "combine",
    "hints",
    "html",
    "inspect",
    "picture",
    "require_equal",
]

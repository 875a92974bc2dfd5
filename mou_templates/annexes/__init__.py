"""What stands behind the articles of each form, by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mou_templates.annexes import frameworks, joining, short, supply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from docx.document import Document

BY_KIND: Mapping[str, Callable[[Document, str], None]] = {
    "mou_network": frameworks.network,
    "mou_bilateral": frameworks.bilateral,
    "mou_hub": frameworks.bilateral,
    "addendum": joining.addendum,
    "accession": joining.accession,
    "pks": supply.supply,
    "minutes": short.minutes,
    "handover": short.handover,
    "power_of_attorney": short.power_of_attorney,
    "attendance": short.attendance,
}


def add(document: Document, kind: str, paper: str) -> None:
    """Add signatures and annexes of `kind` to its form; `paper` is what the text calls itself."""
    BY_KIND[kind](document, paper)

"""Word files become PDFs here, by a pool of LibreOffice workers that may die at any moment without loss."""

from __future__ import annotations

from mou_templates.office.anchors import Anchor, Box, find_anchors
from mou_templates.office.failures import DocumentUnreadable, OfficeFailed, OfficeMissing
from mou_templates.office.pool import Office
from mou_templates.office.printed import Printed

__all__ = [
    "Anchor",
    "Box",
    "DocumentUnreadable",
    "Office",
    "OfficeFailed",
    "OfficeMissing",
    "Printed",
    "find_anchors",
]

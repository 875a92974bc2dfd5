"""Which fonts print as they look: those installed, and those with a stand-in of the same widths."""

from __future__ import annotations

import subprocess
from functools import cache
from typing import Literal

STAND_INS = {
    "arial": "",
    "times new roman": "",
    "courier new": "",
    "bookman old style": "",
    "calibri": "carlito",
}
"""Fonts of the field and what must be installed in their place; "" where the print room brings it itself."""

NEAR = {
    "helvetica": "liberation sans",
    "arial narrow": "liberation sans narrow",
    "times": "liberation serif",
    "courier": "liberation mono",
    "cambria": "caladea",
    "georgia": "gelasio",
}
"""Fonts whose place another of the same widths takes, so that lines break alike while letters look different: a
warning, for nothing is lost and a person must see it."""


@cache
def installed() -> frozenset[str]:
    """Give the families this machine prints with, in small letters; none where fontconfig is not installed."""
    try:
        listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, timeout=20, check=False)  # noqa: S607 - by name: its place differs
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    lines = listed.stdout.decode("utf-8", "replace").splitlines()
    return frozenset(name.strip().casefold() for line in lines for name in line.split(",") if name.strip())


def fate(font: str, families: frozenset[str]) -> Literal["same", "near", "missing"]:
    """Say what becomes of a font on a machine that has `families`."""
    name = font.strip().casefold()
    stand_in = STAND_INS.get(name)
    if name in families or stand_in == "" or stand_in in families:
        return "same"
    return "near" if NEAR.get(name) in families else "missing"

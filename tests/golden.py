"""Golden prints: the words of each shipped form's sample, and where every line of its PDF stood when they were written.

A change of LibreOffice, of a font or of a form is noticed here before a legal text moves unseen. When the change is
wanted, look at the pages and write them anew: `python -m tests.golden [KIND …]`.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from mou_templates import pressroom, reading, samples, typeset
from mou_templates.kinds import KINDS
from mou_templates.office import Office
from mou_templates.words import dress
from tests.source import ROOT

FOLDER = ROOT / "tests" / "data" / "golden"
STAMP = "draft"


def kinds() -> list[str]:
    """Give the kinds that have a shipped form."""
    shipped = ROOT / "mou_templates" / "shipped"
    return [kind for kind in KINDS if (shipped / f"{kind}.docx").exists()]


def words(kind: str) -> list[str]:
    """Give what the Word file of the sample says, a line a paragraph."""
    facts = {**samples.sample_facts(kind, samples.MEASURED), "legal_review": STAMP}
    docx = pressroom.draft(kind, dress(kind, facts), pressroom.form(kind)).docx
    return reading.plain_text(reading.read(docx)).split("\n")


def printed(kind: str, office: Office) -> dict[str, Any]:
    """Print the sample of a kind and give its words and its layout."""
    sample = samples.print_sample(pressroom.form(kind), kind, samples.MEASURED, office, STAMP)
    if sample.refused:
        raise RuntimeError(f"{kind}: {sample.refused} {dict(sample.values)}")
    return {"words": words(kind), **typeset.as_json(typeset.layout(sample.pdf))}


def stored(kind: str) -> dict[str, Any]:
    """Read the golden print of a kind."""
    found: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text("utf-8"))
    return found


def write(kind: str, golden: dict[str, Any]) -> None:
    """Write the golden print of a kind, a line a line, so that a difference can be read."""
    pages = ",\n".join(
        "  [\n" + ",\n".join(f"   {json.dumps(row, ensure_ascii=False)}" for row in page) + "\n  ]"
        for page in golden["pages"]
    )
    lines = ",\n".join(f"  {json.dumps(line, ensure_ascii=False)}" for line in golden["words"])
    text = f'{{\n "words": [\n{lines}\n ],\n "pages": [\n{pages}\n ]\n}}\n'
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{kind}.json").write_text(text, "utf-8")


def main(wanted: list[str]) -> None:
    """Write the golden prints of the kinds named, of all without a name."""
    with tempfile.TemporaryDirectory() as folder, Office(Path(folder)) as office:
        for kind in wanted or kinds():
            write(kind, printed(kind, office))
            print(FOLDER / f"{kind}.json")


if __name__ == "__main__":
    main(sys.argv[1:])

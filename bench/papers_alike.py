"""Print generated papers of all kinds with hostile names, and hold Word, phone and PDF against each other.

`python -m bench.papers_alike [PAPERS] [SEED]` (1,000 and 0 when not given) prints one JSON object: what was made, and
each alarm with the seed that makes it again. A paper is right when no word was lost from its Word file, Word = HTML =
PDF character by character, each signature cell is printed once and in order, the same words gave the same bytes, and
(one in twenty) the file keeps the rules of PDF/A. The tests print a few.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mou_templates import equality, reading
from mou_templates.errors import Refused
from mou_templates.kinds import parties
from mou_templates.office import Office, Printed
from mou_templates.press import Press, shipped, shipped_form
from mou_templates.printing import print_alike
from tests import pdfa
from tests.generated import Paper, papers

EVERY = 20


@dataclass
class Tally:
    """What was made: `kinds` counts papers, `alarms` names each that was not right."""

    papers: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    pages: int = 0
    printed_again: int = 0
    most_rows: int = 0
    alarms: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(made: Iterable[Paper], folder: Path) -> Tally:
    """Print every paper with one warm worker and judge it."""
    tally, began = Tally(), time.monotonic()
    with Counting(folder) as office:
        for number, paper in enumerate(made):
            tally.papers += 1
            tally.kinds[paper.kind] = tally.kinds.get(paper.kind, 0) + 1
            tally.most_rows = max(tally.most_rows, len(parties(paper.kind, paper.facts)))
            try:
                tally.pages += _judge(paper, office, thorough=number % EVERY == 0)
            except (Refused, Unlike) as fault:
                told = getattr(fault, "values", "")
                tally.alarms.append(f"{paper.kind} {paper.seed}: {fault} {told}"[:300])
        tally.printed_again = office.again
    tally.seconds = round(time.monotonic() - began, 1)
    return tally


class Counting(Office):
    """Counts the prints on shorter pages."""

    again = 0

    def to_pdf(self, docx: bytes, shorter: int = 0) -> Printed:
        """Print, and count."""
        self.again += shorter > 0
        return super().to_pdf(docx, shorter)


class Unlike(Exception):
    """A paper that is not what its words say, though nothing refused it."""


def _judge(paper: Paper, office: Office, *, thorough: bool) -> int:
    words, pictures = shipped(paper.kind).sampled(paper.words)
    draft = reading.draft(shipped(paper.kind), words, pictures)
    printed = print_alike(office, draft.docx)
    equality.require_equal(draft.reading, reading.to_html(draft.reading), printed.pdf)
    wanted = {f"§{number:03d}" for number, _ in enumerate(parties(paper.kind, paper.facts), start=1)}
    found = [anchor.code for anchor in printed.anchors]
    if len(found) != len(wanted) or set(found) != wanted:
        raise Unlike(f"cells {sorted(wanted.symmetric_difference(found))[:5]}")
    if thorough:
        _require(paper, draft.docx == Press(shipped_form(paper.kind)).render(words, pictures), "bytes")
        _require(paper, not pdfa.broken_rules(printed.pdf), "pdfa")
    return printed.pages


def _require(paper: Paper, held: object, what: str) -> None:
    if not held:
        raise Unlike(f"{what} of {paper.kind}")


def main(words: list[str]) -> int:
    """Print so many papers and the tally; the exit status tells whether all were right."""
    count, seed = int(words[0]) if words else 1000, int(words[1]) if words[1:] else 0
    with tempfile.TemporaryDirectory() as folder:
        tally = run(papers(count, seed), Path(folder))
    print(json.dumps({"name": "papers_alike", "seed": seed, **asdict(tally)}, ensure_ascii=False))
    return 1 if tally.alarms else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Kill and hang LibreOffice at random moments while documents print: every document must be right in the end.

`python -m bench.printing_killed [BLOWS] [SEED]` (200 and 1 when not given) prints one JSON object. Each blow hits a
process of the worker at a random instant of one document: SIGKILL, or SIGSTOP, after which the process is never
heard of again. A document is right when Word = HTML = PDF, and every signature cell is there once. The tests
run a few blows.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mou_templates import pressroom
from mou_templates.errors import Refused
from mou_templates.examples import network
from mou_templates.office import Office, Printed
from mou_templates.press import shipped
from mou_templates.words import dress

KIND = "mou_network"
WALL_SECONDS = 4.0
BLOWS = ("kill", "stop")
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
SIZES = (1, 3, 9, 30)


@dataclass
class Tally:
    """What happened: `wrong` names each document that was not right, `landed` counts blows that hit at work."""

    documents: int = 0
    wrong: list[str] = field(default_factory=list)
    landed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BLOWS, 0))
    late: int = 0
    longest_s: float = 0.0
    left_behind: int = 0
    seconds: float = 0.0


class Blow:
    """One blow that falls on a process of the pool `after` so many seconds, unless the document is done before."""

    def __init__(self, office: Office, name: str, chance: random.Random, longest: float) -> None:
        """Choose when and whom."""
        self.name, self.fell, self._office, self._chance = name, False, office, chance
        self._timer = threading.Timer(chance.uniform(0, longest), self._fall)
        self._timer.start()

    def end(self) -> None:
        """Call the blow off if it has not fallen."""
        self._timer.cancel()
        self._timer.join()

    def _fall(self) -> None:
        victims = self._office.processes()
        if victims:
            with suppress(ProcessLookupError):
                os.kill(self._chance.choice(victims), SIGNALS[self.name])
                self.fell = True


def run(blows: int, seed: int, folder: Path) -> Tally:
    """Print until so many blows have fallen on a document at work."""
    chance, tally = random.Random(seed), Tally()
    papers = {size: shipped(KIND).render(dress(KIND, network(size))) for size in SIZES}
    began = time.monotonic()
    with Office(folder, wall_seconds=WALL_SECONDS) as office:
        usual = _usual(office, papers)
        seen: set[int] = set()
        while sum(tally.landed.values()) < blows:
            size = chance.choice(SIZES)
            blow = Blow(office, BLOWS[tally.documents % len(BLOWS)], chance, usual[size])
            before = time.monotonic()
            fault = _fault(office, papers[size], size)
            tally.longest_s = max(tally.longest_s, round(time.monotonic() - before, 2))
            blow.end()
            tally.documents += 1
            tally.landed[blow.name] += blow.fell
            tally.late += not blow.fell
            tally.wrong += [f"{blow.name} {size}: {fault}"] if fault else []
            seen.update(office.processes())
    tally.left_behind = sum(_runs(process) for process in seen)
    tally.seconds = round(time.monotonic() - began, 1)
    return tally


def _usual(office: Office, papers: dict[int, bytes]) -> dict[int, float]:
    """Measure how long each size takes, so that blows fall over the whole of it."""
    usual = {}
    office.to_pdf(papers[SIZES[0]])
    for size, docx in papers.items():
        before = time.monotonic()
        office.to_pdf(docx)
        usual[size] = time.monotonic() - before
    return usual


def _fault(office: Office, docx: bytes, size: int) -> str:
    try:
        printed = office.to_pdf(docx)
        pressroom.require_equal(docx, printed.pdf)
    except Refused as refusal:
        return f"{refusal.code} {refusal.values}"
    return _unlike(printed, size)


def _unlike(printed: Printed, size: int) -> str:
    codes = sorted(anchor.code for anchor in printed.anchors)
    wanted = [f"§{number:03d}" for number in range(1, size + 2)]
    return "" if codes == wanted else f"cells {codes} instead of {wanted}"[:200]


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def main(words: list[str]) -> int:
    """Run and print the tally; the exit status tells whether every document was right and nothing was left."""
    blows, seed = int(words[0]) if words else 200, int(words[1]) if words[1:] else 1
    with tempfile.TemporaryDirectory() as folder:
        tally = run(blows, seed, Path(folder))
    print(json.dumps({"name": "printing_killed", "seed": seed, **asdict(tally)}, ensure_ascii=False))
    return 1 if tally.wrong or tally.left_behind else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

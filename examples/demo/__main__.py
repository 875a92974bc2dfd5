"""`make demo`: the whole line on the real sheet, then the site stays open. `--exit` ends instead.

Status 0 only if every step held, every step of the system has its run in Prefect, and nothing went by the fallback.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import sys
import time
from pathlib import Path

import httpx

from examples.demo.desk import answers_of
from examples.demo.house import ROOT, Failed, House
from examples.demo.pages import Unexpected
from examples.demo.telling import Telling, rupiah, tonnes
from examples.demo.walk import NotHeld, Walk

HERE = ROOT / "var" / "demo"
EXAMPLES = ROOT / "examples"


def main() -> int:
    """Walk the line; give the exit status."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--exit", action="store_true", help="end when the walk is over")
    parser.add_argument("--port", type=int, default=0, help="the port of the web door (default: a free one)")
    asked = parser.parse_args()
    shutil.rmtree(HERE, ignore_errors=True)
    tell, began = Telling(), time.monotonic()
    tell.say("kdmp: peragaan dari lembar lokakarya sampai penyerahan pertama")
    try:
        with House(HERE / "data", asked.port or free_port()) as house:
            sheet, answers = EXAMPLES / "lokakarya_cianjur.xlsx", answers_of(EXAMPLES / "accept.json")
            walk = Walk(house, tell, sheet, answers, HERE / "files")
            walk.whole()
            tell.summary["seconds_in_all"] = round(time.monotonic() - began, 1)
            tell.write(HERE / "summary.json")
            conclude(walk)
            if not asked.exit:
                house.wait()
    except (NotHeld, Unexpected, Failed, httpx.HTTPError) as broken:
        tell.say(f"\nGAGAL: {broken}")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def conclude(walk: Walk) -> None:
    """Say the table, the files, and where the site stays open."""
    found = walk.tell.summary
    walk.tell.table(
        [
            ("pihak", str(found["parties"])),
            ("naskah berlaku", str(len(found["agreements"]))),
            ("tanda tangan dengan tautan", str(found["signatures_by_link"])),
            ("rencana", f"{tonnes(found['planned_kg_gkp'])} setara gabah"),
            (
                "nilai rencana",
                f"{rupiah(found['value_rupiah'])} per musim, harga dasar {rupiah(found['baseline_rupiah_per_kg'])}/kg",
            ),
            ("kontrak", tonnes(found["contracted_kg"])),
            ("realisasi", f"{tonnes(found['delivered_kg'])}, {rupiah(found['delivered_rupiah'])}"),
            *((f"detik: {name}", f"{seconds:.1f}") for name, seconds in walk.tell.seconds.items()),
            ("detik seluruhnya", f"{found['seconds_in_all']:.1f}"),
        ]
    )
    for kept in found["files"].values():
        for path in kept.values():
            walk.tell.say(f"  {Path(path).relative_to(ROOT)}")
    walk.tell.say(f"  {(HERE / 'summary.json').relative_to(ROOT)}")
    walk.tell.say(f"\nSitus: {walk.house.address}/masuk")
    for login, password in walk.logins.values():
        walk.tell.say(f"  {login}  {password}")
    walk.tell.say("Ctrl-C menghentikan semuanya.")


def free_port() -> int:
    """Give a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())

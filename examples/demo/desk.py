"""What staff do at the desk, page by page and form by form."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from examples.demo.pages import Page, Person, Unexpected

FIRST_WAIT_SECONDS = 90


def sign_in(base: str, login: str, one_time: str, name: str = "") -> tuple[Person, str]:
    """Sign in with a one-time password, choose an own one, and give the person with the new password."""
    person = Person(base, name or login)
    page = person.send(person.open("/masuk").form("/masuk"), {"login": login, "password": one_time})
    chosen = f"demo-{one_time}"
    page = person.send(page.form("/sandi"), {"old": one_time, "new": chosen, "again": chosen})
    return person, chosen


def upload(person: Person, sheet: Path) -> tuple[int, Page]:
    """Upload the workbook; give the import's number and its page."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    form = person.open("/meja/acara/impor").form("/impor")
    page = person.send(form, files={"sheet": (sheet.name, sheet.read_bytes(), kind)})
    found = re.search(r"/meja/impor/(\d+)", page.address)
    if found is None:
        raise Unexpected(f"no import page but {page.address}")
    return int(found[1]), page


def take_import(person: Person, number: int) -> int:
    """Accept everything that is decided; give the event's number."""
    page = person.send(person.open(f"/meja/impor/{number}").form("/terima"))
    found = re.search(r"/meja/acara/(\d+)", page.address)
    if found is None:
        raise Unexpected(f"no event page but {page.address}: {page.words[:300]}")
    return int(found[1])


def set_register(person: Person, event: int, unit: str) -> None:
    """Open the event's letter register."""
    person.send(person.open(f"/meja/acara/{event}/setelan").form("/setelan"), {"register_unit": unit})


def check_in(
    person: Person, event: int, identity: dict[str, dict[str, str]], tell: Callable[[int, int, str], None]
) -> int:
    """Complete and confirm every signatory in the order of the sheet; give how many."""
    address = f"/meja/acara/{event}/hadir"
    pattern = re.compile(rf"{address}/(\d+)$")
    links = list(dict.fromkeys(href for _, href in person.open(address).links if pattern.search(href.split("#")[0])))
    for number, href in enumerate(links, 1):
        form = person.open(href).form("/hadir/")
        person.send(form, {**identity.get(str(number), {}), "how": "in_person"}, button=("act", "confirm"))
        tell(number, len(links), "penanda tangan dipastikan")
    return len(links)


def make_plan(person: Person, event: int) -> Page:
    """Match the event and give the page with its finding."""
    return person.send(person.open(f"/meja/acara/{event}/rencana").form("/rencana"))


def propose_networks(person: Person, event: int) -> None:
    """Propose one network MoU per counterpart."""
    person.send(person.open(f"/meja/acara/{event}/rencana").form("/usulan-jaringan"))


def propose_pair(person: Person, event: int, pair: str) -> None:
    """Propose the bilateral MoU of one pair of the plan ("mill:party")."""
    form = person.open(f"/meja/acara/{event}/rencana").form("/usulan-pasangan")
    person.send(form, {"pair": pair})


def wait_until(found: Callable[[], Any], what: str, seconds: float = FIRST_WAIT_SECONDS) -> Any:
    """Wait for the worker to have done something; raises Unexpected when it does not."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        got = found()
        if got:
            return got
        time.sleep(0.5)
    raise Unexpected(f"{what} did not come within {seconds:.0f} seconds")


def answers_of(file: Path) -> dict[str, Any]:
    """Read the visible file of answers."""
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def codes_of(agreements: Iterable[dict[str, Any]], kind: str) -> Sequence[str]:
    """Give the codes of the agreements of a kind."""
    return [row["code"] for row in agreements if row["kind"] == kind]

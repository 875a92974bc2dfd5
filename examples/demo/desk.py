"""What staff do at the desk, page by page and form by form."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from examples.demo.pages import Page, Person, Unexpected

FIRST_WAIT_SECONDS = 90
LINK = re.compile(r"http://[^\s\"<>]+/[ts]/[A-Za-z0-9_-]{8,}")


def sign_in(base: str, login: str, one_time: str) -> tuple[Person, str]:
    """Sign in with a one-time password, choose an own one, and give the person with the new password."""
    person = Person(base)
    page = person.send(person.open("/masuk").form("/masuk"), {"login": login, "password": one_time})
    chosen = f"demo-{one_time}"
    page = person.send(page.form("/sandi"), {"old": one_time, "new": chosen, "again": chosen})
    person.send(page.form("/masuk"), {"login": login, "password": chosen})
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


def step(person: Person, code: str, move: str, values: dict[str, str] | None = None) -> Page:
    """Make a move of an agreement by its form on the agreement's page."""
    return person.send(person.open(f"/meja/naskah/{code}").form(f"/langkah/{move}"), values)


def send_out(person: Person, code: str, *, counterpart_by_provider: bool = False) -> Page:
    """Send an agreement for signing; the counterpart may sign through the provider, all others by link."""
    form = person.open(f"/meja/naskah/{code}/kirim").form("/kirim")
    methods = sorted((name for name in form.names if name.startswith("method-")), key=lambda name: int(name[7:]))
    chosen = dict.fromkeys(methods, "link")
    if counterpart_by_provider:
        chosen[methods[-1]] = "provider"
    return person.send(form, chosen)


def take_links(person: Person) -> list[str]:
    """Press the wa.me button of every waiting message and give the addresses it carries, once each."""
    found: list[str] = []
    while forms := person.open("/meja/tautan").all_forms("/meja/tautan/"):
        for form in forms:
            page = person.send(form)
            carried = LINK.search(unquote(page.text))
            if carried is None:
                raise Unexpected(f"no link on {page.address}: {page.words[:300]}")
            found.append(carried[0])
    return list(dict.fromkeys(found))


def release_code(person: Person) -> str:
    """Release the one code that waits, as the second member of staff; give its digits."""
    forms = person.open("/meja/kode").all_forms("/meja/kode/")
    if not forms:
        raise Unexpected("no code waits to be released")
    page = person.send(forms[0], {"way": "phone"})
    digits = re.search(r"\b(\d{3}) (\d{3})\b", page.words)
    if digits is None:
        raise Unexpected(f"no digits on {page.address}: {page.words[:300]}")
    return digits[1] + digits[2]


def propose_supply(person: Person, parent: str, supplier: str, buyer: str) -> str:
    """Draw a PKS from a MoU in force with the lines the plan suggests; give its code."""
    address = f"/meja/naskah/{parent}/pks"
    choices = next(form.options for form in person.open(address).all_forms("/pks") if "supplier" in form.options)
    ids = {side: _chosen(choices[side], name) for side, name in (("supplier", supplier), ("buyer", buyer))}
    page = person.open(f"{address}?supplier={ids['supplier']}&buyer={ids['buyer']}")
    form = next(form for form in page.all_forms("/pks") if form.method == "post")
    page = person.send(form)
    found = re.search(r"K-\d{4}-\d{6}", page.address)
    if found is None:
        raise Unexpected(f"no PKS but {page.address}: {page.words[:300]}")
    return found[0]


def record_on_paper(person: Person, code: str, scan: bytes, signed_on: str) -> Page:
    """Record an agreement as signed on paper, with its scan."""
    form = person.open(f"/meja/naskah/{code}/catat").form("/catat")
    return person.send(form, {"signed_on": signed_on}, files={"scan": ("pindaian.pdf", scan, "application/pdf")})


def deliver(person: Person, code: str, values: dict[str, str]) -> Page:
    """Record a delivery under a PKS in force."""
    return person.send(person.open(f"/meja/naskah/{code}").form("/penyerahan"), values)


def _chosen(options: dict[str, str], name: str) -> str:
    found = [value for words, value in options.items() if words.startswith(name)]
    if not found:
        raise Unexpected(f"{name} cannot be chosen; there are {list(options)[:5]}")
    return found[0]

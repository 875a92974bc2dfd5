"""What those who sign do: open the link, ask for a code, enter it, read, agree; one signs at the provider's page."""

from __future__ import annotations

from examples.demo.pages import Page, Person, Unexpected


def ask_for_code(base: str, link: str) -> Person:
    """Open a link as its owner and ask for a code; give the person at that browser."""
    person = Person(base)
    person.send(person.open(link).form("/t/"))
    return person


def enter(person: Person, code: str) -> Page:
    """Enter the code a second member of staff has passed on; give the page it opens."""
    page = person.send(person.open("/s/kode").form("/s/kode"), {"code": code})
    if "/s/kode" in page.address:
        raise Unexpected(f"the code was not taken: {page.words[:200]}")
    return page


def sign_everything(person: Person) -> int:
    """Read and sign every agreement of the folder that waits; give how many."""
    signed = 0
    while True:
        waiting = [href for _, href in person.open("/s").links if "/s/baca/" in href]
        for href in waiting:
            page = person.open(href)
            if "/s/baca/" not in page.address:
                continue
            form = page.form("/s/baca/")
            receipt = person.send(form, form.ticks)
            if "/s/selesai/" not in receipt.address:
                raise Unexpected(f"no receipt but {receipt.address}: {receipt.words[:200]}")
            signed += 1
        if not waiting or not any("/s/baca/" in person.open(href).address for href in waiting):
            return signed


def sign_at_provider(address: str) -> None:
    """Sign at the provider's own page (here the stand-in's, which says so)."""
    base = address.split("/s/", maxsplit=1)[0]
    with Person(base) as person:
        page = person.open(address)
        if "TIRUAN" not in page.words:
            raise Unexpected("the provider's page does not say that it is a stand-in")
        form = page.form("/tanda-tangan")
        person.send(form, form.ticks)

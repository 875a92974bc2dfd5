"""What if: one thing more in the event's plan, asked by GET so that the question can be sent to somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from sqlalchemy.orm import Session

from kdmp_core import areas, plans
from kdmp_core.errors import InvalidInput
from kdmp_core.matching import Added, Goods
from kdmp_core.quantities import kilograms, rupiah, rupiah_text, ton_text
from kdmp_core.records import Event
from kdmp_core.texts import text
from kdmp_core.whatif import asking
from kdmp_core.whatif.asking import Answered, Proposed, Wish
from webhooks.context import reach
from webhooks.desk import choosing, forms, frame, places, plan_changes
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Column, Fact, Link, Mistake
from webhooks.problems import status_of

AT_FIELD = {
    "matching.quantity": "jumlah",
    "matching.no_mill": "tempat",
    "matching.addition_goods": "barang",
}
PRICED = (Added.MILL, Added.BUYER, Added.VILLAGE)


@dataclass(frozen=True)
class Words:
    """An answer ready to be read."""

    finding: str
    facts: list[Fact]
    changes: plan_changes.ChangeWords


@blueprint.get("/meja/acara/<int:event_id>/rencana/andai")
def what_if(event_id: int) -> forms.Answer:
    """Show the form, the five best additions, or the answer to what the address asks."""
    try:
        with reach().store.read() as session:
            found = places.event_here(session, event_id, choosing.PLANNERS)
            wishes = [Wish.read(written) for written in request.args.getlist("tambah")]
            if "hitung" in request.args:
                wish = _typed(found)
                _checked(session, found, wishes, wish)
                return redirect(_address(event_id, [*wishes, wish]), 303)
            with choosing.named(session, found):
                answered = asking.ask(session, found, wishes) if wishes else None
            return _page(session, found, wishes, answered, [])
    except forms.MENDABLE as refusal:
        return _again(event_id, forms.mistakes(refusal)), status_of(refusal)


def _again(event_id: int, errors: list[Mistake]) -> str:
    """Show the page with what was typed and what is to be mended; an unreadable addition is left out."""
    with reach().store.read() as session:
        found = places.event_here(session, event_id, choosing.PLANNERS)
        wishes = []
        for written in request.args.getlist("tambah"):
            try:
                wishes.append(Wish.read(written))
            except InvalidInput:
                continue
        return _page(session, found, wishes, None, errors)


def _checked(session: Session, found: Event, wishes: list[Wish], wish: Wish) -> None:
    """Refuse what cannot be added before it is in an address: at its field."""
    kept = plans.latest(session, found)
    problem = plans.problem_of(session, found, plans.choices_of(kept) if kept else plans.NONE)
    try:
        asking.check(session, found, problem, [*wishes, wish])
    except InvalidInput as refusal:
        fault = next((one for one in refusal.problems if one.place == str(len(wishes))), None)
        if fault is None:
            raise
        raise forms.wrong(AT_FIELD.get(fault.code, "harga"), fault.code, **fault.values) from refusal


def _typed(found: Event) -> Wish:
    """Give the wish of the form. Raises InvalidInput at its field."""
    kind = _kind()
    if kind is None:
        raise forms.wrong("jenis", "whatif.no_kind")
    with forms.refused_at("tempat"):
        place = areas.named(_given("tempat"), found.regency_code).code
    with forms.refused_at("jumlah"):
        kg = kilograms(_given("jumlah"))
    price = None
    if kind in PRICED and _given("harga"):
        with forms.refused_at("harga"):
            price = rupiah(_given("harga"))
    goods = None
    if kind is Added.BUYER:
        if _given("barang") not in set(Goods):
            raise forms.wrong("barang", "matching.addition_goods")
        goods = Goods(_given("barang"))
    return Wish(kind, place, kg, price, goods)


def _given(name: str) -> str:
    return request.args.get(name, "").strip()


def _kind() -> Added | None:
    given = _given("jenis")
    return Added(given) if given in set(Added) else None


def _page(session: Session, found: Event, wishes: list[Wish], answered: Answered | None, errors: list[Mistake]) -> str:
    kind = _kind()
    proposed = None if wishes or errors else asking.best(session, found, [kind] if kind else list(Added))
    values = {name: _given(name) for name in ("tempat", "jumlah", "harga", "barang")}
    if areas.exists(values["tempat"]):
        values["tempat"] = areas.label(values["tempat"])
    return frame.page(
        session,
        "what_if",
        "events",
        event=found,
        kind=kind,
        kinds=[(one, text(f"whatif.kind.{one}"), _form_address(found.id, wishes, one)) for one in Added],
        values=values,
        goods=[(one.value, text(f"sheet.commodity.{one}")) for one in Goods],
        priced=kind in PRICED,
        hidden=[str(wish) for wish in wishes],
        wishes=[_wish_words(found.id, wishes, position) for position in range(len(wishes))],
        words=_words(session, found, answered) if answered else None,
        start=url_for("desk.what_if", event_id=found.id),
        best_columns=_best_columns(),
        best=_best_rows(found.id, proposed) if proposed else [],
        best_facts=_best_facts(proposed) if proposed else [],
        best_links=_best_links(found.id, proposed) if proposed else [],
        proposed=proposed is not None,
        errors=errors,
    )


def name_of(wish: Wish) -> str:
    """Give what an addition is called: "gilingan baru di Desa Cihea, Kec. Haurwangi"."""
    return text(f"whatif.name.{wish.kind}", place=areas.label(wish.place))


def told(wish: Wish) -> str:
    """Give an addition in one line, with its kilograms and price."""
    parts = [name_of(wish), ton_text(wish.kg)]
    parts += [text(f"sheet.commodity.{wish.goods}")] if wish.goods else []
    parts += [text(f"whatif.price_of.{wish.kind}", price=rupiah_text(wish.price))] if wish.price else []
    return ", ".join(parts)


def _wish_words(event_id: int, wishes: list[Wish], position: int) -> tuple[str, str]:
    rest = [wish for at, wish in enumerate(wishes) if at != position]
    return told(wishes[position]), _address(event_id, rest)


def _address(event_id: int, wishes: list[Wish]) -> str:
    return url_for("desk.what_if", event_id=event_id, tambah=[str(wish) for wish in wishes])


def _form_address(event_id: int, wishes: list[Wish], kind: Added, **values: Any) -> str:
    kept = [str(wish) for wish in wishes]
    return url_for("desk.what_if", event_id=event_id, tambah=kept, jenis=kind, **values) + "#tambahan"


def _words(session: Session, found: Event, answered: Answered) -> Words:
    names = {key: party.name for key, party in plans.parties_of(session, found).items()}
    names |= {key: name_of(wish) for key, wish in answered.wishes.items()}
    changes = answered.changes
    by = changes.value_after - changes.value_before
    turn = "more" if by > 0 else "less" if by < 0 else "same"
    finding = text(f"whatif.finding.{turn}", rupiah=rupiah_text(abs(by)))
    return Words(finding, _facts(answered), plan_changes.of(changes, names))


def _facts(answered: Answered) -> list[Fact]:
    before, after = answered.before.result, answered.after.result
    proven = text("desk.plan.proven" if after.gap_milli <= 0 else "desk.plan.gap",
                  gap=rupiah_text(after.gap_milli // 1000 + 1))  # fmt: skip
    carried = [ton_text(result.transport.kg_carried) for result in (before, after)]
    return [
        Fact(text("whatif.before"), rupiah_text(before.value), _above(before.baseline)),
        Fact(text("whatif.after"), rupiah_text(after.value), proven),
        Fact(text("desk.plan.carried"), carried[1], text("whatif.was", amount=carried[0])),
    ]


def _above(baseline: int) -> str:
    return text("desk.plan.above", baseline=rupiah_text(baseline))


def _best_columns() -> list[Column]:
    return frame.columns("whatif.column", "what value estimate use", {"value", "estimate"})


def _best_rows(event_id: int, proposed: Proposed) -> list[tuple[Fact, list[str], Link]]:
    """Give the best additions: what it is, what it brings solved again and by the prices, and the way to the form."""
    return [
        (
            Fact(text(f"whatif.kind.{wish.kind}"), areas.label(wish.place), _size(wish)),
            [rupiah_text(one.value), rupiah_text(one.estimate)],
            Link(text("whatif.fill"), _filled(event_id, wish)),
        )
        for wish, one in proposed.ranked
    ]


def _size(wish: Wish) -> str:
    price = text(f"whatif.price_of.{wish.kind}", price=rupiah_text(wish.price)) if wish.price else ""
    goods = text(f"sheet.commodity.{wish.goods}") if wish.goods else ""
    return ", ".join(filter(None, (ton_text(wish.kg), goods, price)))


def _filled(event_id: int, wish: Wish) -> str:
    """Give the address of the form filled with an addition."""
    values: Mapping[str, Any] = {"tempat": wish.place, "jumlah": ton_text(wish.kg)}
    values = {**values, **({"harga": rupiah_text(wish.price)} if wish.price else {}),
              **({"barang": wish.goods} if wish.goods else {})}  # fmt: skip
    return _form_address(event_id, [], wish.kind, **values)


def _best_facts(proposed: Proposed) -> list[Fact]:
    best = proposed.best
    facts = []
    if proposed.ranked:
        alone = sum(one.value for one in best.ranked)
        same = abs(alone - best.together) <= len(best.ranked)  # each is rounded to a rupiah
        remark = text("whatif.the_sum" if same else "whatif.not_the_sum", rupiah=rupiah_text(alone))
        facts.append(Fact(text("whatif.together", n=len(proposed.ranked)), rupiah_text(best.together), remark))
        facts.append(Fact(text("whatif.tried"), text("whatif.tried_of", solved=best.solved, n=best.candidates)))
    if proposed.truck:
        answer = text("whatif.truck_more", place=areas.label(proposed.truck.place), amount=ton_text(best.truck_kg))
        facts.append(Fact(text("whatif.truck"), answer, text("whatif.truck_means")))
    return facts


def _best_links(event_id: int, proposed: Proposed) -> list[Link]:
    links = []
    if proposed.ranked:
        five = _address(event_id, [wish for wish, _ in proposed.ranked])
        links.append(Link(text("whatif.all", n=len(proposed.ranked)), five))
    if proposed.truck:
        links.append(Link(text("whatif.fill_truck"), _filled(event_id, proposed.truck)))
    return links

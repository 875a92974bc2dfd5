"""Plans of areas: read from the record, kept and proven again, found by the worker's child, told at the doors."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kdmp_core import area_plans, plans
from kdmp_core.area_plans import facts, packing, reading
from kdmp_core.errors import Conflict, InvalidInput, NotFound
from kdmp_core.lifecycle import Actor
from kdmp_core.matching.area import Engine, Kind
from kdmp_core.records import AreaAsk, AreaPlan, AskState, Event, MappingEntry, Party, PartyKind, Step
from kdmp_core.store import Store
from tests import area_record, builders, desks, work
from tests.builders import NOW, SYSTEM
from tests.desks import Busy
from workflows.command import main
from workflows.stages import housekeeping, owed
from workflows.stages.work import Tools
from workflows.worker import Worker

CIANJUR = area_plans.find("32.03")
VILLAGES = ("32.03.31.2001", "32.03.31.2002", "32.03.31.2003")


def row(session: Session, event: Event, party: Party, what: str, goods: str, kg: int, price: int | None = None,
        **more: Any) -> None:  # fmt: skip
    field, direction = what.split(" ")
    count = session.query(MappingEntry).count()
    given = {"period": "season", "is_buyer": False, "status": "good", **more}
    session.add(
        MappingEntry(
            event_id=event.id,
            party_id=party.id,
            row_key=str(count),
            row_number=count,
            field=field,
            direction=direction,
            commodity=goods,
            period_as_written="",
            quantity_kg=kg,
            price_rupiah_per_kg=price,
            note="",
            reasons=[],
            **given,
        )
    )
    session.flush()


def party(session: Session, kind: PartyKind, area: str) -> Party:
    count = session.query(Party).count()
    made = Party(identity=f"made:{count}", kind=kind, name=f"Pihak {count}", area_code=area, created_at=NOW)
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def small(store: Store) -> tuple[Store, dict[str, Party]]:
    """Two events in one regency: a grower who let only a part be milled, a miller, a buyer of each kind."""
    with store.write() as session:
        staff = builders.create_staff(session)
        first, second = (builders.create_event(session, staff.coordinator, NOW + timedelta(days=day)) for day in (0, 1))
        second.starts_on += timedelta(days=1)
        grower, miller, outlet = (party(session, PartyKind.KDMP, code) for code in VILLAGES)
        depot = party(session, PartyKind.SOE, "32.03")
        row(session, first, grower, "production potential", "gkp", 90_000)
        row(session, second, grower, "production potential", "gkp", 10_000, 6_600)
        row(session, second, grower, "processing need", "milling", 4_000)
        row(session, second, miller, "processing potential", "milling", 50_000, 430)
        row(session, second, outlet, "marketing potential", "rice_medium", 20_000, 13_300, is_buyer=True)
        row(session, second, miller, "marketing potential", "rice_medium", 20_000, 13_300)
        row(session, second, depot, "marketing potential", "gkp", 5_000, 6_500)
        row(session, second, depot, "marketing potential", "gkp", 3_000, 7_000, period="month")
        row(session, second, depot, "distribution need", "transport", 700)
        row(session, second, grower, "production potential", "gkp", 77, status="rejected")
    return store, {"grower": grower, "miller": miller, "outlet": outlet, "depot": depot}


def test_each_good_entry_of_the_latest_event_stands_in_the_question_or_in_a_note(
    small: tuple[Store, dict[str, Party]],
) -> None:
    store, parties = small
    with store.read() as session:
        read = reading.read(session, CIANJUR, 6_200)
        assert reading.read(session, area_plans.find("32.03.31"), 6_200).parties == 3
        for code, refusal in (("32.04", "no_event"), ("32.03.31.2002", "no_offer"), ("32.03.05", "no_mapping")):
            with pytest.raises(InvalidInput) as refused:
                reading.read(session, area_plans.find(code), 6_200)
            assert refused.value.code == f"area_plans.{refusal}"
    problem = read.problem
    grower = parties["grower"].id
    stands = [(reading.area_of(code), reading.party_of(code)) for code in problem.villages.codes.tolist()]
    assert stands == [
        (one.area_code, one.id) for one in (parties["grower"],) * 2 + (parties["miller"], parties["outlet"])
    ]
    assert problem.villages.paddy.tolist() == [4_000, 6_000, 0, 0]
    assert problem.villages.milled.tolist() == [True, False, True, True]
    assert problem.villages.asks.tolist() == [6_600, 6_600, 0, 0]
    assert (problem.mills.capacities.tolist(), problem.demands.rice.tolist()) == ([50_000], [20_000])
    assert sorted(zip(problem.hubs.paddy.tolist(), problem.hubs.paddy_prices.tolist(), strict=True)) == [
        (3_000, 7_000), (5_000, 6_500)]  # fmt: skip
    assert [(note.code, note.count, note.kg) for note in read.notes] == [("own_outlet", 1, 20_000), ("trucks", 1, 700)]
    assert (read.events, read.entries, read.rejected) == (2, 8, 1)
    found = area_plans.solve(area_plans.Question(CIANJUR, read, 0, Engine.HIGHS, b"")).result
    # 4 t are milled for the outlet; of the 6 t not to be milled 3 t find a price that is asked, the rest none.
    assert (int(found.milled.sum()), found.flows(Kind.PADDY).kg.tolist()) == (4_000, [3_000])
    assert {one["why"]: one["kg"] for one in facts.of(found, CIANJUR, ())["reasons"] if one["what"] == "paddy"} in (
        {"buyers_full": 3_000},
        {"wish": 3_000},
    )
    assert all(reading.party_of(code) == grower for code in found.flows(Kind.PADDY).sellers.tolist())


@pytest.fixture
def busy(store: Store, tmp_path: Path) -> Busy:
    return desks.make_busy(desks.make_desk(store, tmp_path / "data"))


@pytest.mark.database("sqlite")
def test_an_area_of_one_event_is_worth_what_the_event_is_and_a_little_of_what_it_cannot_hold(busy: Busy) -> None:
    """Classes and asks of rice bind each flow of an event, in an area only at the door: never less, a percent more."""
    with busy.desk.store.write() as session:
        event = session.get_one(Event, busy.event_id)
        baseline = event.baseline_rupiah_per_kg
        kept = plans.latest(session, event)
        assert kept is not None
        area = area_plans.solve(area_plans.question(session, CIANJUR, baseline, Engine.HIGHS))
        assert kept.value_rupiah <= area.result.value <= kept.value_rupiah * 101 // 100
        assert area.facts["placed"] == 3_230_000
        session.execute(delete(MappingEntry).where(MappingEntry.direction == "need", MappingEntry.field == "marketing"))
        session.execute(delete(MappingEntry).where(MappingEntry.commodity == "rice_premium"))
        alone = plans.ask(session, event, replace(plans.NONE, aside=_signed(session, event))).solved.result
        bare = area_plans.solve(area_plans.question(session, CIANJUR, baseline, Engine.HIGHS))
        assert bare.result.value_milli == alone.value_milli


def _signed(session: Session, event: Event) -> tuple[str, ...]:
    return tuple(one.agreement for one in plans.problem_of(session, event).commitments.signed)


@pytest.mark.database("sqlite")
def test_a_kept_plan_is_found_again_and_proven_from_its_own_bytes(small: tuple[Store, dict[str, Party]]) -> None:
    store, _ = small
    with store.write() as session:
        asked = area_plans.question(session, CIANJUR, None, Engine.HIGHS)
        plan = area_plans.keep(session, area_plans.solve(asked), {"cpu_ms": 5, "mb": 9}, SYSTEM, NOW)
        again = area_plans.question(session, CIANJUR, None, Engine.HIGHS)
        assert (again.content, area_plans.known(session, again)) == (asked.content, plan)
        assert packing.question(packing.asked(asked.content)[0], "32.03", 0) == asked.content
        assert (plan.baseline_rupiah_per_kg, plan.gap_milli) == (6_200, 0)
        assert session.scalars(select(Step).where(Step.move == "make_area_plan")).one().details["plan"] == plan.id
        other = area_plans.question(session, CIANJUR, 6_300, Engine.HIGHS)
        assert area_plans.known(session, other) is None
    with store.write() as session:
        kept = session.get_one(AreaPlan, plan.id)
        assert area_plans.prove(kept).same
        forged = packing.asked(asked.content)[0]
        more = replace(forged, villages=replace(forged.villages, paddy=forged.villages.paddy + np.int64(1)))
        kept.inputs = packing.squeeze(packing.question(more, "32.03", 0))
        proof = area_plans.prove(kept)
        assert (proof.same, proof.inputs_whole) == (False, False)
        with pytest.raises(Conflict):
            area_plans.problem_of(kept)
        kept.solver = "highspy 0.0.1"
        with pytest.raises(Conflict) as refused:
            area_plans.prove(kept)
        assert refused.value.code == "area_plans.other_solver"


def test_an_area_has_a_code_and_an_unknown_one_is_refused() -> None:
    assert [area_plans.find(code).label for code in ("", "pulau-2", "32")] == [
        "Indonesia",
        "Jawa",
        "Provinsi Jawa Barat",
    ]
    assert area_plans.above(area_plans.find("32.03")) == ["nasional", "32"]
    for code in ("99", "pulau-9", "pulau-", "jawa", "32.03.99"):
        with pytest.raises(NotFound):
            area_plans.find(code)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def asked(tmp_path: Path, database_url: str) -> Iterator[tuple[Tools, int]]:
    """Tools of a worker by the true clock, and a regency whose plan is asked for."""
    with work.open_tools(tmp_path, database_url, now) as parts:  # type: ignore[arg-type]
        with parts.store.write() as session:
            area_record.fill(session, "32.03.05", regency="32.03")
            number = area_plans.ask(session, CIANJUR, None, SYSTEM, now()).id
            assert area_plans.ask(session, CIANJUR, None, SYSTEM, now()).id == number
        yield parts, number


def _row(parts: Tools, number: int) -> AreaAsk:
    with parts.store.read() as session:
        return session.get_one(AreaAsk, number)


def test_the_worker_goes_on_while_its_child_finds_the_plan_and_a_killed_one_is_taken_up_again(
    asked: tuple[Tools, int],
) -> None:
    parts, number = asked
    worker = Worker(parts, prefect=False)
    assert worker.turn() == 1
    (pid,) = parts.children.pids
    os.kill(pid, signal.SIGKILL)
    parts.children.wait(30)
    held = _row(parts, number)
    assert (held.state, held.attempts) == (AskState.ASKED, 1)
    assert held.leased_by != parts.worker
    assert worker.turn() == 0  # the dead child's lease still stands
    later = replace(parts, now=lambda: now() + timedelta(minutes=2))
    assert owed.take(later, work.kind("area_plan")) is not None
    with parts.store.write() as session:
        row = session.get_one(AreaAsk, number)
        row.lease_until = now() - timedelta(seconds=1)
    assert worker.turn() == 1
    parts.children.wait(60)
    row = _row(parts, number)
    assert (row.state, row.attempts, row.due_at, row.leased_by) == (AskState.MADE, 0, None, None)
    assert row.progress["step"] == "solving"
    with parts.store.read() as session:
        plan = area_plans.latest(session, "32.03")
        assert plan is not None
        assert (plan.id, plan.baseline_rupiah_per_kg) == (row.plan_id, 6_200)
        assert plan.facts["cost"]["mb"] > 0
        assert area_plans.prove(plan).same
    assert worker.turn() == 0


@pytest.mark.database("sqlite")
def test_what_cannot_be_is_refused_on_its_row_and_what_dies_again_and_again_is_given_up(
    asked: tuple[Tools, int],
) -> None:
    parts, number = asked
    with parts.store.write() as session:
        session.get_one(AreaAsk, number).attempts = area_plans.MOST_ATTEMPTS
    Worker(parts, prefect=False).turn()
    row = _row(parts, number)
    assert (row.state, row.refusal["code"], row.due_at) == (AskState.REFUSED, "area_plans.gave_up", None)
    with parts.store.write() as session:
        bare = area_plans.ask(session, area_plans.find("32.04"), None, SYSTEM, now()).id
    Worker(parts, prefect=False).turn()
    parts.children.wait(60)
    assert _row(parts, bare).refusal == {"code": "area_plans.no_event", "values": {"area": "Kabupaten Bandung"}}


@pytest.mark.database("sqlite")
def test_the_clock_asks_for_the_nation_as_often_as_is_set_and_never_by_itself(asked: tuple[Tools, int]) -> None:
    parts, _ = asked
    clock = [now()]

    def nations(setting: str) -> int:
        set_ = parts.settings.model_copy(update={"nation_plan": setting})
        housekeeping.do(replace(parts, settings=set_, now=lambda: clock[0]))
        with parts.store.read() as session:
            return session.query(AreaAsk).filter_by(area_code="nasional").count()

    assert [nations("off"), nations("weekly"), nations("weekly")] == [0, 1, 1]
    clock[0] += timedelta(days=6)
    assert nations("weekly") == 1
    with parts.store.write() as session:
        for row in session.query(AreaAsk):
            row.state = AskState.MADE
    clock[0] += timedelta(days=1, seconds=1)
    assert nations("weekly") == 2
    with parts.store.read() as session:
        steps = session.scalars(select(Step).where(Step.move == "ask_area_plan").order_by(Step.sequence))
        assert [step.actor_kind for step in steps][-1] == Actor.CLOCK.value


@pytest.fixture
def command(
    small: tuple[Store, dict[str, Party]], database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    monkeypatch.setenv("KDMP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KDMP_DATABASE_URL", database_url)

    def kdmp(*words: str) -> Result:
        return CliRunner().invoke(main, ["match", *words])

    return kdmp


@pytest.mark.database("sqlite")
def test_the_command_matches_an_area_keeps_the_plan_and_proves_it(command: Any) -> None:
    told = command("--area", "32.03", "--engine", "highspy")
    assert told.exit_code == 0, told.output
    assert "Nilai tambah Rp" in told.stdout
    assert "di atas menjual sendiri pada Rp6.200 per kg gabah" in told.stdout
    assert "Terbukti tidak ada yang lebih baik." in told.stdout
    assert "putaran 1" in told.stderr
    assert "Kec. Haurwangi, Kabupaten Cianjur: 10 ton, 7 ton, 4 ton, 3 ton" in told.stdout
    plain = json.loads(command("--area", "32.03", "--engine", "highspy", "--json").stdout)
    assert (plain["plan"], plain["area"], plain["gap_milli"]) == (1, "32.03", 0)
    assert (plain["facts"]["placed"], plain["facts"]["served"]) == (7_000, 1)
    dearer = json.loads(command("--area", "32", "--engine", "highspy", "--baseline", "6300", "--json").stdout)
    assert dearer["value_rupiah"] == plain["value_rupiah"] - 100 * 7_000
    proof = json.loads(command("--area", "32.03", "--again", "--json").stdout)
    assert proof == {"plan": 1, "kept_sha256": plain["result_sha256"], "found_sha256": plain["result_sha256"],
                     "inputs_whole": True, "same": True}  # fmt: skip
    for words, status, said in (
        (("--area", "99"), 1, "Kode wilayah “99” tidak dikenal"),
        (("--area", "31"), 1, "belum ada acara"),
        (("--area", "32.03.05"), 1, "belum punya potensi dan kebutuhan"),
        (("--area", "32.03", "--baseline", "0"), 1, "Harga pembanding"),
        (("--area", "32.03.05", "--again"), 1, "Belum ada rencana untuk wilayah ini"),
        (("--area", "32.03", "--as", "rudi"), 1, "wilayah"),
        ((), 2, "salah satu saja"),
        (("1", "--area", "32"), 2, "salah satu saja"),
        (("1", "--baseline", "6300"), 2, "hanya untuk --area"),
    ):
        refused = command(*words)
        assert (refused.exit_code, said in refused.output) == (status, True), (words, refused.output)


@pytest.mark.database("sqlite")
def test_the_page_of_an_area_asks_waits_tells_and_shows_the_way_back(busy: Busy) -> None:
    page, desk = "/meja/wilayah/32.03", busy.desk
    wati = desk.sign_in(desk.staff.ministry)
    assert "Kabupaten Cianjur: belum ada rencana" in wati.words(page)
    assert "Indonesia" in wati.words("/meja/wilayah")
    assert wati.post(page, page, baseline="0").status_code == 422
    assert wati.post(page, page, baseline="6.300").status_code == 303
    waiting = wati.get(page)
    assert "Menunggu giliran." in desks.words(waiting)
    pulse = waiting.text.split('data-renew-from="')[1].split('"')[0].replace("&amp;", "&")
    assert wati.get(pulse).status_code == 204
    with desk.store.write() as session:
        row = area_plans.pending(session, "32.03")
        assert row is not None
        area_plans.refuse(row, InvalidInput("area_plans.no_buyer", area="Kabupaten Cianjur"), NOW)
    assert wati.get(pulse).status_code == 200
    refused = wati.words(page)
    assert "belum ada pembeli yang menyebut harga" in refused
    assert "Hitung rencana" in refused
    with desk.store.write() as session:
        found = area_plans.solve(area_plans.question(session, CIANJUR, 6_300, Engine.HIGHS))
        plan = area_plans.keep(session, found, {"cpu_ms": 5, "mb": 9}, SYSTEM, NOW)
        area_plans.made(area_plans.ask(session, CIANJUR, 6_300, SYSTEM, NOW), plan, NOW)
    told = wati.words(page)
    assert "Semua 3.230 ton gabah mendapat tujuan. Yang kurang gilingan: 10 dari 10 penuh." in told
    assert (
        "di atas menjual sendiri pada Rp6.300 per kg gabah (pembanding f). Terbukti tidak ada yang lebih baik." in told
    )
    assert "Kec. Haurwangi" in told
    wishes = {str(one) for one in desk_asks(desk.store)}
    assert not [one for one in wishes if f"Rp{int(one):,}".replace(",", ".") in told]
    rudi = desk.sign_in(desk.staff.reviewer)
    assert "Hitung ulang" not in rudi.words(page)
    assert rudi.get("/meja/wilayah/32").status_code == 404


def desk_asks(store: Store) -> list[int]:
    """Give every price that a party wishes for."""
    wishing = MappingEntry.direction == "need", MappingEntry.price_rupiah_per_kg.is_not(None)
    with store.read() as session:
        return [one for one in session.scalars(select(MappingEntry.price_rupiah_per_kg).where(*wishing)) if one]

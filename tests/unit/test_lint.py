"""A text that names a price where none may stand, or an opening it cannot keep, is found; an honest one is not."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mou_templates import reading
from mou_templates.examples import example_facts
from mou_templates.kinds import KINDS
from mou_templates.lint import CODES, MEMORANDA, Finding, lint
from mou_templates.papers import addendum, network
from mou_templates.press import shipped
from mou_templates.reading import Grid, Line, Reading
from mou_templates.words import dress

EVERY_KIND = pytest.mark.parametrize("kind", sorted(KINDS))
MEMORANDUM = pytest.mark.parametrize("kind", MEMORANDA)
PLACES = ("Sukamaju", "Cihea", "Karang Tengah 2", "RT 03 RW 05", "Jalan 17 Agustus Nomor 1945", "Blok C/12")
GOODS = (
    "GKP",
    "beras medium",
    "jagung pipilan",
    "giling gabah",
    "angkutan 2 ton",
    "karung isi 50 kg",
    "pupuk 15-15-15",
)
PERIODS = ("per musim tanam", "per bulan", "setiap panen", "tahun 2025", "2 (dua) kali setahun")
ROLES = (
    "menyediakan 14.000 kg (empat belas ribu kilogram) gabah setiap musim",
    "menyampaikan perkiraan panen paling lambat 7 (tujuh) hari sebelumnya",
    "mengindahkan Undang-Undang Nomor 5 Tahun 1999 dalam setiap pembicaraan tentang harga",
    "melaporkan harga jual setiap bulan paling lambat tanggal 10",
    "menjaga rendemen 630 kg beras per ton gabah kering giling",
    "menyediakan 3 (tiga) unit truk untuk 2.500 kg setiap perjalanan",
    "membayar bea meterai Rp10.000 (sepuluh ribu rupiah) untuk rangkap yang diterimanya",
)
PRICES = (
    *(
        "Rp6.700",
        "Rp 6.700",
        "Rp. 6.700,-",
        "rp6700",
        "RP 6.700,00",
        "IDR 6.700",
        "Rp 6 700",
        "Rp6.700/kg",
        "Rp enam ribu",
    ),
    *("6.700 rupiah", "6700 rupiah per kilogram", "enam ribu tujuh ratus rupiah", "dua belas ribu rupiah"),
    *("6.700 per kg", "6.700/kg", "6700 / kg", "6.700 setiap kg", "6.700 sekilo", "6700 perkg", "6.700/kilogram"),
    *("6,7 ribu per kilogram", "6,7 ribu/kg", "12 ribu per kilo", "650.000 per kuintal", "Rp6,7 juta per ton"),
    *(
        "enam ribu tujuh ratus per kilogram",
        "enam ribu lima ratus per karung",
        "rupiah per kilogram",
        "6.700,-",
        "@6.700",
    ),
    *("harga 6.700", "harga GKP 6700", "seharga 6.700", "harga jual beras medium adalah 12.000", "harga enam ribu"),
    *("harga per kg 6.700", "per kilogram sebesar 6.700", "6.700 (enam ribu tujuh ratus) per kg", "Rp6.700.000"),
    *("6.700 untuk setiap kilogram", "harga gabah kering panen di tingkat petani paling rendah 6.500"),
)


def drafted(kind: str, facts: dict[str, Any]) -> Reading:
    return reading.draft(shipped(kind), dress(kind, facts)).reading


def linted(kind: str, facts: dict[str, Any], open_days: int = 1) -> tuple[Finding, ...]:
    return lint(kind, facts, drafted(kind, facts), open_days=open_days)


@EVERY_KIND
def test_an_example_is_not_alarming(kind: str) -> None:
    assert linted(kind, example_facts(kind)) == ()


@st.composite
def memoranda(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Make a memorandum with figures, places and roles that look like prices and are none."""
    kind = draw(st.sampled_from(MEMORANDA))
    facts = network.example(draw(st.integers(1, 6))) if kind == "mou_network" else example_facts(kind)
    facts["subject"] = f"Kerja Sama {draw(st.sampled_from(GOODS))} di {draw(st.sampled_from(PLACES))}"
    facts["signing_mode"] = draw(st.sampled_from(("at_once", "over_days", "electronic", "mixed")))
    for row in facts["capacity"]:
        row.update(
            kg=draw(st.integers(0, 2_000_000)),
            commodity=draw(st.sampled_from(GOODS)),
            period=draw(st.sampled_from(PERIODS)),
        )
    for name in ("roles_first", "roles_second"):
        if name in facts:
            facts[name] = draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=4))
    for place, party in KINDS[kind].parties(facts):
        party["address"] = f"{draw(st.sampled_from(PLACES))} Nomor {draw(st.integers(1, 99_999))}"
        party["nib"] = str(draw(st.integers(10**12, 10**13 - 1)))
        assert place
    return kind, facts


@settings(max_examples=250, deadline=None)
@given(memoranda())
def test_no_honest_memorandum_is_alarming(made: tuple[str, dict[str, Any]]) -> None:
    assert linted(*made) == ()


@pytest.mark.parametrize("price", PRICES)
@pytest.mark.parametrize("sentence", ["menjual gabah dengan {}", "{} menjadi dasar", "menerima beras ({})"])
def test_a_price_is_found_however_it_is_written(price: str, sentence: str) -> None:
    facts = example_facts("mou_bilateral")
    facts["roles_first"][0] = sentence.format(price)
    (found,) = linted("mou_bilateral", facts)
    assert found.code == "price_between_primaries"
    assert found.sentence.startswith("a. ") or sentence.format(price) in found.sentence


@settings(max_examples=100, deadline=None)
@given(st.integers(100, 99_999), st.sampled_from(["Rp{}", "{} rupiah", "{}/kg", "{} per kilogram", "{},- tiap kg"]))
def test_any_figure_is_found(amount: int, written: str) -> None:
    facts = example_facts("mou_hub")
    facts["quality_standard"] = f"mutu medium, {written.format(f'{amount:,}'.replace(',', '.'))}"
    assert [finding.code for finding in linted("mou_hub", facts)] == ["price_between_primaries"]


@MEMORANDUM
def test_a_price_in_the_matrix_is_found_in_the_annex(kind: str) -> None:
    facts = example_facts(kind)
    facts["capacity"][0]["commodity"] = "GKP Rp6.700"
    (found,) = linted(kind, facts)
    assert (found.code, found.about) == ("price_in_annex", "Rp6.700")


def test_a_price_in_the_action_plan_is_found() -> None:
    facts = network.example(2)
    facts["actions"][0]["output"] = "Harga gabah 6.700 disepakati"
    assert [finding.code for finding in linted("mou_network", facts)] == ["price_in_annex"]


def test_a_column_of_prices_is_found_by_its_head() -> None:
    whole = drafted("mou_bilateral", example_facts("mou_bilateral"))
    head, row = (Line("CellHead", "Harga"),), (Line("Cell", "6.700"),)
    blocks = (*whole.blocks, Grid((((Line("CellHead", "Barang"),), head), ((Line("Cell", "GKP"),), row)), 1))
    found = lint("mou_bilateral", {}, dataclasses.replace(whole, blocks=blocks), open_days=1)
    assert [(finding.code, finding.about) for finding in found] == [("price_in_annex", "6.700")]


def test_a_finding_names_its_paragraph_and_sentence() -> None:
    facts = example_facts("mou_bilateral")
    facts["roles_first"] = ["menjaga mutu", "menjual dengan Rp6.700 per kg"]
    (found,) = linted("mou_bilateral", facts)
    lines = list(reading.lines(drafted("mou_bilateral", facts).blocks))
    assert found.paragraph is not None
    assert "Rp6.700 per kg" in lines[found.paragraph - 1].text
    assert "Rp6.700 per kg" in found.sentence


def test_a_price_beside_the_stamp_duty_is_still_found() -> None:
    facts = example_facts("mou_bilateral")
    facts["roles_first"] = ["membayar meterai Rp10.000 dan menjual seharga Rp6.700"]
    (found,) = linted("mou_bilateral", facts)
    assert found.about == "Rp6.700"


def test_ten_thousand_without_a_stamp_is_a_price() -> None:
    facts = example_facts("mou_bilateral")
    facts["roles_first"] = ["menjual beras dengan Rp10.000"]
    assert [finding.code for finding in linted("mou_bilateral", facts)] == ["price_between_primaries"]


def test_a_supply_agreement_names_its_prices() -> None:
    assert linted("pks", example_facts("pks")) == ()


@pytest.mark.parametrize(
    ("title", "codes"), [("Nota Kesepahaman X", ["price_between_primaries"]), ("Perjanjian X", [])]
)
def test_an_addendum_names_a_price_only_where_its_parent_may(title: str, codes: list[str]) -> None:
    facts = addendum.example()
    facts["parent"]["title"] = title
    facts["changes"][0]["new_text"] = ["Harga gabah adalah Rp6.700 per kilogram."]
    assert [finding.code for finding in linted("addendum", facts)] == codes


@pytest.mark.parametrize(("mode", "days", "codes"), [("at_once", 2, 1), ("at_once", 1, 0), ("mixed", 30, 0)])
@pytest.mark.parametrize("kind", ["mou_bilateral", "mou_hub", "mou_network", "pks", "addendum", "accession"])
def test_an_opening_of_one_day_is_refused_when_the_round_is_open_longer(
    kind: str, mode: str, days: int, codes: int
) -> None:
    found = linted(kind, {**example_facts(kind), "signing_mode": mode}, days)
    assert [finding.code for finding in found] == ["one_day_opening"] * codes
    assert all("Pada hari ini" in finding.sentence for finding in found)


def test_each_missing_element_is_named() -> None:
    whole = drafted("pks", example_facts("pks"))
    blocks = tuple(b for b in whole.blocks if not (isinstance(b, Line) and b.text.endswith("\nKORESPONDENSI")))
    found = lint("pks", {}, dataclasses.replace(whole, blocks=blocks), open_days=1)
    assert found == (Finding("element_missing", about="correspondence"),)


def test_every_code_is_listed() -> None:
    assert set(CODES) == {"one_day_opening", "price_between_primaries", "price_in_annex", "element_missing"}

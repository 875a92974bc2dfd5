"""Minutes, handover notes, powers of attorney and attendance lists add up, name everybody and print no NIK."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from mou_templates import elements, reading
from mou_templates.equality import bare
from mou_templates.errors import CODES, Refused
from mou_templates.examples import example_facts
from mou_templates.kind import FIGURE_LIMIT, signature_code
from mou_templates.kinds import SHORT_PAPERS, check_facts, kind_of, open_blanks, parties
from mou_templates.papers import attendance, handover, power_of_attorney
from mou_templates.press import shipped
from mou_templates.reading import Grid, Line, Reading
from mou_templates.words import dress

CODES_OF_SHORT = [paper.KIND.code for paper in SHORT_PAPERS]
EVERY_SHORT = pytest.mark.parametrize("kind", CODES_OF_SHORT)
BLANKS = {"letter_number": None, "place": None, "dated": None}
NIK = "3203012501800001"
LONG = "Raden Ajeng Siti Nurhaliza Kusumawardhani Purwaningrum Sastroamidjojo Wirahadikusumah binti Haji Abdul, M.M."


def drafted(kind: str, facts: dict[str, Any]) -> Reading:
    return reading.draft(shipped(kind), dress(kind, facts)).reading


def text_of(kind: str, facts: dict[str, Any]) -> str:
    return reading.plain_text(drafted(kind, facts))


def refused(kind: str, facts: dict[str, Any]) -> Refused:
    with pytest.raises(Refused) as refusal:
        dress(kind, facts)
    assert set(refusal.value.values) == set(CODES[refusal.value.code])
    return refusal.value


def grids(read: Reading) -> list[Grid]:
    return [block for block in read.blocks if isinstance(block, Grid) and block.heads]


@EVERY_SHORT
def test_a_short_paper_has_every_element_it_may_not_lack(kind: str) -> None:
    assert elements.missing(kind, drafted(kind, example_facts(kind))) == ()


@EVERY_SHORT
def test_a_short_paper_without_a_section_lacks_its_element(kind: str) -> None:
    read = drafted(kind, example_facts(kind))
    for block in read.blocks:
        element = elements.element_of(block.text) if isinstance(block, Line) and block.style == "Section" else None
        if element != "closing" and element in kind_of(kind).mandatory:
            kept = tuple(other for other in read.blocks if other is not block)
            assert element in elements.missing(kind, Reading(kept, read.headers, read.footers))


@EVERY_SHORT
@pytest.mark.parametrize("paper", ["A4", "F4"])
def test_the_phone_says_what_the_paper_says(kind: str, paper: str) -> None:
    read = drafted(kind, {**example_facts(kind), "paper": paper})
    html = reading.to_html(read)
    soup = BeautifulSoup(html, "lxml")
    assert bare(BeautifulSoup(html, "html.parser").get_text()) == bare(reading.plain_text(read))
    title = soup.find("h2")
    assert title is not None
    assert title.get_text().isupper()
    assert all(head.get("scope") == "col" for head in soup.find_all("th"))


@EVERY_SHORT
def test_a_missing_number_place_and_date_never_hold_a_short_paper_back(kind: str) -> None:
    facts = {**example_facts(kind), **BLANKS}
    assert "NOMOR: ......" in text_of(kind, facts)
    assert open_blanks(kind, facts) == ("/letter_number", "/place", "/dated")


@EVERY_SHORT
def test_each_who_signs_has_a_code_of_his_own(kind: str) -> None:
    facts = example_facts(kind)
    printed = text_of(kind, facts)
    codes = [signature_code(at) for at in range(1, len(parties(kind, facts)) + 1)]
    assert [printed.count(code) for code in codes] == [1] * len(codes)
    assert signature_code(len(codes) + 1) not in printed


@EVERY_SHORT
def test_no_short_paper_has_a_field_for_a_citizens_number(kind: str) -> None:
    with pytest.raises(Refused, match="fact_unknown"):
        check_facts(kind, {**example_facts(kind), "nik": NIK})


@EVERY_SHORT
@pytest.mark.parametrize(
    "number", [NIK, f"NIK{NIK}", f"no. 1 {NIK}", "3203 0125 0180 0001", "3203-0125-0180-0001", "320301.250180.0001"]
)
def test_a_number_like_a_nik_is_refused_in_every_text(kind: str, number: str) -> None:
    for place, change in texts(example_facts(kind), number):
        refusal = refused(kind, change)
        assert (refusal.code, refusal.values) == ("fact_citizen_number", {"place": place})


def texts(facts: Any, put: str, place: str = "") -> list[tuple[str, Any]]:
    """Give the facts again for every free text in them, with that text put in its stead."""
    if isinstance(facts, dict):
        return [
            (where, {**facts, name: changed})
            for name, value in facts.items()
            if name not in CLOSED
            for where, changed in texts(value, put, f"{place}/{name}")
        ]
    if isinstance(facts, list):
        found = texts(facts[0], put, f"{place}/0") if facts else []
        return [(where, [changed, *facts[1:]]) for where, changed in found]
    return [(place, put)] if isinstance(facts, str) else []


CLOSED = ("legal_review", "paper", "kind", "field", "direction", "gender", "way", "meterai")


@pytest.mark.parametrize(
    "number", ["0812-0000-0101 0812-0000-0102", "9120001234567", "12345678901234567", "518.08/96/BH"]
)
def test_other_numbers_are_printed(number: str) -> None:
    facts = attendance.example(1)
    facts["rows"][0]["phone"] = number
    assert number in text_of("attendance", {**facts, "with_phone": True})


@pytest.mark.parametrize("change", [1, -1, 100])
def test_a_net_weight_that_does_not_add_up_is_refused(change: int) -> None:
    facts = handover.example()
    facts["lines"][1]["net_kg"] += change
    refusal = refused("handover", facts)
    assert (refusal.code, refusal.values) == ("fact_sum", {"place": "/lines/1/net_kg", "expected": "1.000"})


def test_a_tare_above_the_gross_weight_is_refused() -> None:
    facts = handover.example()
    facts["lines"][0] |= {"gross_kg": 10, "tare_kg": 20, "net_kg": 0}
    assert refused("handover", facts).code == "fact_sum"


def test_an_amount_that_does_not_add_up_is_refused() -> None:
    refusal = refused("handover", {**handover.example(), "deductions": 0})
    assert (refusal.code, refusal.values) == ("fact_sum", {"place": "/amount", "expected": "105.800.000"})


def test_deductions_above_the_value_are_refused() -> None:
    refusal = refused("handover", {**handover.example(), "deductions": 105_800_001, "amount": 0})
    assert (refusal.code, refusal.values["place"]) == ("fact_range", "/deductions")


def test_a_value_beyond_words_is_refused() -> None:
    facts = handover.example()
    facts["lines"][0] |= {"gross_kg": 10**9, "tare_kg": 0, "net_kg": 10**9, "price": FIGURE_LIMIT // 10**9}
    assert refused("handover", facts).code == "fact_range"


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**4), st.integers(0, 10**5)), min_size=1, max_size=50)
)
def test_weights_and_amount_always_add_up_on_paper(weighed: list[tuple[int, int, int]]) -> None:
    line = handover.example()["lines"][0]
    lines = [
        {**line, "gross_kg": net + tare, "tare_kg": tare, "net_kg": net, "price": price} for net, tare, price in weighed
    ]
    value = sum(net * price for net, _, price in weighed)
    words = dress(
        "handover", {**handover.example(), "lines": lines, "deductions": value // 3, "amount": value - value // 3}
    )
    total = {name: int(figure.removeprefix("Rp").replace(".", "")) for name, figure in words["total"].items()}
    assert total["gross_kg"] - total["tare_kg"] == total["net_kg"] == sum(net for net, _, _ in weighed)
    assert total["value"] == value


def test_a_handover_adds_up_in_figures_and_words() -> None:
    printed = text_of("handover", handover.example())
    assert "Penyerahan\t:\tke-1 dari 3 (tiga) penyerahan" in printed
    assert "15.000 kg (lima belas ribu kilogram)" in printed
    assert "Rp104.862.000 (seratus empat juta delapan ratus enam puluh dua ribu rupiah)" in printed
    rows = grids(drafted("handover", handover.example()))[0].rows
    assert [cell[0].text for cell in rows[-1]] == ["", "Jumlah", "300", "15.060", "60", "15.000", "", "Rp105.800.000"]


def test_a_delivery_beyond_the_last_is_refused() -> None:
    refusal = refused("handover", {**handover.example(), "number": 4})
    assert (refusal.values["place"], refusal.values["most"]) == ("/number", "3")


def test_a_handover_without_tests_vehicle_or_witness_says_so() -> None:
    bare_facts = {"tests": [], "vehicle": None, "plate": None, "driver": None, "reservations": None, "witness": None}
    printed = text_of("handover", {**handover.example(), **bare_facts})
    assert "Tidak ada pemeriksaan mutu" in printed
    assert "Nomor polisi\t:\t–" in printed
    assert "Catatan\t:\ttidak ada" in printed
    assert "Saksi" not in printed


def test_minutes_tell_what_there_was() -> None:
    facts = example_facts("minutes")
    printed = text_of("minutes", facts)
    assert "pukul 09.00 WIB sampai dengan pukul 16.30 WIB" in printed
    assert "60 (enam puluh) orang dari 30 (tiga puluh) koperasi" in printed
    assert "jasa giling gabah 753.000" in printed
    assert printed.index("AGENDA") < printed.index("HASIL PEMETAAN") < printed.index("KESEPAKATAN\n")
    assert "Mengetahui" in printed


def test_minutes_of_a_meeting_with_nothing_but_decisions_say_so() -> None:
    nothing = {"basis": [], "speakers": [], "mapping": [], "actions": [], "acknowledged": []}
    printed = text_of("minutes", {**example_facts("minutes"), **nothing})
    for sentence in ("atas undangan penyelenggara", "tanpa narasumber", "tidak dipetakan", "Belum ada tindak lanjut"):
        assert sentence in printed
    assert "Mengetahui" not in printed


@pytest.mark.parametrize("name", ["opened", "closed"])
@pytest.mark.parametrize("time", ["9.00", "09:00", "24.00", "09.60", "pagi", "09.00 WIB"])
def test_a_time_that_is_none_is_refused(name: str, time: str) -> None:
    refusal = refused("minutes", {**example_facts("minutes"), name: time})
    assert (refusal.code, refusal.values["place"]) == ("fact_type", f"/{name}")


def test_minutes_that_close_before_they_open_are_refused() -> None:
    refusal = refused("minutes", {**example_facts("minutes"), "opened": "16.31"})
    assert (refusal.code, refusal.values["place"]) == ("fact_range", "/closed")


def test_minutes_stand_on_the_clock_of_their_zone() -> None:
    facts = {**example_facts("minutes"), "time_zone": "Asia/Jayapura"}
    assert "pukul 09.00 WIT sampai" in text_of("minutes", facts)
    assert refused("minutes", {**facts, "time_zone": "Europe/Paris"}).code == "fact_type"


def test_one_principal_signs_beside_the_agent_and_many_in_the_annex() -> None:
    alone = drafted("power_of_attorney", power_of_attorney.example())
    many = drafted("power_of_attorney", power_of_attorney.example(30))
    assert (len(grids(alone)), len(grids(many))) == (0, 1)
    assert [row[-1][0].text for row in grids(many)[0].rows[1:]] == [signature_code(at) for at in range(1, 31)]
    assert "LAMPIRAN" not in reading.plain_text(alone)
    assert "30 (tiga puluh) Koperasi Desa Merah Putih" in reading.plain_text(many)


def test_two_hundred_principals_are_the_most() -> None:
    assert signature_code(201) in text_of("power_of_attorney", power_of_attorney.example(200))
    assert refused("power_of_attorney", power_of_attorney.example(201)).code == "fact_range"


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("ink", "Cara\t:\tdi atas kertas\n"),
        ("electronic", "Cara\t:\tsecara elektronik\n"),
        ("either", "Cara\t:\tdi atas kertas atau secara elektronik\n"),
    ],
)
def test_a_power_says_how_the_agent_may_sign(way: str, words: str) -> None:
    assert words in text_of("power_of_attorney", {**power_of_attorney.example(), "way": way})


@pytest.mark.parametrize(("meterai", "label"), [("none", ""), ("per_copy", "Meterai"), ("electronic", "e-Meterai")])
def test_a_power_keeps_the_place_of_its_duty_stamp(meterai: str, label: str) -> None:
    printed = text_of("power_of_attorney", {**power_of_attorney.example(), "meterai": meterai}).split("\n")
    assert [line for line in printed if "Meterai" in line] == [label] * bool(label)


def test_a_power_is_for_one_act_only() -> None:
    facts = power_of_attorney.example()
    facts["deed"]["letter_number"] = None
    printed = text_of("power_of_attorney", facts)
    assert "Nomor\t:\t......" in printed
    assert "tanpa hak melimpahkannya kepada orang lain" in printed
    assert "tidak boleh mengubah isi naskah" in printed
    assert "Paling lambat\t:\t5 November 2025" in printed


def test_a_power_that_ends_before_it_is_given_is_refused() -> None:
    facts = {**power_of_attorney.example(), "valid_until": date(2025, 10, 21)}
    assert refused("power_of_attorney", facts).values["place"] == "/valid_until"
    assert "21 Oktober 2025" in text_of("power_of_attorney", {**facts, "dated": None})


@pytest.mark.parametrize("people", [1, 60, 500])
def test_an_attendance_list_has_a_row_for_everybody(people: int) -> None:
    facts = attendance.example(people)
    rows = grids(drafted("attendance", facts))[0].rows[1:]
    assert [row[0][0].text for row in rows] == [str(at) for at in range(1, people + 1)]
    assert [row[1][0].text for row in rows] == [row["name"] for row in facts["rows"]]
    assert {row[-1][0].text for row in rows} == {""}


@pytest.mark.parametrize("people", [0, 501])
def test_a_list_of_nobody_or_too_many_is_refused(people: int) -> None:
    assert refused("attendance", attendance.example(people)).code == "fact_range"


def test_phones_are_printed_only_where_the_organiser_asks() -> None:
    facts = attendance.example(2)
    assert "0812-0000-0001" not in str(dress("attendance", facts))
    asked = grids(drafted("attendance", {**facts, "with_phone": True}))[0].rows
    assert [row[-2][0].text for row in asked] == ["Telepon", "0812-0000-0000", "0812-0000-0001"]


def test_a_list_counts_people_and_cooperatives() -> None:
    facts = attendance.example(4)
    facts["rows"][3]["gender"] = None
    assert "4 (empat) orang dari 2 (dua) koperasi: 2 laki-laki dan 1 perempuan" in text_of("attendance", facts)


@pytest.mark.parametrize("day", [date(2025, 10, 21), date(2025, 10, 25)])
def test_a_day_that_is_not_of_the_event_is_refused(day: date) -> None:
    assert refused("attendance", {**attendance.example(1), "day": day}).values["place"] == "/day"


@pytest.mark.parametrize("name", ["Suharti", LONG, 'Toko <Maju> & "Jaya"', "Prof. Dr. Ir. H. Ñandú Çelik, S.E., M.M."])
def test_names_of_every_shape_stay_whole(name: str) -> None:
    facts = attendance.example(1)
    facts["rows"][0] |= {"name": name, "cooperative": name}
    facts["officer"] = dict.fromkeys(("name", "office", "institution"), name)
    assert text_of("attendance", facts).count(name) == 5


@pytest.mark.parametrize("place", ["name", "office", "institution"])
def test_a_name_that_is_too_long_is_refused(place: str) -> None:
    facts = example_facts("minutes")
    facts["chair"][place] = "n" * 121
    assert refused("minutes", facts).code == "word_long"

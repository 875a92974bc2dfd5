"""Keys, answers and readings of a workshop sheet, on sheets of other regencies with their rows in any order."""

from __future__ import annotations

import random
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kdmp_core import areas
from kdmp_core.errors import InvalidInput
from kdmp_core.texts import catalogue
from kdmp_core.workshops import sheet
from kdmp_core.workshops.sheet import Choice, Decision, Field, Preview, Status
from kdmp_core.workshops.sheet.cells import date_of, phone_of
from kdmp_core.workshops.sheet.headings import COLUMNS
from kdmp_core.workshops.sheet.parties import legal_number_of
from kdmp_core.workshops.sheet.vocabulary import period_of
from kdmp_core.workshops.sheet.words import heading, keyed, party_key, person_key
from tests.sheets import Tables, party_row, regency_sheet, workbook

ACCEPT = Decision(Choice.ACCEPT, "sesuai usulan")


def read(tables: Tables) -> Preview:
    return sheet.read(workbook(tables), "lembar.xlsx")


def twins(*, shuffled: bool = False) -> Preview:
    """Give a sheet of Cianjur's two Sukamanah, with their rows as blocks or mixed."""
    tables = regency_sheet("33.10", seed=5, cooperatives=2, permuted=False)
    tables.event[5][1] = "32.03"
    tables.parties = [party_row(number, areas.find(code), f"Ketua {number}") for number, code in _SUKAMANAH]
    name = tables.parties[0][1]
    tables.mapping = [
        [None, name, field, "Potensi", commodity, f"{tons} ton", None, "per musim", None, None]
        for tons in (10, 20)
        for field, commodity in (("Produksi", "GKP"), ("Distribusi", "Angkutan"))
    ]
    tables.attendance = [[1, "Ketua 2", name, "Ketua", None, "L"], [2, "Orang Lain", name, "Sekretaris", None, "P"]]
    if shuffled:
        cihea = party_row(3, areas.find("32.03.31.2002"), "Ketua 3")
        tables.parties.append(cihea)
        lines = [tables.mapping[place] for place in (0, 3, 2, 1)]
        others = [
            [None, cihea[1], field, "Potensi", commodity, 5, "ton", "musim", None, None]
            for field, commodity in (("Produksi", "GKP"), ("Distribusi", "Angkutan"))
        ]
        tables.mapping = [*lines[:2], others[0], *lines[2:], others[1]]
    return read(tables)


_SUKAMANAH = ((1, "32.03.07.2001"), (2, "32.03.11.2001"))


@pytest.mark.parametrize(("regency", "seed"), [("33.10", 1), ("73.14", 2), ("51.02", 3), ("18.05", 4)])
def test_a_sheet_of_another_regency_with_permuted_rows_reads_as_it_was_meant(regency: str, seed: int) -> None:
    tables = regency_sheet(regency, seed)
    preview = read(tables)
    assert {row.status for row in preview.mapping} == {Status.GOOD}
    assert {party.status for party in preview.parties} == {Status.GOOD}
    assert [row.kg for row in preview.mapping] == tables.kilograms
    names = {party.number: party.name for party in preview.parties}
    assert [names[row.party or 0] for row in preview.mapping] == [row[1] for row in tables.mapping]
    assert preview.event.regency == regency
    assert preview.event.ends == date(2025, 11, 6)
    assert [row.is_buyer for row in preview.mapping].count(True) == 3


@given(st.integers(0, 10**6))
@settings(max_examples=12, deadline=None)
def test_keys_survive_any_order_of_rows(seed: int) -> None:
    tables = regency_sheet("33.10", seed=9, permuted=False)
    before = {row.key: (row.party, row.kg) for row in read(tables).mapping}
    random.Random(seed).shuffle(tables.mapping)
    assert {row.key: (row.party, row.kg) for row in read(tables).mapping} == before


def test_a_key_survives_a_corrected_quantity() -> None:
    tables = regency_sheet("33.10", seed=9, permuted=False)
    before = read(tables).mapping[0]
    tables.mapping[0][5:7] = "777 ton", None
    after = read(tables).mapping[0]
    assert (before.key, after.kg) == (after.key, 777_000)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), max_size=12), st.randoms())
def test_keys_are_unique_and_do_not_depend_on_order(rows: list[tuple[str, str]], chance: random.Random) -> None:
    keys = keyed(rows)
    assert len(set(keys)) == len(keys)
    order = list(range(len(rows)))
    chance.shuffle(order)
    assert sorted(keyed([rows[place] for place in order])) == sorted(keys)


def test_blocks_suggest_which_twin_is_meant() -> None:
    preview = twins()
    assert [finding.answer for row in preview.mapping for finding in row.findings] == [1, 1, 2, 2]
    decided = sheet.decide(preview, {row.key: ACCEPT for row in preview.mapping})
    assert [(row.party, row.kg) for row in decided.mapping] == [(1, 10_000), (1, 10_000), (2, 20_000), (2, 20_000)]


def test_mixed_rows_of_twins_get_no_suggestion_and_stay_open_until_one_is_chosen() -> None:
    preview = twins(shuffled=True)
    asked = [row for row in preview.mapping if row.status is Status.DOUBTFUL]
    assert [finding.answer for row in asked for finding in row.findings] == [None] * 4
    decided = sheet.decide(preview, {row.key: ACCEPT for row in asked})
    assert {row.key for row in asked} <= {row.key for row in decided.open}
    chosen = sheet.decide(preview, {asked[0].key: Decision(Choice.TAKE, "ditanyakan", {"party": 2})})
    assert (asked[0].key, 2) in {(row.key, row.party) for row in chosen.mapping}


def test_the_chair_tells_which_twin_an_attendance_row_means() -> None:
    preview = twins()
    assert preview.attendance[0].party == 2
    assert preview.attendance[0].status is Status.GOOD
    assert preview.attendance[1].status is Status.DOUBTFUL


def test_a_decision_wants_a_reason_and_readable_values() -> None:
    preview = twins()
    key = preview.mapping[0].key
    for decision in (
        Decision(Choice.ACCEPT, "  "),
        Decision(Choice.TAKE, "x", {"party": 99}),
        Decision(Choice.TAKE, "x", {"kg": -5}),
        Decision(Choice.TAKE, "x", {"nonsense": 1}),
        Decision(Choice.TAKE, "x", {"commodity": "emas"}),
    ):
        with pytest.raises(InvalidInput) as refused:
            sheet.decide(preview, {key: decision})
        assert refused.value.problems[0].place == key
        assert f"errors.{refused.value.problems[0].code}" in catalogue("id")


def test_decisions_are_read_from_plain_data() -> None:
    read_ = sheet.decisions_from({"a": {"decision": "take", "reason": "r", "values": {"party": 7}}})
    assert read_ == {"a": Decision(Choice.TAKE, "r", {"party": 7})}
    with pytest.raises(InvalidInput) as refused:
        sheet.decisions_from({"a": {"decision": "guess", "reason": "r"}, "b": {}})
    assert [problem.place for problem in refused.value.problems] == ["a", "b"]


def test_a_key_without_a_row_is_told_and_changes_nothing() -> None:
    preview = twins()
    assert sheet.decide(preview, {"potensi:lama": ACCEPT}).unknown == ("potensi:lama",)


def test_a_rejected_row_can_be_mended_by_an_answer() -> None:
    tables = regency_sheet("33.10", seed=9, permuted=False)
    tables.mapping[0][5:7] = "banyak", "ton"
    preview = read(tables)
    key = preview.mapping[0].key
    assert preview.mapping[0] in sheet.decide(preview, {key: ACCEPT}).left_out
    mended = sheet.decide(preview, {key: Decision(Choice.TAKE, "ditelepon", {"kg": "12,5 ton"})})
    assert next(row for row in mended.mapping if row.key == key).kg == 12_500


def test_an_own_outlet_becomes_a_buyer_only_with_a_price() -> None:
    tables = regency_sheet("33.10", seed=9, permuted=False)
    name = tables.parties[0][1]
    tables.mapping.append([None, name, "Pemasaran", "Potensi", "Beras medium", 30, "ton", "musim", None, None])
    preview = read(tables)
    row = preview.mapping[-1]
    assert [finding.code for finding in row.doubts] == ["own_outlet"]
    accepted = sheet.decide(preview, {row.key: ACCEPT}).mapping[-1]
    assert not accepted.is_buyer
    with pytest.raises(InvalidInput):
        sheet.decide(preview, {row.key: Decision(Choice.TAKE, "menerima", {"is_buyer": True})})
    taken = sheet.decide(preview, {row.key: Decision(Choice.TAKE, "menerima", {"is_buyer": True, "price": 13_000})})
    assert (taken.mapping[-1].is_buyer, taken.mapping[-1].price) == (True, 13_000)


def test_a_good_row_can_be_left_out_too() -> None:
    preview = read(regency_sheet("33.10", seed=9))
    key = preview.mapping[3].key
    decided = sheet.decide(preview, {key: Decision(Choice.LEAVE_OUT, "panitia membatalkan")})
    assert decided.left_out == (preview.mapping[3],)


def test_a_blank_workbook_filled_in_reads_back_with_all_an_agreement_needs() -> None:
    book = load_workbook(BytesIO(sheet.blank_workbook()))
    assert book.sheetnames == ["Acara", "Koperasi", "Potensi & Kebutuhan", "Peserta"]
    for row, value in enumerate(_EVENT, start=1):
        book["Acara"].cell(row, 2, value)
    for title, lines in (("Koperasi", _PARTIES), ("Potensi & Kebutuhan", _MAPPING), ("Peserta", _PEOPLE)):
        for row, line in enumerate(lines, start=4):
            for column, value in enumerate(line, start=1):
                book[title].cell(row, column, value)
    stream = BytesIO()
    book.save(stream)
    preview = sheet.read(stream.getvalue(), "lembar.xlsx")
    assert {row.status for row in preview.rows.values()} == {Status.GOOD}
    event, party = preview.event, preview.parties[0]
    assert (event.signing_place, event.agreement_date, event.working_months) == ("Cianjur", date(2025, 10, 24), 24)
    assert (event.register_unit, event.letter_number) == ("DISKOP-CJR", "001/DISKOP-CJR/NK/X/2025")
    assert (party.address, party.postcode, party.letter_number) == ("Jalan Raya 1", "43280", "5/KDMP/X/2025")
    officer = party.officer
    assert (officer.office, officer.authority_kind, officer.authority_number) == (
        "Ketua Pengurus",
        "SK pengurus",
        "SK-1",
    )
    assert (officer.authority_date, officer.phone) == (date(2025, 6, 1), "+6281234567890")
    assert [(row.party, row.field, row.kg) for row in preview.mapping] == [(1, Field.PRODUCTION, 12_500)]
    assert preview.attendance[0].party == 1


def test_a_blank_workbook_has_drop_downs_and_notes_and_headings_we_read() -> None:
    book = load_workbook(BytesIO(sheet.blank_workbook()))
    lists = {title: len(book[title].data_validations.dataValidation) for title in book.sheetnames}
    assert lists == {"Acara": 0, "Koperasi": 2, "Potensi & Kebutuhan": 6, "Peserta": 2}
    assert book["Koperasi"]["C3"].comment is not None
    for meaning, title in (("parties", "Koperasi"), ("mapping", "Potensi & Kebutuhan"), ("attendance", "Peserta")):
        assert all(heading(cell.value) in COLUMNS[meaning] for cell in book[title][3])


def test_an_empty_workbook_is_read_and_says_what_is_lacking() -> None:
    preview = sheet.read(sheet.blank_workbook(), "kosong.xlsx")
    assert {finding.code for finding in preview.findings} >= {"event_lacks", "no_parties"}
    assert sheet.decide(preview, {}).event is None


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("AHU-0025573.AH.01.29.TAHUN 2025", "AHU-0025573.AH.01.29.TAHUN 2025"),
        ("ahu-1033437.AH.01.29.TAHUN 2025", "AHU-1033437.AH.01.29.TAHUN 2025"),
        ("AHU-3866285.AH.01.29. Tahun 2025", "AHU-3866285.AH.01.29.TAHUN 2025"),
        ("AHU-25573.AH.01.29 TAHUN 2025", "AHU-25573.AH.01.29.TAHUN 2025"),
        ("AHU-25573/2025", ""),
        ("AHU-1.AH.01.29.TAHUN 2025", ""),
    ],
)
def test_decree_numbers_come_in_variants_and_leave_in_one_form(written: str, number: str) -> None:
    assert legal_number_of(written) == number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0813-0000-6421", "+6281300006421"),
        ("+62 852 0000 4084", "+6285200004084"),
        ("6285200007399", "+6285200007399"),
        ("81300006421", "+6281300006421"),
        ("(0263) 261234", "+62263261234"),
        ("12", ""),
        ("tidak punya", ""),
    ],
)
def test_phones_become_e164(written: str, number: str) -> None:
    assert phone_of(written) == number


@pytest.mark.parametrize(
    "written", ["22 Oktober 2025", "Rabu, 22 Okt 2025", "22-10-2025", "22/10/2025", "2025-10-22", "22 oktober 2025"]
)
def test_dates_as_people_write_them(written: str) -> None:
    assert date_of(written) == date(2025, 10, 22)


@pytest.mark.parametrize("written", ["31-02-2025", "besok", "22 Zul 2025", "10/22/2025", ""])
def test_what_is_no_date_is_none(written: str) -> None:
    assert date_of(written) is None


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_any_date_reads_back(day: date) -> None:
    months = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905
    assert date_of(f"{day.day} {months[day.month - 1]} {day.year}") == day
    assert date_of(f"{day.day:02d}-{day.month:02d}-{day.year}") == day


def test_titles_and_capitals_make_no_other_person() -> None:
    assert person_key("H. Aep Solihin, A.Md.") == person_key("AEP SOLIHIN") == "aep solihin"
    assert person_key("Usep Hidayat, S.E.") == person_key("USEP HIDAYAT")
    assert person_key("Dr. Ir. Siti Aminah, M.Si.") == "siti aminah"
    assert person_key("Lilis Sumarni") != person_key("Yayan Rahmawati")


def test_a_cooperatives_name_is_known_in_its_short_forms() -> None:
    assert party_key("KDMP Cihea") == party_key("Koperasi Desa Merah Putih  CIHEA  ") == "kdmp cihea"
    assert party_key("Koperasi Kelurahan Merah Putih Pamoyanan") == "kkmp pamoyanan"


def test_periods_in_three_spellings() -> None:
    assert [period_of(word) for word in ("per musim", "musim", "Musim tanam I", "MT 2", "per bulan", "entah")] == [
        "season", "season", "season_1", "season_2", "month", "",
    ]  # fmt: skip


_EVENT = (
    "Lokakarya", "Dinas Koperasi", "Aula", date(2025, 10, 22), date(2025, 10, 24), "Kab. Cianjur", "Beras", "6.300",
    "Cianjur", "24 Oktober 2025", "24 bulan", "DISKOP-CJR", "001/DISKOP-CJR/NK/X/2025",
)  # fmt: skip
_PARTIES = (
    (
        1, "Koperasi Desa Merah Putih Cihea", None, "Cihea", "Haurwangi", "AHU-0025573.AH.01.29.TAHUN 2025",
        "1234567890123", "123456789012345", "KDMP", "Hj. Entin Sumarni, S.E.", "Ketua Pengurus", "0812-3456-7890",
        "cihea@example.id", date(2030, 5, 31), "SK pengurus", "SK-1", "1 Juni 2025", "Jalan Raya 1", "43280",
        "5/KDMP/X/2025",
    ),
)  # fmt: skip
_MAPPING = (
    (1, None, "Koperasi Desa Merah Putih Cihea", "Produksi", "Potensi", "GKP", "12,5", "ton", "per musim", None),
)
_PEOPLE = ((1, "ENTIN SUMARNI", 1, "Koperasi Desa Merah Putih Cihea", "Ketua", "0812-3456-7890", "P"),)

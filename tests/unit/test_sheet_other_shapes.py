"""Sheets of other shapes: whatever the order, separator, encoding and shape, the same rows; and nothing is lost."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from kdmp_core.errors import InvalidInput, TooLarge
from kdmp_core.texts import has
from kdmp_core.workshops import sheet
from kdmp_core.workshops.sheet import Choice, Decision, Status
from kdmp_core.workshops.sheet.recognise import amounts, guess, meanings
from tests import tables
from tests.sheets import saved
from tests.tables import AMOUNTS, ENCODINGS, as_csv, as_xlsx, ground, read, row_wise, said, shuffled, wide

TITLES = ("DATA POTENSI KOPERASI KABUPATEN KLATEN", "Sumber: pendataan desa")


def meant(seed: int, many: int = 6) -> list[tables.Meant]:
    return tables.facts(random.Random(seed), many)


def codes(preview: sheet.Preview) -> Counter[str]:
    return Counter(found.code for found in preview.findings)


@given(
    seed=st.integers(0, 10**6),
    separator=st.sampled_from(";\t,|"),
    encoding=st.sampled_from(sorted(ENCODINGS)),
    unit=st.sampled_from(["kg", "ton"]),
    shape=st.sampled_from(["wide", "rows"]),
    titled=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_order_separator_encoding_and_shape_do_not_change_what_is_read(
    seed: int, separator: str, encoding: str, unit: str, shape: str, titled: bool
) -> None:
    chance = random.Random(seed)
    said_by = meant(seed)
    table = shuffled(wide(said_by, unit) if shape == "wide" else row_wise(said_by), chance)
    data = as_csv(table, separator, encoding, TITLES if titled else ())
    preview = read(data, ground(said_by))
    assert said(preview) == {row for one in said_by for row in one.rows}
    assert {row.status for row in preview.mapping} == {Status.GOOD}
    plain = read(as_csv(wide(said_by)), ground(said_by))
    assert {row.key.partition("/")[2] for row in preview.mapping} == {
        row.key.partition("/")[2] for row in plain.mapping
    }


@given(seed=st.integers(0, 10**6), titled=st.booleans())
@settings(max_examples=10, deadline=None)
def test_a_workbook_says_the_same_as_the_text(seed: int, titled: bool) -> None:
    said_by = meant(seed)
    table = shuffled(wide(said_by), random.Random(seed))
    preview = read(as_xlsx(table, TITLES if titled else ()), ground(said_by), "data.xlsx")
    assert said(preview) == {row for one in said_by for row in one.rows}


CELLS = st.sampled_from(
    [
        "12.500",
        "3,5 ton",
        "-30",
        "0",
        "-",
        "banyak",
        "1.5",
        "99999999999",
        "5 karung",
        "7 kuintal",
        None,
        "ya",
        "1.000 kg",
    ]
)


@given(st.lists(st.tuples(st.sampled_from(range(4)), *([CELLS] * len(AMOUNTS))), min_size=1, max_size=8), st.booleans())
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost(rows: list[tuple[int, *tuple[str | None, ...]]], total: bool) -> None:
    said_by = meant(7, 3)
    names = [*(one.name for one in said_by), "Koperasi Entah Di Mana"]
    head = ["Nama Koperasi", *(f"{name} (kg)" for name, _, _ in AMOUNTS)]
    table = [
        head,
        *([names[who], *cells] for who, *cells in rows),
        *([["JUMLAH", "9", "9", "9", "9"]] if total else []),
    ]
    preview = read(as_csv(table), ground(said_by))
    filled = [cell for _, *cells in rows for cell in cells if cell is not None]
    none = sum(int(found.values["n"]) for found in preview.findings if found.code == "cells_none")
    assert none == sum(cell in ("0", "-", "0,0 kg") for cell in filled)
    counts = preview.counts
    assert counts.good + counts.doubtful + counts.rejected + none == len(filled) + total
    assert len(preview.mapping) == len({row.key for row in preview.mapping})
    without = sum(all(cell is None for cell in cells) for _, *cells in rows)
    assert without == sum(int(found.values["n"]) for found in preview.findings if found.code == "rows_without_amount")
    for row in preview.mapping:
        assert row.status is Status.GOOD or all(found.sentence and found.row for found in row.doubts)


def test_every_wrong_cell_is_named_by_sheet_row_column_found_and_expected() -> None:
    said_by = meant(1, 2)
    table = wide(said_by)
    table[1][4:8] = ["-30", "banyak", "5 karung", "1.5"]
    preview = read(as_csv(table, above=TITLES), ground(said_by), "data klaten.csv")
    wrong = {found.cell: found for row in preview.mapping for found in row.doubts if found.row == 4}
    assert {cell: found.code for cell, found in wrong.items()} == {
        "E4": "not_positive", "F4": "not_a_number", "G4": "unknown_unit", "H4": "ambiguous",
    }  # fmt: skip
    assert wrong["E4"].sentence == (
        "Lembar data klaten, baris 4, kolom Produksi GKP (kg) (E4): Angka harus lebih dari nol. "
        "Tertulis “-30”. Seharusnya: angka lebih dari nol."
    )
    assert all(found.expected for found in wrong.values())


def test_a_harvest_by_month_is_asked_and_never_multiplied_and_a_mill_stays_as_written() -> None:
    said_by = [
        tables.Meant(**{**vars(one), "kg": {AMOUNTS[0][1]: 12_500, AMOUNTS[1][1]: 8_000}}) for one in meant(2, 1)
    ]
    table = wide(said_by)
    table[0][4:6] = ["Produksi GKP (kg/bulan)", "Kapasitas penggilingan (kg per bulan)"]
    preview = read(as_csv(table), ground(said_by))
    harvest, mill = preview.mapping
    assert ([found.code for found in harvest.doubts], harvest.kg, harvest.period) == (
        ["harvest_by_month"],
        12_500,
        "month",
    )
    assert (mill.status, mill.kg, mill.period, mill.period_as_written) == (Status.GOOD, 8_000, "month", "per bulan")
    decided = sheet.decide(preview, {harvest.key: Decision(Choice.ACCEPT, "ditanyakan")})
    assert [row.kg for row in decided.mapping] == [12_500, 8_000]


def test_a_unit_with_its_period_beside_it_is_read_and_one_that_contradicts_is_asked() -> None:
    said_by = meant(3, 2)
    head = ["Koperasi", "Bidang", "Potensi/Kebutuhan", "Komoditas", "Jumlah", "Satuan", "Periode"]
    line = [said_by[0].name, "Pengolahan", "Potensi", "Giling gabah", "12"]
    good = read(as_csv([head, [*line, "ton/bulan", None]]), ground(said_by)).mapping[0]
    assert (good.kg, good.period, good.status) == (12_000, "month", Status.GOOD)
    asked = read(as_csv([head, [*line, "ton/bulan", "per musim"]]), ground(said_by)).mapping[0]
    assert [found.code for found in asked.doubts] == ["periods_differ"]
    lost = read(as_csv([head, [*line, "karung/bulan", None]]), ground(said_by)).mapping[0]
    assert [found.code for found in lost.doubts] == ["unknown_unit"]


def test_two_rows_that_contradict_are_asked_without_a_suggestion() -> None:
    said_by = meant(4, 1)
    table = row_wise(said_by)
    first = table[1]
    table.append([*first[:7], "999.900", first[8]])
    preview = read(as_csv(table), ground(said_by))
    (asked,) = (found for row in preview.mapping for found in row.doubts)
    assert (asked.code, asked.answer, asked.values["first"]) == ("rows_contradict", None, "2")


def test_a_cooperative_that_needs_from_itself_is_asked() -> None:
    said_by = meant(5, 1)
    head = ["Koperasi", "Kapasitas giling (ton)", "Butuh giling (ton)"]
    enough = read(as_csv([head, [said_by[0].name, "50", "20"]]), ground(said_by)).mapping[1]
    assert [(found.code, found.answer) for found in enough.doubts] == [("needs_from_itself", True)]
    short = read(as_csv([head, [said_by[0].name, "20", "50"]]), ground(said_by)).mapping[1]
    assert [(found.code, found.answer) for found in short.doubts] == [("needs_from_itself", False)]
    kept = sheet.decide(read(as_csv([head, [said_by[0].name, "20", "50"]]), ground(said_by)), {
        short.key: Decision(Choice.ACCEPT, "memang kurang"),
    })  # fmt: skip
    assert len(kept.mapping) == 2


@pytest.mark.parametrize("word", ["JUMLAH", "Total", "Jumlah total :", "SUB TOTAL"])
def test_a_row_of_totals_is_named_left_out_on_accept_and_never_kept(word: str) -> None:
    said_by = meant(6, 2)
    preview = read(as_csv([*wide(said_by), [word, None, None, None, "9", "9", "9", "9"]]), ground(said_by))
    (total,) = (row for row in preview.mapping if row.status is not Status.GOOD)
    assert [(found.code, found.answer) for found in total.doubts] == [("totals_row", True)]
    assert total in sheet.decide(preview, {total.key: Decision(Choice.ACCEPT, "baris jumlah")}).left_out
    with pytest.raises(InvalidInput):
        sheet.decide(preview, {total.key: Decision(Choice.TAKE, "tidak", {"leave_out": False})})


def test_a_place_that_does_not_fit_or_does_not_exist_is_asked() -> None:
    said_by = meant(8, 2)
    head = ["Nama Koperasi", "Kode wilayah", "Produksi (ton)"]
    for code in (said_by[1].code, "99.99.99.9999"):
        preview = read(as_csv([head, [said_by[0].name, code, "5"]]), ground(said_by))
        (asked,) = preview.mapping[0].doubts
        assert (asked.code, asked.answer, asked.cell) == ("place_contradicts", 1, "B2")


def test_twins_are_told_apart_by_their_village_code_or_district() -> None:
    codes_ = ("32.03.07.2001", "32.03.11.2001")
    twins = tuple(
        sheet.Party(key=f"p{n}", row=0, number=n, kind=sheet.PartyKind.KDMP, name="KDMP Sukamanah", area_code=code)
        for n, code in enumerate(codes_, 1)
    )
    about = sheet.Ground(tables.EVENT, twins)
    table = [["Koperasi", "Kode Desa", "Produksi GKP (ton)"], *(["KDMP Sukamanah", code, "5"] for code in codes_[::-1])]
    assert [row.party for row in read(as_csv(table), about).mapping] == [2, 1]


def test_an_unknown_commodity_gets_the_nearest_as_a_suggestion() -> None:
    said_by = meant(9, 1)
    head = ["Koperasi", "Bidang", "Potensi/Kebutuhan", "Komoditas", "Jumlah (ton)"]
    lines = [[said_by[0].name, "Pemasaran", "Kebutuhan", goods, "5"] for goods in ("beras mediun", "GKG", "cabai")]
    preview = read(as_csv([head, *lines]), ground(said_by))
    assert [(found.code, found.answer) for row in preview.mapping for found in row.doubts] == [
        ("commodity_unknown", "rice_medium"), ("commodity_unknown", None), ("commodity_unknown", None),
    ]  # fmt: skip


def test_a_head_of_two_lines_with_merged_cells_is_read_as_one() -> None:
    said_by = meant(10, 2)

    def fill(book: Workbook) -> None:
        page = book.create_sheet("Rekap")
        page.append(["REKAP POTENSI DESA"])
        page.append(["No", "Nama Koperasi", "Produksi", None, "Pengolahan", None])
        page.append([None, None, "Potensi (ton)", "Kebutuhan (ton)", "Potensi (ton)", "Kebutuhan (ton)"])
        for number, one in enumerate(said_by, 1):
            page.append([number, one.name, 12.5, None, None, 7])
        page.append(["JUMLAH", None, 25, None, None, 14])
        for area in ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:F2", "A6:B6"):
            page.merge_cells(area)

    data = saved(fill)
    (found,) = sheet.find_tables(data, "rekap.xlsx")
    assert [(column.letter, column.means, column.unit) for column in found.use.columns] == [
        ("A", "number", ""), ("B", "party", ""),
        ("C", "production:potential:gkp", "ton"), ("D", "production:need:gkp", "ton"),
        ("E", "processing:potential:milling", "ton"), ("F", "processing:need:milling", "ton"),
    ]  # fmt: skip
    preview = read(data, ground(said_by), "rekap.xlsx")
    assert [row.kg for row in preview.mapping if row.kg] == [12_500, 7_000, 12_500, 7_000]
    assert codes(preview)["totals_row"] == 1


def test_a_list_of_cooperatives_becomes_parties_and_completes_those_there_are() -> None:
    said_by = meant(11, 3)
    head = ["Nama KDMP", "Kelurahan/Desa", "Kecamatan", "Nama Ketua", "No WA", "Nomor badan hukum"]
    rows = [[one.name, one.village, one.district, "Siti Aminah", "0812-3456-7890", None] for one in said_by]
    fresh = read(as_csv([head, *rows]), ground(), B="village")
    assert [(party.name, party.area_code, party.status) for party in fresh.parties] == [
        (one.name, one.code, Status.GOOD) for one in said_by
    ]
    more = read(as_csv([head, *rows]), ground(said_by[:2]), B="village")
    assert [(party.number, party.officer.name) for party in more.parties] == [
        (1, "Siti Aminah"), (2, "Siti Aminah"), (3, "Siti Aminah"),
    ]  # fmt: skip
    assert not more.mapping


def test_a_list_beside_a_mapping_keeps_what_it_knows_and_no_line_of_it_is_lost() -> None:
    said_by = meant(16, 3)
    head = ["Nama Koperasi", "Desa", "Kecamatan", "Nama Ketua"]
    people = [[one.name, one.village, one.district, "Siti Aminah"] for one in said_by]
    odd = [[None, "Jimbung", "Kalikotes", "Tanpa Nama"], people[0], ["JUMLAH", None, None, "3"]]

    def fill(book: Workbook) -> None:
        for title, rows in (("Anggota", [head, *people, *odd]), ("Data", [row[:2] + row[4:] for row in wide(said_by)])):
            page = book.create_sheet(title)
            for row in rows:
                page.append(row)

    preview = read(saved(fill), ground(), "data.xlsx")
    assert [party.status for party in preview.parties[:3]] == [Status.GOOD] * 3
    assert said(preview) == {row for one in said_by[1:] for row in one.rows}
    twice = [row for row in preview.mapping if row.status is not Status.GOOD]
    assert {row.party_as_written for row in twice} == {said_by[0].name}, "listed twice: which one is meant is asked"
    assert {found.code for row in twice for found in row.doubts} == {"name_twice"}
    more = [{found.code for found in party.doubts} for party in preview.parties[3:]]
    assert "name_missing" in more[0]
    assert more[1] == {"party_twice"}
    assert codes(preview)["totals_passed"] == 1


def test_a_list_without_places_does_not_ask_for_what_is_known() -> None:
    said_by = meant(17, 2)
    table = [["Koperasi", "No HP"], *([one.name, "0812-3456-7890"] for one in said_by)]
    preview = read(as_csv(table), ground(said_by), B="phone")
    assert [(party.number, party.area_code, party.status) for party in preview.parties] == [
        (number, one.code, Status.GOOD) for number, one in enumerate(said_by, 1)
    ]


def test_prices_beside_wide_amounts_are_read_and_a_slip_is_refused() -> None:
    said_by = meant(12, 2)
    head = ["Koperasi", "Jual beras medium (kg)", "Harga beras medium (Rp/kg)"]
    table = [head, [said_by[0].name, "5.000", "Rp12.000"], [said_by[1].name, "5.000", "120.000"]]
    good, slip = read(as_csv(table), ground(said_by)).mapping
    assert (good.price, good.status) == (12_000, Status.GOOD)
    assert [(found.code, found.cell) for found in slip.doubts] == [("price_unlikely", "C3")]


def test_what_is_ignored_is_said() -> None:
    said_by = meant(13, 2)
    table = [[*row, "x"] for row in wide(said_by)]
    table[0][-1] = "Luas lahan (ha)"
    table.append([None] * 8 + ["Mengetahui, Kepala Dinas"])
    preview = read(as_csv(table), ground(said_by))
    sentences = [found.sentence for found in preview.findings if found.code in ("columns_ignored", "rows_unread")]
    assert any("Luas lahan (ha)" in sentence for sentence in sentences)
    assert any("1 baris" in sentence and "4" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7\n1;2\n", "sheet.not_a_table"),
        (b"<html><table><tr><td>a;b</td></tr></table></html>", "sheet.not_a_table"),
        (b'{"nama": 1, "jumlah": 2}', "sheet.not_a_table"),
        (b"nama koperasi\nA\nB\n", "sheet.not_a_table"),
        (b"a;b;c\n1;2;3\n", "sheet.not_a_table"),
        (b"nama koperasi;jumlah\n\x00;1\n", "sheet.not_a_table"),
        (b"nama koperasi;jumlah\n\x81;1\n", "sheet.unknown_letters"),
        (b"\xff\xfenama koperasi;jumlah\n", "sheet.unknown_letters"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        sheet.find_tables(data, "data.csv")
    assert refused.value.code == code
    assert has(f"errors.{code}")
    assert has(f"errors.{code}", "en")


def test_an_enormous_text_is_refused() -> None:
    for data in (b"nama koperasi;jumlah\n" + b"A;1\n" * 6_000, b"x;y\n" * 2_000_000):
        with pytest.raises(TooLarge):
            sheet.find_tables(data, "data.csv")


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_refused_or_read_and_never_crash(data: bytes) -> None:
    try:
        sheet.find_tables(b"nama koperasi;produksi gkp\n" + data, "data.csv")
    except (InvalidInput, TooLarge) as refused:
        assert has(f"errors.{refused.code}")  # noqa: PT017 (either way is right)


def test_the_line_of_the_head_can_be_said() -> None:
    said_by = meant(18, 2)
    table = wide(said_by)
    strange = ["K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8"]
    data = as_csv([table[0], strange, *table[1:]])
    (found,) = sheet.find_tables(data, "x.csv", {"x": 2})
    assert [column.label for column in found.use.columns] == strange
    plain = sheet.plain_layout(sheet.Layout((found.use,)))
    assert sheet.heads_of(plain) == {"x": 2}
    assert sheet.heads_of({"tables": [7, {"sheet": "x", "heading_line": "2"}]}) == sheet.heads_of("x") == {}
    (same,) = sheet.find_tables(data, "x.csv", {"x": 99})
    assert same.use.heading_line == 1, "a line that is not there is looked for"


def test_columns_that_do_not_go_together_are_refused_each_at_its_place() -> None:
    said_by = meant(14, 2)
    data = as_csv(wide(said_by))
    found = sheet.find_tables(data, "data.csv")
    plain = sheet.plain_layout(sheet.Layout(tuple(table.use for table in found)))
    columns = plain["tables"][0]["columns"]

    def refused(**changes: dict[str, str]) -> list[tuple[str, str]]:
        given_ = {"tables": [{**plain["tables"][0], "columns": {**columns, **changes}}]}
        with pytest.raises(InvalidInput) as refusal:
            sheet.layout_from(given_, found)
        assert all(has(f"errors.{problem.code}") for problem in refusal.value.problems)
        return [(problem.code, problem.place) for problem in refusal.value.problems]

    assert refused(B={"means": "ignore"}, C={"means": "ignore"}) == [("sheet.columns_no_party", "data!E")]
    assert refused(C={"means": "party"}) == [("sheet.columns_twice", "data!C")]
    assert refused(E={"means": "emas"}) == [("sheet.columns_unknown", "data!E")]
    assert refused(E={"means": "amount"})[0] == ("sheet.columns_no_commodity", "data!E")
    assert refused(Z={"means": "note"}) == [("sheet.columns_changed", "data!Z")]
    assert refused(H={"means": "price:rice_premium"}) == [("sheet.columns_price_alone", "data!H")]
    with pytest.raises(InvalidInput):
        sheet.layout_from({"tables": [{"sheet": "Lain", "columns": {}}]}, found)


def test_what_was_confirmed_is_found_again_whatever_the_order_of_the_columns() -> None:
    said_by = meant(15, 2)
    (first,) = sheet.find_tables(as_csv(wide(said_by)), "a.csv")
    kept = sheet.to_remember(tables.replace(first.use, columns=tuple(
        tables.replace(column, means="note") if column.letter == "C" else column for column in first.use.columns
    )))  # fmt: skip
    (again,) = sheet.find_tables(as_xlsx(shuffled(wide(said_by), random.Random(1))), "b.xlsx")
    assert again.use.signature == first.use.signature
    means = {column.label: column.means for column in sheet.remembered(again, kept).use.columns}
    assert means["Desa"] == "note"
    assert means["Produksi GKP (kg)"] == "production:potential:gkp"


@pytest.mark.parametrize("means", sorted(amounts()))
def test_every_amount_is_recognised_by_its_own_words(means: str) -> None:
    field, direction, commodity = amounts()[means]
    words = {
        "production": "produksi",
        "processing": "pengolahan",
        "distribution": "distribusi",
        "marketing": "pemasaran",
    }
    goods = {"gkp": "GKP", "milling": "milling", "transport": "transport"}.get(
        commodity, commodity.replace("rice_", "beras ")
    )
    label = f"{words[field]} {'Potensi' if direction == 'potential' else 'Kebutuhan'} {goods} (kg/bulan)"
    assert guess(label, wide=True).means == means
    assert means in meanings()

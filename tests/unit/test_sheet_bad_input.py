"""Each phrase of "Bad input" that a workshop sheet can meet: a clear refusal, or a finding with its place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from kdmp_core.errors import InvalidInput, Refusal, TooLarge
from kdmp_core.texts import catalogue, has, text
from kdmp_core.workshops import sheet
from kdmp_core.workshops.sheet import Choice, Decision, Finding, Level, Preview, Status
from kdmp_core.workshops.sheet import workbook as opening
from tests.sheets import Tables, regency_sheet, workbook

REGENCY = "33.10"
MAPPING = "Potensi & Kebutuhan"


def tables() -> Tables:
    return regency_sheet(REGENCY, seed=3, cooperatives=6, permuted=False)


def changed(change: Callable[[Workbook], object]) -> bytes:
    """Give a clean sheet after a change by hand."""
    book = load_workbook(io.BytesIO(workbook(tables())))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(data: bytes) -> Preview:
    preview = sheet.read(data, "lembar.xlsx")
    assert all(found.sentence and found.name for found in preview.findings)
    return preview


def refusal(data: bytes) -> Refusal:
    with pytest.raises((InvalidInput, TooLarge)) as refused:
        read(data)
    for language in ("id", "en"):
        assert has(f"errors.{refused.value.code}", language)  # type: ignore[arg-type]
        assert text(f"errors.{refused.value.code}", language, **refused.value.values)  # type: ignore[arg-type]
    return refused.value


def codes(preview: Preview, level: Level | None = None) -> set[str]:
    return {finding.code for finding in preview.findings if level in (None, finding.level)}


def finding(preview: Preview, code: str) -> Finding:
    return next(found for found in preview.findings if found.code == code)


def repacked(data: bytes, member: str, body: bytes) -> bytes:
    """Give a workbook with one member replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != member:
                new.writestr(info.filename, old.read(info.filename))
        new.writestr(member, body)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet.empty"),
        (b"nama;jumlah\nA;1\n", "sheet.not_a_workbook"),
        (b"%PDF-1.7 bukan lembar kerja", "sheet.not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "sheet.old_or_encrypted"),
        (b"PK\x03\x04" + b"\x07" * 200, "sheet.not_a_workbook"),
    ],
)
def test_an_unreadable_workbook_is_refused_with_a_sentence(data: bytes, code: str) -> None:
    assert refusal(data).code == code


def test_a_word_file_renamed_to_xlsx_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(stream.getvalue()).code == "sheet.not_a_workbook"


def test_a_damaged_workbook_is_refused_without_a_stack_trace() -> None:
    whole = workbook(tables())
    for body in (b"<worksheet", b"\xff\xfe\x00", b""):
        assert refusal(repacked(whole, "xl/worksheets/sheet1.xml", body)).code.startswith("sheet.")
    cut = whole[: len(whole) // 2]
    assert refusal(cut).code == "sheet.not_a_workbook"


def test_any_damage_is_refused_or_read_and_never_crashes() -> None:
    whole = bytearray(workbook(tables()))
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        broken = bytearray(whole)
        broken[place] ^= 0x5A
        try:
            read(bytes(broken))
        except (InvalidInput, TooLarge) as refused:
            assert has(f"errors.{refused.code}")  # noqa: PT017 (either way is right)


def test_a_workbook_with_entities_is_refused() -> None:
    body = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    assert refusal(repacked(workbook(tables()), "xl/worksheets/sheet1.xml", body)).code == "sheet.unreadable"


def test_an_enormous_workbook_is_refused_before_it_is_parsed() -> None:
    assert refusal(bytes(opening.MOST_BYTES + 1)).code == "sheet.too_many_bytes"
    bomb = repacked(workbook(tables()), "xl/media/image1.xml", b" " * (opening.MOST_EXPANDED + 1))
    assert len(bomb) < opening.MOST_BYTES
    assert refusal(bomb).code == "sheet.expands_too_far"
    cells = b"<worksheet><sheetData><row>" + b"<c/>" * (opening.MOST_CELLS + 1) + b"</row></sheetData></worksheet>"
    assert refusal(repacked(workbook(tables()), "xl/worksheets/sheet9.xml", cells)).code == "sheet.too_many_cells"


def test_an_enormous_number_of_rows_is_refused_by_the_sheets_name() -> None:
    refused = refusal(changed(lambda book: book[MAPPING].cell(opening.MOST_ROWS + 1, 2, "x")))
    assert refused.code == "sheet.too_many_rows"
    assert refused.values["sheet"] == MAPPING


def test_a_workbook_that_lies_about_its_size_is_refused() -> None:
    whole = repacked(workbook(tables()), "xl/media/image1.xml", b" " * (opening.MOST_EXPANDED + 1))
    lying = whole.replace((opening.MOST_EXPANDED + 1).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != whole
    assert refusal(lying).code in ("sheet.expands_too_far", "sheet.unreadable")


def test_a_formula_without_a_kept_result_rejects_its_row_only() -> None:
    preview = read(changed(lambda book: _set(book[MAPPING], 2, "F", "=100+20")))
    assert preview.mapping[0].status is Status.REJECTED
    assert finding(preview, "formula_empty").cell == "F2"
    assert preview.counts.rejected == 1


def test_a_formula_with_a_kept_result_is_asked_with_that_result() -> None:
    whole = changed(lambda book: (_set(book[MAPPING], 2, "F", 1), _set(book[MAPPING], 2, "G", "ton")))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        body = archive.read("xl/worksheets/sheet3.xml").decode()
    start = body.index('<c r="F2"')
    cell = body[start : body.index("</c>", start) + 4]
    body = body.replace(cell, '<c r="F2"><f>SUM(1,2)</f><v>42.5</v></c>')
    preview = read(repacked(whole, "xl/worksheets/sheet3.xml", body.encode()))
    row = preview.mapping[0]
    assert (row.status, row.kg) == (Status.DOUBTFUL, 42_500)
    found = finding(preview, "formula")
    assert (found.cell, found.answer) == ("F2", "42.5")
    decided = sheet.decide(preview, {row.key: Decision(Choice.ACCEPT, "angka benar")})
    assert row.key in {kept.key for kept in decided.mapping}


def test_a_merged_name_counts_for_each_of_its_rows_and_says_so() -> None:
    preview = read(changed(lambda book: book[MAPPING].merge_cells("B2:B5")))
    assert [row.party for row in preview.mapping[:4]] == [1, 1, 1, 1]
    assert preview.counts.rejected == 0
    assert [found.cell for found in preview.findings if found.code == "merged_shared"] == ["B3", "B4", "B5"]


def test_a_merged_quantity_is_refused_and_never_counted_twice() -> None:
    preview = read(changed(lambda book: book[MAPPING].merge_cells("F2:F3")))
    assert preview.mapping[1].status is Status.REJECTED
    assert finding(preview, "merged_cell").cell == "F3"
    assert preview.mapping[2].status is Status.GOOD


def test_hidden_rows_columns_and_sheets_are_read_and_named() -> None:
    def hide(book: Workbook) -> None:
        book[MAPPING].row_dimensions[4].hidden = True
        book[MAPPING].column_dimensions["I"].hidden = True
        book["Peserta"].sheet_state = "hidden"

    plain, preview = read(workbook(tables())), read(changed(hide))
    assert preview.mapping == plain.mapping
    assert finding(preview, "row_hidden").row == 4
    assert "Harga (Rp)" in finding(preview, "column_hidden").sentence
    assert finding(preview, "sheet_hidden").sheet == "Peserta"


def test_a_wrong_sheet_name_is_read_when_it_is_near_and_said() -> None:
    preview = read(workbook(tables(), ("Acara", "Koprasi", "Potensi&Kebutuhan", "Pesrta")))
    renamed = {found.sheet: found.values["wanted"] for found in preview.remarks if found.code == "sheet_renamed"}
    assert renamed == {"Koprasi": "Koperasi", "Potensi&Kebutuhan": "Potensi & Kebutuhan", "Pesrta": "Peserta"}
    assert preview.mapping


def test_wrong_sheet_names_are_refused_with_what_is_missing_and_what_is_there() -> None:
    refused = refusal(workbook(tables(), ("Lembar1", "Lembar2", "Lembar3", "Lembar4")))
    assert isinstance(refused, InvalidInput)
    assert refused.code == "sheet.missing_sheets"
    assert [problem.place for problem in refused.problems] == ["Acara", "Koperasi", "Potensi & Kebutuhan"]
    assert "Lembar1" in str(refused.values["present"])


def test_a_missing_attendance_sheet_is_told_and_the_rest_is_read() -> None:
    preview = read(workbook(tables(), ("Acara", "Koperasi", MAPPING)))
    assert "no_attendance" in codes(preview, Level.NOTICE)
    assert preview.attendance == ()
    assert preview.counts.rejected == 0


def test_a_sheet_without_its_columns_is_refused_by_their_names() -> None:
    refused = refusal(changed(lambda book: _set(book[MAPPING], 1, "F", "Zzz")))
    assert refused.code == "sheet.no_heading"
    assert refused.values["columns"] == "Jumlah"


def test_a_name_with_angle_bracket_and_ampersand_is_data() -> None:
    name = "Koperasi <b>Tani & Nelayan</b> Makmur"

    def rename(book: Workbook) -> None:
        for title, column in (("Koperasi", "B"), (MAPPING, "B")):
            for cell in book[title][column]:
                cell.value = name if cell.value == "Koperasi Tani Makmur" else cell.value

    preview = read(changed(rename))
    assert name in {party.name for party in preview.parties}
    assert preview.counts.rejected == 0


@pytest.mark.parametrize("letter", ["_x0007_", "\u202e", "\u200b", "_x0000_"])
def test_a_name_with_control_characters_is_refused_with_its_place(letter: str) -> None:
    preview = read(changed(lambda book: _set(book["Koperasi"], 4, "J", f"Budi{letter}Santoso")))
    found = finding(preview, "control_letter")
    assert (found.sheet, found.cell, found.level) == ("Koperasi", "J4", Level.ERROR)
    assert preview.parties[0].status is Status.REJECTED
    assert preview.parties[1].status is not Status.REJECTED


def test_a_name_with_10000_letters_is_refused_with_its_place() -> None:
    preview = read(changed(lambda book: _set(book["Koperasi"], 5, "B", "a" * 10_000)))
    found = finding(preview, "too_long")
    assert (found.cell, found.values["long"]) == ("B5", "10000")
    assert len(found.found) <= 80
    assert preview.parties[1].status is Status.REJECTED


def test_a_note_over_several_lines_is_kept_on_one() -> None:
    preview = read(changed(lambda book: _set(book[MAPPING], 2, "J", "panen\nMaret\t& Juli")))
    assert preview.mapping[0].note == "panen Maret & Juli"


@pytest.mark.parametrize(
    ("column", "value", "code", "level"),
    [
        ("F", "banyak", "not_a_number", Level.ERROR),
        ("F", None, "amount_missing", Level.ERROR),
        ("F", "1.5 ton", "ambiguous", Level.ERROR),
        ("F", "12 karung", "unknown_unit", Level.ERROR),
        ("F", "-3 ton", "not_positive", Level.ERROR),
        ("F", "#REF!", "cell_fault", Level.ERROR),
        ("F", True, "not_a_number", Level.ERROR),
        ("C", "Prduksi", "field_unknown", Level.DOUBT),
        ("C", "Sihir", "field_unknown", Level.ERROR),
        ("D", "Kebutuhn", "direction_unknown", Level.DOUBT),
        ("E", "GKG", "commodity_unknown", Level.ERROR),
        ("E", "Giling gabahh", "commodity_unknown", Level.DOUBT),
        ("E", "Angkutan", "commodity_unfit", Level.DOUBT),
        ("H", "per bulan", "harvest_by_month", Level.DOUBT),
        ("H", "kapan-kapan", "period_unknown", Level.DOUBT),
        ("I", "13.5", "ambiguous", Level.ERROR),
        ("I", 650_000, "price_unlikely", Level.ERROR),
        ("B", "Koperasi Desa Merah Putih Entah Berantah", "party_unknown", Level.ERROR),
    ],
)
def test_a_wrong_cell_is_named_and_every_other_row_stays_good(
    column: str, value: object, code: str, level: Level
) -> None:
    preview = read(changed(lambda book: _set(book[MAPPING], 2, column, value)))
    found = finding(preview, code)
    assert (found.level, found.cell) == (level, f"{column}2")
    assert found.sentence
    assert {row.status for row in preview.mapping[1:]} == {Status.GOOD}


@pytest.mark.parametrize(
    ("cell", "value", "code", "level"),
    [
        ("I4", None, "kind_missing", Level.DOUBT),
        ("I10", "Entah", "kind_missing", Level.DOUBT),
        ("C4", "33.10.99.2999", "area_unknown", Level.DOUBT),
        ("C4", None, "area_completed", Level.NOTICE),
        ("D4", "Zzyzx", "area_contradicts", Level.DOUBT),
        ("F4", None, "legal_missing", Level.NOTICE),
        ("F4", "AHU-25573/2025", "legal_form", Level.DOUBT),
        ("F4", "AHU entah", "legal_form", Level.DOUBT),
        ("F5", "AHU-1000001.AH.01.29.TAHUN 2025", "party_twice", Level.DOUBT),
        ("G4", "12", "nib_form", Level.NOTICE),
        ("H4", "-", "npwp_missing", Level.NOTICE),
        ("J4", None, "officer_missing", Level.NOTICE),
        ("J4", "Orang Lain", "chair_differs", Level.DOUBT),
        ("K4", "tidak punya HP", "not_a_phone", Level.NOTICE),
        ("L4", "bukan email", "not_an_email", Level.NOTICE),
        ("M4", "nanti", "not_a_date", Level.NOTICE),
        ("M4", date(2020, 1, 1), "term_ended", Level.NOTICE),
        ("B4", None, "name_missing", Level.ERROR),
    ],
)
def test_a_wrong_cell_of_a_party_is_named_and_weighed(cell: str, value: object, code: str, level: Level) -> None:
    preview = read(changed(lambda book: _set(book["Koperasi"], int(cell[1:]), cell[0], value)))
    found = finding(preview, code)
    assert (found.sheet, found.row, found.level) == ("Koperasi", int(cell[1:]), level)
    assert {party.status for party in preview.parties if party.row != found.row} == {Status.GOOD}


def test_a_village_that_cannot_be_found_is_asked_with_what_is_near() -> None:
    def blur(name: object) -> Preview:
        return read(changed(lambda book: (_set(book["Koperasi"], 4, "C", None), _set(book["Koperasi"], 4, "D", name))))

    village = str(tables().parties[0][3])
    near = finding(blur(f"{village}h"), "area_several")
    assert near.answer == tables().parties[0][2]
    assert finding(blur("Zzyzx"), "village_unknown").answer is None
    assert finding(blur(None), "area_missing").answer is not None


def test_a_misspelt_party_is_asked_and_a_number_that_contradicts_too() -> None:
    near = finding(read(changed(lambda book: _set(book[MAPPING], 26, "B", "Koperasi Tani Makmurr"))), "party_near")
    assert near.answer == 7
    preview = read(changed(lambda book: _set(book[MAPPING], 26, "B", "Koperasi Tani Makmurr")))
    row = next(row for row in preview.mapping if row.row == 26)
    decided = sheet.decide(preview, {row.key: Decision(Choice.ACCEPT, "salah ketik")})
    assert next(kept for kept in decided.mapping if kept.key == row.key).is_buyer

    def numbered(book: Workbook) -> None:
        _set(book[MAPPING], 1, "K", "No. Koperasi")
        _set(book[MAPPING], 2, "K", 2)

    assert finding(read(changed(numbered)), "party_contradicts").answer == 1


def test_a_regency_by_name_is_read_and_a_misspelt_one_is_asked() -> None:
    assert read(changed(lambda book: _set(book["Acara"], 6, "B", "Kab. Klaten"))).event.regency == REGENCY
    asked = read(changed(lambda book: _set(book["Acara"], 6, "B", "Klatenn")))
    assert finding(asked, "regency_unknown").answer == REGENCY
    accepted = sheet.decide(asked, {"acara": Decision(Choice.ACCEPT, "salah ketik")}).event
    assert accepted is not None
    assert accepted.regency == REGENCY


def test_a_column_that_stands_twice_is_read_once_and_said() -> None:
    preview = read(changed(lambda book: _set(book[MAPPING], 1, "K", "Volume")))
    assert finding(preview, "column_twice").values == {"column": "Volume"}


def test_every_finding_has_its_words() -> None:
    words = {key.split(".")[2] for key in catalogue("id") if key.startswith("sheet.findings.")}
    for code in words:
        assert all(has(f"sheet.findings.{code}.{part}") for part in ("name", "reason", "expected"))


def test_a_missing_or_unreadable_event_fact_is_named_and_nothing_may_be_written() -> None:
    preview = read(changed(lambda book: (_set(book["Acara"], 8, "B", "mahal"), _set(book["Acara"], 4, "B", "kemarin"))))
    assert {"not_rupiah", "not_a_date"} <= codes(preview, Level.ERROR)
    assert sheet.decide(preview, {}).event is None
    answer = {"baseline_price": "6.300", "starts": "2025-11-05"}
    decided = sheet.decide(preview, {"acara": Decision(Choice.TAKE, "ditanyakan ke panitia", answer)})
    assert decided.event is not None
    assert decided.event.baseline_price == 6300


def test_a_code_that_contradicts_the_names_is_asked() -> None:
    preview = read(changed(lambda book: _set(book["Koperasi"], 4, "C", book["Koperasi"]["C5"].value)))
    found = finding(preview, "area_contradicts")
    assert found.answer == tables().parties[0][2]
    assert preview.parties[0].area_code == ""
    decided = sheet.decide(preview, {preview.parties[0].key: Decision(Choice.ACCEPT, "nama desanya benar")})
    assert decided.parties[0].area_code == found.answer


def test_a_row_that_repeats_another_is_asked_and_left_out_on_accept() -> None:
    copy = tables()
    copy.mapping.append(list(copy.mapping[0]))
    preview = read(workbook(copy))
    again = preview.mapping[-1]
    assert [found.code for found in again.doubts] == ["row_twice"]
    decided = sheet.decide(preview, {again.key: Decision(Choice.ACCEPT, "terketik dua kali")})
    assert again in decided.left_out
    with_both = sheet.decide(preview, {again.key: Decision(Choice.TAKE, "memang dua", {"leave_out": False})})
    assert again.key in {row.key for row in with_both.open}


def test_empty_rows_and_title_rows_are_passed_over() -> None:
    def loosen(book: Workbook) -> None:
        book[MAPPING].insert_rows(1, 4)
        book[MAPPING]["A1"] = "POTENSI DAN KEBUTUHAN KABUPATEN"
        book[MAPPING].insert_rows(8, 3)

    plain, preview = read(workbook(tables())), read(changed(loosen))
    assert [row.key for row in preview.mapping] == [row.key for row in plain.mapping]
    assert preview.mapping[0].row == 6


def _set(page: Any, row: int, column: str, value: object) -> None:
    page[f"{column}{row}"] = value

"""The real sheet of Cianjur gives exactly what was decided for it (figures worked out apart)."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from kdmp_core.quantities import MOST_KILOGRAMS
from kdmp_core.texts import text
from kdmp_core.workshops import sheet
from kdmp_core.workshops.sheet import Choice, Decision, Direction, Field, Level, Preview, Status
from kdmp_core.workshops.sheet.facts import counts_of
from tests.cianjur import WORKBOOK


@pytest.fixture(scope="module")
def preview() -> Preview:
    return sheet.read(WORKBOOK.read_bytes(), WORKBOOK.name)


def test_the_counts_of_rows_are_those_expected(preview: Preview) -> None:
    assert (preview.counts.good, preview.counts.doubtful, preview.counts.rejected) == (90, 35, 1)


def test_the_reasons_of_doubt_are_those_expected(preview: Preview) -> None:
    named = {text(f"sheet.findings.{code}.name"): count for code, count in preview.reasons.items()}
    assert named == {
        "arti Pemasaran Potensi": 8,
        "jumlah bukan angka": 1,
        "nama kembar": 24,
        "per bulan untuk panen": 9,
        "pihak tidak terdaftar": 1,
    }


def test_each_kind_of_row_has_the_expected_status(preview: Preview) -> None:
    found = Counter((row.field, row.direction, row.status) for row in preview.mapping)
    expected = {
        ("distribution", "need"): (18, 5, 0),
        ("distribution", "potential"): (6, 1, 0),
        ("marketing", "need"): (18, 4, 0),
        ("marketing", "potential"): (5, 8, 0),
        ("processing", "need"): (15, 5, 0),
        ("processing", "potential"): (9, 1, 0),
        ("production", "potential"): (19, 11, 1),
    }
    for (field, direction), counts in expected.items():
        statuses = (Status.GOOD, Status.DOUBTFUL, Status.REJECTED)
        assert tuple(found[Field(field), Direction(direction), status] for status in statuses) == counts


def test_the_register_has_the_expected_remarks(preview: Preview) -> None:
    counts = counts_of(preview.parties)
    assert (len(preview.parties), counts.rejected) == (33, 0)
    by_code = {
        code: [row.number for row in preview.parties if code in {finding.code for finding in row.findings}]
        for code in (
            "chair_differs",
            "legal_form",
            "legal_normalised",
            "npwp_missing",
            "area_completed",
            "area_district",
        )
    }
    assert by_code == {
        "chair_differs": [4, 12, 23],
        "legal_form": [17],
        "legal_normalised": [4, 9],
        "npwp_missing": [9, 18, 27],
        "area_completed": [5, 10, 15, 20, 25, 30],
        "area_district": [31, 32, 33],
    }
    assert [preview.parties[number - 1].area_code for number in (31, 32, 33)] == ["32.03.01", "32.03.07", "32.03.01"]
    assert preview.parties[3].legal_number == "AHU-1033437.AH.01.29.TAHUN 2025"
    assert preview.parties[30].legal_number == "518.08/96/BH/XIV.10/VIII/2008"


def test_a_term_that_has_ended_is_told_on_the_day_it_matters(preview: Preview) -> None:
    later = sheet.read(
        WORKBOOK.read_bytes(), WORKBOOK.name, today=preview.parties[11].officer.term_ends.replace(year=2026, month=3)
    )  # type: ignore[union-attr]
    ended = [row.number for row in later.parties if "term_ended" in {finding.code for finding in row.findings}]
    assert ended == [12]
    assert later.counts == preview.counts
    assert not any(finding.code == "term_ended" for finding in preview.findings)


def test_names_that_occur_twice_are_suggested_by_block_order(preview: Preview) -> None:
    suggested = {
        (finding.answer, row.party_as_written.rsplit(" ", 1)[-1])
        for row in preview.mapping
        for finding in row.findings
        if finding.code == "name_twice"
    }
    assert suggested == {
        (7, "Mulyasari"),
        (16, "Mulyasari"),
        (8, "Sindangjaya"),
        (26, "Sindangjaya"),
        (11, "Sukamanah"),
        (20, "Sukamanah"),
    }
    one = next(finding for row in preview.mapping for finding in row.findings if finding.code == "name_twice")
    assert "Desa Mulyasari, Kec. Cilaku" in one.suggestion
    assert one.reason


def test_every_suggestion_accepted_leaves_one_row_out(preview: Preview) -> None:
    accepted = {
        key: Decision(Choice.ACCEPT, "sesuai usulan")
        for key, row in preview.rows.items()
        if row.status is Status.DOUBTFUL
    }
    decided = sheet.decide(preview, accepted)
    assert (len(decided.parties), len(decided.mapping), len(decided.attendance)) == (33, 125, 60)
    assert decided.open == ()
    assert [row.row for row in decided.left_out] == [127]
    assert _total(decided, Field.PRODUCTION, Direction.POTENTIAL) == 3_230_000
    assert _total(decided, Field.PROCESSING, Direction.POTENTIAL) == 1_559_400
    assert _total(decided, Field.PROCESSING, Direction.NEED) == 1_976_400
    assert _total(decided, Field.DISTRIBUTION, Direction.POTENTIAL) == 320_200
    assert _total(decided, Field.DISTRIBUTION, Direction.NEED) == 1_330_900
    outlets = [row for row in decided.mapping if row.field is Field.MARKETING and row.direction is Direction.POTENTIAL]
    assert sum(row.kg or 0 for row in outlets if not row.is_buyer) == 540_100
    assert sorted((row.party, row.kg, row.price) for row in outlets if row.is_buyer) == [
        (31, 900_000, 14_200),
        (31, 1_200_000, 6_700),
        (32, 1_100_000, 13_300),
        (33, 1_500_000, 12_000),
        (33, 2_000_000, 6_700),
    ]


def test_good_rows_are_not_held_hostage_by_bad_ones(preview: Preview) -> None:
    decided = sheet.decide(preview, {})
    assert len(decided.mapping) == 90 - 3
    waiting = [row for row in decided.open if row.status is Status.GOOD]
    assert {getattr(row, "party", None) for row in waiting} == {17}
    assert {party.number for party in decided.parties} == set(range(1, 34)) - {17}
    assert {party.number for party in decided.parties if not party.officer.name} == {4, 12, 23}
    assert decided.event == preview.event


def test_each_wrong_cell_is_named_by_sheet_row_column_found_and_expected(preview: Preview) -> None:
    wrong = {finding.code: finding for finding in preview.mapping[-1].findings if finding.level is Level.ERROR}
    quantity = wrong["not_a_number"]
    assert (quantity.sheet, quantity.row, quantity.column, quantity.cell) == (
        "Potensi & Kebutuhan",
        127,
        "Jumlah",
        "F127",
    )
    assert quantity.found == "banyak"
    assert quantity.expected.startswith("angka dengan satuan")
    assert quantity.sentence.startswith(
        "Lembar Potensi & Kebutuhan, baris 127, kolom Jumlah (F127): Jumlah harus angka."
    )
    assert wrong["party_unknown"].cell == "B127"


def test_the_same_sheet_twice_says_the_same(preview: Preview) -> None:
    again = sheet.read(WORKBOOK.read_bytes(), WORKBOOK.name)
    assert again == preview
    assert len(preview.rows) == 1 + 33 + 126 + 60


def test_126_rows_read_in_less_than_a_second(preview: Preview) -> None:
    data = WORKBOOK.read_bytes()
    begun = time.process_time()
    sheet.read(data, WORKBOOK.name)
    assert time.process_time() - begun < 1
    assert all(0 < row.kg <= MOST_KILOGRAMS for row in preview.mapping if row.kg is not None)


def test_a_preview_as_plain_data_has_only_plain_values(preview: Preview) -> None:
    plain = sheet.plain(preview)
    assert plain["counts"] == {"good": 90, "doubtful": 35, "rejected": 1}
    assert plain["mapping"][-1]["status"] == "rejected"
    assert plain["event"]["starts"] == "2025-10-22"
    assert _only_plain(plain)


def _only_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _only_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_only_plain, value))
    return value is None or isinstance(value, str | int | bool)


def _total(decided: sheet.Decided, field: Field, direction: Direction) -> int:
    return sum(row.kg or 0 for row in decided.mapping if (row.field, row.direction) == (field, direction))

"""Areas: codes, everyday spellings, labels, points and time zones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdmp_core import areas
from kdmp_core.areas.names import plain
from kdmp_core.areas.store import table
from kdmp_core.errors import NotFound


def test_the_whole_country_is_there() -> None:
    levels = [len(code) for code in table().codes]
    assert [levels.count(length) for length in (2, 5, 8, 13)] == [38, 514, 7285, 83762]
    assert table().codes == sorted(set(table().codes))
    assert sum(table().has_point) == 91240


def test_a_village_is_shown_with_its_district() -> None:
    assert areas.label("32.03.31.2002") == "Desa Cihea, Kec. Haurwangi"
    assert areas.label("32.03.01.1006") == "Kelurahan Pamoyanan, Kec. Cianjur"
    assert areas.label("32.03.31") == "Kec. Haurwangi, Kabupaten Cianjur"
    assert areas.label("32.03") == "Kabupaten Cianjur"
    assert areas.label("32") == "Provinsi Jawa Barat"
    assert areas.find("32.03.31.2002").postcode == "43280"


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("Bojongpicung", "32.03.06"),
        ("Kec. Bojong-Picung", "32.03.06"),
        ("PAGELARAN", "32.03.18"),
        ("Kecamatan Cibinong", "32.03.20"),
        ("haur wangi", "32.03.31"),
        ("Kec.Karangtengah", "32.03.07"),
    ],
)
def test_everyday_spellings_find_the_district(spelling: str, code: str) -> None:
    assert [area.code for area in areas.search(spelling, "32.03", areas.Level.DISTRICT)] == [code]


def test_a_name_that_occurs_often_gives_every_place() -> None:
    places = areas.search("Hegarmanah", "32.03", areas.Level.VILLAGE)
    assert len(places) == 4
    assert len({areas.label(place.code) for place in places}) == 4


def test_a_misspelt_name_finds_what_is_near_and_says_so() -> None:
    found = areas.matches("Cihhea", "32.03.31")
    assert [(match.area.code, match.how) for match in found] == [("32.03.31.2002", "near")]
    assert areas.search("zzzzzz", "32.03") == []
    assert areas.search("  ") == []


def test_a_regency_is_found_over_the_whole_country() -> None:
    assert areas.search("Kab. Cianjur", level=areas.Level.REGENCY)[0].code == "32.03"
    assert areas.search("Jogja", level=areas.Level.PROVINCE)[0].code == "34"


def test_a_village_without_a_point_takes_its_districts_and_says_so() -> None:
    codes, flags = table().codes, table().has_point
    without = [code for code, flag in zip(codes, flags, strict=True) if not flag]
    assert len(without) == 359
    place, district = areas.point(without[0]), areas.point(without[0][:8])
    assert place.approximate
    assert not district.approximate
    assert (place.latitude, place.longitude) == (district.latitude, district.longitude)


def test_points_are_those_of_the_source() -> None:
    assert (areas.point("11").latitude, areas.point("11").longitude) == (422573, 9691187)
    assert (areas.point("11.01").latitude, areas.point("11.01").longitude) == (316185, 9743652)


@pytest.mark.parametrize(
    ("code", "name", "hours"),
    [
        ("32.03", "WIB", 7),
        ("61", "WIB", 7),
        ("51.01", "WITA", 8),
        ("64", "WITA", 8),
        ("81", "WIT", 9),
        ("96", "WIT", 9),
    ],
)
def test_each_province_has_its_zone(code: str, name: str, hours: int) -> None:
    offset = datetime(2026, 1, 1, tzinfo=UTC).astimezone(areas.zone(code)).utcoffset()
    assert offset is not None
    assert offset.total_seconds() == hours * 3600
    assert areas.zone_name(code) == name


def test_an_unknown_code_is_refused() -> None:
    for lookup in (areas.find, areas.point, areas.label):
        with pytest.raises(NotFound):
            lookup("32.03.99.9999")
    assert not areas.exists("")


def test_the_kind_of_village_stands_in_its_code() -> None:
    kinds = [areas.find(code).kind for code in ("32.03.01.1006", "32.03.31.2002")]
    assert kinds == [areas.VillageKind.KELURAHAN, areas.VillageKind.DESA]
    assert areas.find("32.03").kind is None
    assert [area.code for area in areas.below("32.03")][:2] == ["32.03.01", "32.03.02"]
    assert len(areas.below("")) == 38


@given(st.sampled_from(range(0, 91599, 37)))
def test_every_area_is_found_by_its_own_name(row: int) -> None:
    code = table().codes[row]
    found = areas.search(table().names[row], code.rpartition(".")[0])
    assert code in {area.code for area in found}
    assert plain(table().names[row])

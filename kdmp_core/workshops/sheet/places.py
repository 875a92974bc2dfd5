"""Which area a line of "Koperasi" means: its code, completed or checked by the names beside it."""

from __future__ import annotations

import re

from kdmp_core import areas
from kdmp_core.areas.names import EVERYDAY, plain
from kdmp_core.workshops.sheet.cells import Line
from kdmp_core.workshops.sheet.facts import Party
from kdmp_core.workshops.sheet.finding import Level

PLACE = ("area_code", "village", "district")


def area_of(line: Line, regency: str, *, village_wanted: bool) -> str:
    """Give the code of the village, else of the district; empty while in doubt, with the finding that says why.

    `village_wanted` is True for the village cooperatives; the others may sit on a district.
    """
    written, village, district = _code(line.given("area_code")), line.given("village"), line.given("district")
    by_name = _by_name(village, district, regency)
    if areas.exists(written) and not _contradicts(written, village, district):
        return written
    if written:
        return _doubt_code(line, written, by_name)
    if village:
        return _village(line, village, by_name)
    return _district(line, district, regency, village_wanted=village_wanted)


def lies_at(line: Line, party: Party) -> bool:
    """Say whether what a line tells of the place (code, village, district) fits a party; silence fits every one."""
    code, village, district = _code(line.given("area_code")), line.given("village"), line.given("district")
    if not party.area_code or not (code or village or district):
        return True
    if code and code != party.area_code:
        return False
    return not _contradicts(party.area_code, village, district)


def _doubt_code(line: Line, written: str, by_name: list[areas.Match]) -> str:
    known = areas.exists(written)
    here = areas.label(written) if known else written
    sure = by_name[0].area.code if len(by_name) == 1 else written if known else None
    line.note(
        "area_contradicts" if known else "area_unknown",
        Level.DOUBT if sure else Level.ERROR,
        "area_code",
        answer=sure,
        here=here,
        name=areas.label(sure) if sure else "",
    )
    return ""


def _village(line: Line, village: str, by_name: list[areas.Match]) -> str:
    if len(by_name) == 1 and by_name[0].how != "near":
        code = by_name[0].area.code
        line.note("area_completed", Level.NOTICE, "area_code", at="village", name=areas.label(code), code=code)
        return code
    choices = "; ".join(f"{areas.label(match.area.code)} ({match.area.code})" for match in by_name[:5])
    only = by_name[0].area.code if len(by_name) == 1 else None
    line.note(
        "area_several" if by_name else "village_unknown",
        Level.DOUBT,
        "area_code",
        at="village",
        answer=only,
        name=areas.label(only) if only else "",
        choices=choices or village,
    )
    return ""


def _district(line: Line, district: str, regency: str, *, village_wanted: bool) -> str:
    found = [area.code for area in areas.search(district, regency, areas.Level.DISTRICT)] if district else []
    if len(found) == 1 and not village_wanted:
        line.note("area_district", Level.NOTICE, "area_code", at="district", name=areas.label(found[0]))
        return found[0]
    answer = found[0] if len(found) == 1 else regency or None
    line.note("area_missing", Level.DOUBT, "area_code", answer=answer, name=areas.label(answer) if answer else "")
    return ""


def _by_name(village: str, district: str, regency: str) -> list[areas.Match]:
    if not village:
        return []
    above = areas.search(district, regency, areas.Level.DISTRICT) if district else []
    within = [area.code for area in above] or [regency]
    return [match for code in within for match in areas.matches(village, code, areas.Level.VILLAGE)]


def _contradicts(code: str, village: str, district: str) -> bool:
    here = areas.find(code)
    if here.level is areas.Level.VILLAGE and village and plain(village) != plain(here.name):
        return True
    if not district or not here.district:
        return False
    spellings = (areas.find(here.district).name, *EVERYDAY.get(here.district, ()))
    return plain(district) not in {plain(spelling) for spelling in spellings}


def _code(written: str) -> str:
    """Give a code with its dots; spreadsheets and hands leave them out."""
    digits = re.sub(r"\D", "", written)
    if len(digits) == 10 and digits == written:  # noqa: PLR2004 (PPKKCCVVVV)
        return f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}"
    return written.strip(". ")

"""The sheet "Koperasi": who takes part, with what a register and an agreement need of each."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date

from kdmp_core.records import VILLAGE_COOPERATIVES, PartyKind
from kdmp_core.texts import text
from kdmp_core.workshops.sheet.cells import NAME, Line
from kdmp_core.workshops.sheet.facts import Officer, Party
from kdmp_core.workshops.sheet.finding import Finding, Level
from kdmp_core.workshops.sheet.layout import Sheet
from kdmp_core.workshops.sheet.places import area_of
from kdmp_core.workshops.sheet.words import keyed, party_key, slug

AHU = re.compile(r"AHU\s*-\s*(\d{5,7})\s*\.\s*AH\s*\.\s*01\s*\.\s*29\s*\.?\s*TAHUN\s+(\d{4})", re.IGNORECASE)
"""The form of a decree's number (domain.md §1.5), with the blanks people add."""

_AHU_SHORT = re.compile(r"AHU\D*(\d{5,7})\D+(20\d\d)", re.IGNORECASE)
_COOPERATIVES = VILLAGE_COOPERATIVES | {PartyKind.PRIMARY, PartyKind.SECONDARY}
_KIND_WORDS = (
    ("kkmp", PartyKind.KKMP),
    ("kdmp", PartyKind.KDMP),
    ("sekunder", PartyKind.SECONDARY),
    ("hub", PartyKind.SECONDARY),
    ("bumn", PartyKind.SOE),
    ("perum", PartyKind.SOE),
    ("persero", PartyKind.SOE),
    ("sppg", PartyKind.PUBLIC_UNIT),
    ("lembaga", PartyKind.PUBLIC_UNIT),
    ("unit layanan", PartyKind.PUBLIC_UNIT),
    ("primer", PartyKind.PRIMARY),
    ("koperasi", PartyKind.PRIMARY),
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def read_parties(sheet: Sheet, regency: str, on: date | None) -> list[Party]:
    """Give the parties in the order of the sheet. `on` is the day a term of office is held against."""
    return read_party_lines([Line(sheet, row, values) for row, values in sheet.lines()], regency, on)


def read_party_lines(lines: list[Line], regency: str, on: date | None) -> list[Party]:
    """Give the parties of lines, wherever these stand."""
    numbers = _numbers(lines)
    parties = [_party(line, number, regency, on) for line, number in zip(lines, numbers, strict=True)]
    keys = keyed([(_base(party, line), _content(line)) for party, line in zip(parties, lines, strict=True)])
    keyed_ = [replace(party, key=key) for party, key in zip(parties, keys, strict=True)]
    return _doubles(keyed_, lines[0].sheet.name) if lines else []


def legal_number_of(written: str) -> str:
    """Give a decree's number in its one form, `AHU-0025573.AH.01.29.TAHUN 2025`; empty when it has another."""
    found = AHU.fullmatch(written.strip())
    return f"AHU-{found[1]}.AH.01.29.TAHUN {found[2]}" if found else ""


def _party(line: Line, number: int, regency: str, on: date | None) -> Party:
    name = line.text("name", NAME)
    if not name and not any(finding.about == "name" for finding in line.findings):
        line.note("name_missing", Level.ERROR, "name")
    kind = _kind(line, name)
    area = area_of(line, regency, village_wanted=kind in VILLAGE_COOPERATIVES)
    return Party(
        key="",
        row=line.row,
        number=number,
        kind=kind,
        name=name,
        legal_number=_legal_number(line, kind),
        area_code=area,
        area_is_district=bool(area) and len(area) < len("PP.KK.CC.VVVV"),
        officer=_officer(line, kind, on),
        nib=_digits(line, "nib", (13,)),
        npwp=_digits(line, "npwp", (15, 16)),
        address=line.given("address"),
        postcode=line.given("postcode"),
        letter_number=line.given("letter_number"),
        findings=tuple(line.findings),
    )


def _officer(line: Line, kind: PartyKind | None, on: date | None) -> Officer:
    name = line.text("officer", NAME)
    ends = line.date("term_ends")
    if ends is not None and on is not None and ends < on:
        line.note("term_ended", Level.NOTICE, "term_ends")
    if not name and not any(finding.about == "officer" for finding in line.findings):
        line.note("officer_missing", Level.NOTICE, "officer")
    return Officer(
        name=name,
        office=line.given("office") or ("Ketua" if kind in _COOPERATIVES else ""),
        phone=line.phone("phone"),
        email=_email(line),
        term_ends=ends,
        authority_kind=line.given("authority_kind"),
        authority_number=line.given("authority_number"),
        authority_date=line.date("authority_date"),
    )


def _kind(line: Line, name: str) -> PartyKind | None:
    written = line.given("kind").lower()
    by_name = _kind_word(party_key(name))
    found = _kind_word(written)
    if found is None and by_name in VILLAGE_COOPERATIVES and "kind" not in line.sheet.columns:
        line.note("kind_by_name", Level.NOTICE, "kind", at="name", near=text(f"sheet.kind.{by_name}"))
        return by_name
    if found is None and by_name is not None:
        line.note("kind_missing", Level.DOUBT, "kind", answer=by_name.value, near=text(f"sheet.kind.{by_name}"))
    elif found is None:
        line.note("kind_unknown", Level.ERROR, "kind")
    return found


def _kind_word(written: str) -> PartyKind | None:
    return next((kind for word, kind in _KIND_WORDS if word in written), None)


def _legal_number(line: Line, kind: PartyKind | None) -> str:
    written = line.given("legal_number")
    normal = legal_number_of(written)
    if normal:
        if normal != written:
            line.note("legal_normalised", Level.NOTICE, "legal_number", normal=normal)
        return normal
    if not written:
        if kind in _COOPERATIVES:
            line.note("legal_missing", Level.NOTICE, "legal_number")
        return ""
    if kind not in _COOPERATIVES or (not written.upper().startswith("AHU") and re.search(r"\d.*/", written)):
        return written
    short = _AHU_SHORT.search(written)
    answer = f"AHU-{short[1]}.AH.01.29.TAHUN {short[2]}" if short else None
    line.note("legal_form", Level.DOUBT, "legal_number", answer=answer)
    return ""


def _digits(line: Line, meaning: str, lengths: tuple[int, ...]) -> str:
    written = line.given(meaning)
    digits = re.sub(r"[.\-\s]", "", written)
    if digits.isdecimal() and len(digits) in lengths:
        return digits
    line.note(f"{meaning}_form" if written else f"{meaning}_missing", Level.NOTICE, meaning)
    return ""


def _email(line: Line) -> str:
    written = line.given("email")
    if written and not _EMAIL.fullmatch(written):
        line.note("not_an_email", Level.NOTICE, "email")
        return ""
    return written


def _numbers(lines: list[Line]) -> list[int]:
    """Give the numbers as written when each line has its own, else count the lines."""
    written = [line.given("number") for line in lines]
    if all(number.isdecimal() and len(number) < 7 for number in written) and len(set(written)) == len(written):  # noqa: PLR2004
        return [int(number) for number in written]
    return list(range(1, len(lines) + 1))


def _base(party: Party, line: Line) -> str:
    return f"koperasi:{slug(party_key(party.name))}/{slug(line.given('district') or party.area_code)}"


def _content(line: Line) -> str:
    return "|".join(line.given(meaning) for meaning in line.sheet.columns if meaning != "number")


def _doubles(parties: list[Party], sheet: str) -> list[Party]:
    seen: Counter[str] = Counter()
    marked = []
    for party in parties:
        identity = party.legal_number or (
            f"{party.area_code}/{party.kind}" if party.kind in VILLAGE_COOPERATIVES else ""
        )
        seen[identity] += 1
        if identity.strip("/") and party.area_code + party.legal_number and seen[identity] > 1:
            finding = Finding("party_twice", Level.DOUBT, sheet, party.row, about="leave_out", answer=True)
            marked.append(replace(party, findings=(*party.findings, finding)))
        else:
            marked.append(party)
    return marked

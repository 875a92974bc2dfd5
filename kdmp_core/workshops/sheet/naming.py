"""Which party a line of "Potensi & Kebutuhan" or "Peserta" is about: its number or code if given, else its name."""

from __future__ import annotations

from kdmp_core.workshops.sheet.cells import Line
from kdmp_core.workshops.sheet.finding import Level
from kdmp_core.workshops.sheet.places import PLACE, lies_at
from kdmp_core.workshops.sheet.register import Register


def party_of(line: Line, register: Register, suggested: int | None) -> tuple[str, int | None]:
    """Give the name as written and the party's number; None with a finding about `party` when it is not sure.

    `suggested` is the party that the order of the blocks speaks for, if the name stands twice.
    """
    written = line.text("party")
    named = register.named(written)
    by_number = _by_number(line, register)
    if by_number is not None:
        return written, _agreeing(line, register, by_number, named, written)
    here = [number for number in named if lies_at(line, register.by_number[number])]
    if named and not here:
        _elsewhere(line, register, named)
        return written, None
    named = here
    if len(named) == 1:
        return written, named[0]
    if named:
        _twice(line, register, named, suggested if suggested in named else None)
    elif not any(finding.about == "party" and finding.level is Level.ERROR for finding in line.findings):
        _unknown(line, register, written)
    return written, None


def _by_number(line: Line, register: Register) -> int | None:
    written = line.given("party_number")
    return int(written) if written.isdecimal() and int(written[:9]) in register.by_number else None


def _elsewhere(line: Line, register: Register, named: list[int]) -> None:
    """Ask about a row whose place is no place of a party with its name."""
    only = named[0] if len(named) == 1 else None
    at = next(meaning for meaning in PLACE if line.given(meaning))
    choices = "; ".join(register.label(number) for number in named)
    label = register.label(only) if only is not None else ""
    line.note("place_contradicts", Level.DOUBT, "party", at=at, answer=only, party=label, choices=choices)


def _agreeing(line: Line, register: Register, number: int, named: list[int], written: str) -> int | None:
    if not written or number in named:
        return number
    answer = named[0] if len(named) == 1 else number
    line.note("party_contradicts", Level.DOUBT, "party", answer=answer, party=register.label(answer))
    return None


def _twice(line: Line, register: Register, named: list[int], suggested: int | None) -> None:
    choices = "; ".join(register.label(number) for number in named)
    party = register.label(suggested) if suggested is not None else ""
    line.note("name_twice", Level.DOUBT, "party", answer=suggested, choices=choices, party=party)


def _unknown(line: Line, register: Register, written: str) -> None:
    near = register.near(written) if written else None
    if near is None:
        line.note("party_unknown", Level.ERROR, "party")
    else:
        line.note("party_near", Level.DOUBT, "party", answer=near, party=register.label(near))

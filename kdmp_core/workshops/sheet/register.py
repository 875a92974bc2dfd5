"""Which party of "Koperasi" a name on another sheet means, when names are shortened, misspelt or stand twice."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from rapidfuzz import fuzz, process

from kdmp_core import areas
from kdmp_core.workshops.sheet.facts import Party
from kdmp_core.workshops.sheet.words import party_key

NEAR = 90
"""Least likeness (0 to 100) of the whole name for a suggestion."""

_COMMON = ("kdmp ", "kkmp ", "koperasi merah putih ", "merah putih ", "koperasi ", "desa ", "kelurahan ", "kel ")


class Register:
    """The parties of a workbook, looked up by number and by name."""

    def __init__(self, parties: Sequence[Party]) -> None:
        """Index the parties; their order on the sheet is kept."""
        self.by_number = {party.number: party for party in parties}
        self._by_key: dict[str, list[int]] = {}
        self._by_rest: dict[str, list[int]] = {}
        for party in parties:
            key = party_key(party.name)
            self._by_key.setdefault(key, []).append(party.number)
            self._by_rest.setdefault(_rest(key), []).append(party.number)

    def named(self, name: str) -> list[int]:
        """Give the numbers of all parties of a name, also without "Koperasi …" before it."""
        key = party_key(name)
        return self._by_key.get(key) or self._by_rest.get(_rest(key), []) if key else []

    def near(self, name: str) -> int | None:
        """Give the one party with a very like name, or None."""
        likely = process.extract(party_key(name), self._by_key.keys(), scorer=fuzz.ratio, score_cutoff=NEAR, limit=2)
        numbers = [number for key, _, _ in likely for number in self._by_key[key]]
        return numbers[0] if len(numbers) == 1 else None

    def label(self, number: int) -> str:
        """Give a party for people: number, name and, since names repeat, its area."""
        party = self.by_number[number]
        return f"{number} {party.name}" + (f" ({areas.label(party.area_code)})" if party.area_code else "")


def by_block(rows: Sequence[tuple[str, Hashable]], register: Register) -> list[int | None]:
    """Suggest a party for each row whose name stands twice, by the order of the blocks.

    `rows` are (name, what the row is about) in the order of the sheet. A block is a run of rows of one name in which
    nothing repeats. Something is suggested only when the sheet is kept in blocks (no other party stands in two
    places), the name has as many blocks as parties, and each block stands between parties that come before and
    after on "Koperasi".
    """
    blocks = _blocks(rows)
    numbers = _numbers(blocks, register)
    suggested: list[int | None] = [None] * len(rows)
    for (key, places), number in zip(blocks, numbers, strict=True):
        if len(register.named(key)) > 1:
            for place in places:
                suggested[place] = number
    return suggested


def _numbers(blocks: Sequence[tuple[str, list[int]]], register: Register) -> list[int | None]:
    """Give the party of each block: sure where the name is one party's, supposed where the order speaks for it."""
    named = [register.named(key) for key, _ in blocks]
    sure = [numbers[0] if len(numbers) == 1 else None for numbers in named]
    runs = [number for before, number in zip([None, *sure], sure, strict=False) if number not in (None, before)]
    if len(runs) != len(set(runs)):
        return sure
    supposed = list(sure)
    for key in {key for (key, _), numbers in zip(blocks, named, strict=True) if len(numbers) > 1}:
        own = [place for place, (name, _) in enumerate(blocks) if name == key]
        twins = register.named(key)
        if len(own) == len(twins) and all(map(_between, [sure] * len(own), own, twins)):
            for place, number in zip(own, twins, strict=True):
                supposed[place] = number
    return supposed


def _between(sure: list[int | None], place: int, number: int) -> bool:
    before = next((known for known in reversed(sure[:place]) if known is not None), None)
    after = next((known for known in sure[place + 1 :] if known is not None), None)
    return (before is None or before < number) and (after is None or number < after)


def _blocks(rows: Sequence[tuple[str, Hashable]]) -> list[tuple[str, list[int]]]:
    blocks: list[tuple[str, list[int]]] = []
    seen = set[Hashable]()
    for place, (name, about) in enumerate(rows):
        key = party_key(name)
        if not blocks or key != blocks[-1][0] or about in seen:
            blocks.append((key, []))
            seen = set()
        blocks[-1][1].append(place)
        seen.add(about)
    return blocks


def _rest(key: str) -> str:
    return next((key.removeprefix(common) for common in _COMMON if key.startswith(common)), key)

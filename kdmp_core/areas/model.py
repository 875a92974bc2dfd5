"""What an area is: a code, its level, its name and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The four levels of the code `PP.KK.CC.VVVV`."""

    PROVINCE = "province"
    REGENCY = "regency"
    DISTRICT = "district"
    VILLAGE = "village"


class VillageKind(StrEnum):
    """What a village is, by the first digit of its fourth block: 1, 2, 3."""

    KELURAHAN = "kelurahan"
    DESA = "desa"
    DESA_ADAT = "desa_adat"


LEVELS = {2: Level.PROVINCE, 5: Level.REGENCY, 8: Level.DISTRICT, 13: Level.VILLAGE}
KINDS = {"1": VillageKind.KELURAHAN, "2": VillageKind.DESA, "3": VillageKind.DESA_ADAT}


@dataclass(frozen=True)
class Area:
    """One area. `name` is the official spelling; `postcode` is empty above the village."""

    code: str
    name: str
    postcode: str = ""

    @property
    def level(self) -> Level:
        """Give the level, read from the length of the code."""
        return LEVELS[len(self.code)]

    @property
    def kind(self) -> VillageKind | None:
        """Give what kind of village it is; None above the village."""
        return KINDS.get(self.code[9]) if self.level is Level.VILLAGE else None

    @property
    def parent(self) -> str:
        """Give the code one level up; empty for a province."""
        return self.code.rpartition(".")[0]

    @property
    def regency(self) -> str:
        """Give the code of the regency it lies in; empty for a province."""
        return self.code[:5] if len(self.code) >= len("PP.KK") else ""

    @property
    def district(self) -> str:
        """Give the code of the district it lies in; empty above the district."""
        return self.code[:8] if len(self.code) >= len("PP.KK.CC") else ""


@dataclass(frozen=True)
class Point:
    """Where an area lies, in whole 1/100,000 degree; `approximate` when it is the point of the area above."""

    latitude: int
    longitude: int
    approximate: bool = False

"""What a workshop sheet says, as values: the event, parties, mapping rows, attendance, and what was found wrong.

Rows are plain frozen values. A row keeps what was surely read; what is only supposed stands in its findings as a
suggestion and is applied by `decide` once somebody has confirmed it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from kdmp_core.records import PartyKind
from kdmp_core.workshops.sheet.finding import Finding, Level


class Field(StrEnum):
    """The four columns of the mapping."""

    PRODUCTION = "production"
    PROCESSING = "processing"
    DISTRIBUTION = "distribution"
    MARKETING = "marketing"


class Direction(StrEnum):
    """Whether a party has something or lacks it."""

    POTENTIAL = "potential"
    NEED = "need"


class Commodity(StrEnum):
    """What is offered or needed."""

    GKP = "gkp"
    MILLING = "milling"
    TRANSPORT = "transport"
    RICE_MEDIUM = "rice_medium"
    RICE_PREMIUM = "rice_premium"


class Status(StrEnum):
    """Whether a row may be written as it is, wants an answer, or cannot be used."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What every row has: its key, its line on the sheet and what was found in it.

    `key` is made of what the row says, not of its line: it survives other rows being moved, and a second import.
    """

    key: str
    row: int
    findings: tuple[Finding, ...] = ()

    @property
    def status(self) -> Status:
        """Give the status its findings add up to."""
        levels = {finding.level for finding in self.findings}
        if Level.ERROR in levels:
            return Status.REJECTED
        return Status.DOUBTFUL if Level.DOUBT in levels else Status.GOOD

    @property
    def doubts(self) -> tuple[Finding, ...]:
        """Give the findings that keep the row from being good."""
        return tuple(finding for finding in self.findings if finding.level is not Level.NOTICE)


@dataclass(frozen=True, kw_only=True)
class EventFacts(Row):
    """The sheet "Acara". `baseline_price` is f, whole rupiah per kg GKP; the last five may stay empty."""

    name: str = ""
    organiser: str = ""
    venue: str = ""
    starts: date | None = None
    ends: date | None = None
    regency: str = ""
    commodity: str = ""
    baseline_price: int | None = None
    signing_place: str = ""
    agreement_date: date | None = None
    register_unit: str = ""
    letter_number: str = ""
    working_months: int | None = None


@dataclass(frozen=True, kw_only=True)
class Officer:
    """Who signs for a party. `phone` is E.164; empty texts and None where the sheet is silent."""

    name: str = ""
    office: str = ""
    phone: str = ""
    email: str = ""
    term_ends: date | None = None
    authority_kind: str = ""
    authority_number: str = ""
    authority_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class Party(Row):
    """One line of "Koperasi". `area_code` is a village's, or the district's when `area_is_district`."""

    number: int
    kind: PartyKind | None = None
    name: str = ""
    legal_number: str = ""
    area_code: str = ""
    area_is_district: bool = False
    officer: Officer = Officer()
    nib: str = ""
    npwp: str = ""
    address: str = ""
    postcode: str = ""
    letter_number: str = ""


@dataclass(frozen=True, kw_only=True)
class MappingRow(Row):
    """One line of "Potensi & Kebutuhan": whole kilograms and whole rupiah per kilogram, the period as written.

    `party` is the number on "Koperasi", None while in doubt. `is_buyer` is True where the row means that others may
    sell to this party (matching.md §2.1).
    """

    party: int | None
    party_as_written: str
    field: Field | None
    direction: Direction | None
    commodity: Commodity | None
    kg: int | None
    price: int | None
    period: str
    period_as_written: str
    note: str
    is_buyer: bool = False

    @property
    def identity(self) -> tuple[int | None, Field | None, Direction | None, Commodity | None, str]:
        """Give what the record keys it by (design.md §2)."""
        return self.party, self.field, self.direction, self.commodity, self.period


@dataclass(frozen=True, kw_only=True)
class AttendanceRow(Row):
    """One line of "Peserta": who was there; never the signatory by itself."""

    name: str
    office: str
    party: int | None
    party_as_written: str
    phone: str = ""
    sex: str = ""


@dataclass(frozen=True)
class Counts:
    """How many rows of a sheet are good, doubtful and rejected."""

    good: int
    doubtful: int
    rejected: int


@dataclass(frozen=True)
class Preview:
    """Everything a workbook says before anybody has accepted it; nothing has been written.

    `adds` is True for a file that speaks of some rows of an event only: the others stay as they are.
    """

    file_name: str
    sha256: str
    event: EventFacts
    parties: tuple[Party, ...]
    mapping: tuple[MappingRow, ...]
    attendance: tuple[AttendanceRow, ...]
    remarks: tuple[Finding, ...] = ()
    adds: bool = False

    @cached_property
    def rows(self) -> dict[str, Row]:
        """Give every row by its key."""
        return {row.key: row for row in (self.event, *self.parties, *self.mapping, *self.attendance)}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Give everything found: on the workbook first, then row by row."""
        return (*self.remarks, *(finding for row in self.rows.values() for finding in row.findings))

    @property
    def counts(self) -> Counts:
        """Give the counts of the mapping rows."""
        return counts_of(self.mapping)

    @property
    def reasons(self) -> Counter[str]:
        """Give how many mapping rows carry each code of doubt or error."""
        return Counter(code for row in self.mapping for code in {finding.code for finding in row.doubts})


def counts_of(rows: tuple[Row, ...]) -> Counts:
    """Count rows by status."""
    found = Counter(row.status for row in rows)
    return Counts(found[Status.GOOD], found[Status.DOUBTFUL], found[Status.REJECTED])

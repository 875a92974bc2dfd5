"""The facts papers are made from, as far as several kinds share them: dates, whole numbers, names, nothing worded yet.

What a kind has of its own stands in its file under `papers/`. Kilograms and rupiah are whole numbers; a date is a
`datetime.date` (an ISO string is read as one); `None` is allowed only where the annotation says so. Whoever asks for
a paper fills these dictionaries; `kinds.check_facts` refuses what is missing, unknown or of another type.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, TypedDict

PartyKind = Literal["kdmp", "kkmp", "primary", "secondary", "soe", "public_unit"]
"""Village, urban-village, other primary, secondary (hub) cooperative, State enterprise, public-service unit."""

SigningMode = Literal["at_once", "over_days", "electronic", "mixed"]
"""On paper on the dated day · on paper over several days · by link · by link or on paper."""

PaperSize = Literal["A4", "F4"]
"""210 x 297 mm · 215 x 330 mm. A form that is not A4 keeps the size it was drawn in."""

Meterai = Literal["none", "per_copy", "electronic"]
"""Duty stamps: none · one on each original · one e-Meterai on the one file (UU 10/2020)."""

Logo = Literal["yes", "no"]
"""Whether a logo stands above the title: its picture is handed to the press beside the words."""

LegalReview = Literal["trial", "draft", "reviewed"]
"""`draft` prints "Konsep, belum ditelaah ahli hukum" on every page, `trial` also "UJI COBA", `reviewed` nothing."""

Field = Literal["production", "processing", "distribution", "marketing"]
Direction = Literal["potential", "need"]


class Signatory(TypedDict):
    """Who signs for a party; `authority` is the written basis, None a declared blank."""

    name: str  # with titles, one string
    office: str
    authority: str | None  # "Surat Keputusan AHU-…", "Akta Nomor 12 tanggal 3 Juni 2025"


class Contact(TypedDict):
    """Where letters of a party go."""

    name: str
    office: str
    phone: str
    email: str | None


class Person(TypedDict):
    """Somebody named in a paper who does not stand for a party."""

    name: str  # with titles, one string
    office: str
    institution: str


class Party(TypedDict):
    """A party with its identity; `area` is the label with its levels, `legal_number` None if it has none."""

    kind: PartyKind
    name: str
    legal_number: str | None
    nib: str | None
    address: str | None  # street and number; None is a declared blank
    area: str  # "Desa Cihea, Kec. Haurwangi, Kabupaten Cianjur"
    own_number: str | None  # of its own letter book; a missing one holds nothing back
    signatory: Signatory


class Event(TypedDict):
    """The workshop the agreement came from."""

    name: str
    organiser: str
    place: str
    first_day: date
    last_day: date


class Capacity(TypedDict):
    """What a party offers or needs, for the annex; no price ever stands here (competition law).

    `party` is its position in the order of signature codes, from 1 (the counterpart comes last).
    """

    party: int
    field: Field
    direction: Direction
    commodity: str
    kg: int
    period: str  # "per musim tanam"


class Action(TypedDict):
    """One row of the action plan."""

    action: str
    owner: str
    due: date
    output: str


class Issue(TypedDict):
    """What every paper has. The three that may be None are the blanks declared until it is drawn up."""

    letter_number: str | None
    place: str | None
    dated: date | None
    legal_review: LegalReview
    paper: PaperSize


class Agreed(Issue):
    """What every paper says that parties agree to."""

    time_zone: str  # "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
    subject: str
    signing_mode: SigningMode
    meterai: Meterai
    logo: Logo


class Common(Agreed):
    """What every agreement with a term of its own says."""

    duration_months: int
    notice_days: int  # written notice before ending or leaving


class Parent(TypedDict):
    """The agreement that another carries out, changes or lets somebody join."""

    title: str
    letter_number: str
    dated: date

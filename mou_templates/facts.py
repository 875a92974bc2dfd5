"""The facts each kind of paper is made from: dates, whole numbers and names, nothing worded yet.

Kilograms and rupiah are whole numbers; a date is a `datetime.date` (an ISO string is read as one);
`None` is allowed only where the annotation says so. Whoever asks for a paper fills these
dictionaries; `kinds.check_facts` refuses what is missing, unknown or of another type.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, TypedDict

PartyKind = Literal["kdmp", "kkmp", "primary", "secondary", "soe", "public_unit"]
"""Village, urban-village, other primary, secondary (hub) cooperative, State enterprise, public-service unit."""

SigningMode = Literal["at_once", "over_days", "electronic", "mixed"]
"""On paper on the dated day · on paper over several days · by link · by link or on paper."""

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


class Party(TypedDict):
    """A party with its identity; `area` is the label with its levels, `legal_number` None if it has none."""

    kind: PartyKind
    name: str
    legal_number: str | None
    nib: str | None
    address: str | None  # street and number; None is a declared blank
    area: str  # "Desa Cihea, Kec. Haurwangi, Kabupaten Cianjur"
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


class Common(TypedDict):
    """What every agreement says. The three that may be None are the blanks declared until draw_up."""

    letter_number: str | None
    place: str | None
    dated: date | None
    time_zone: str  # "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
    subject: str
    signing_mode: SigningMode
    legal_review: LegalReview
    duration_months: int
    notice_days: int  # written notice before ending or leaving


class NetworkFacts(Common):
    """A framework MoU: `members` (1..200 cooperatives) on one side, one counterpart on the other."""

    event: Event
    regency: str
    members: list[Party]
    counterpart: Party
    secretariat: Contact
    secretariat_name: str
    pks_deadline_months: int
    capacity: list[Capacity]
    actions: list[Action]


class BilateralFacts(Common):
    """A framework MoU of two parties; `roles_*` say what each brings, without prices."""

    event: Event
    first: Party
    second: Party
    first_contact: Contact
    second_contact: Contact
    roles_first: list[str]
    roles_second: list[str]
    commodities: list[str]
    pks_deadline_months: int
    capacity: list[Capacity]


class Parent(TypedDict):
    """The MoU a PKS carries out."""

    title: str
    letter_number: str
    dated: date


class Line(TypedDict):
    """Goods of a PKS: whole kilograms, whole rupiah per kilogram, tolerance in whole percent."""

    commodity: str
    grade: str
    kg: int
    price: int
    tolerance_percent: int


class Delivery(TypedDict):
    """One planned delivery."""

    day: date
    commodity: str
    kg: int
    place: str


class Quality(TypedDict):
    """One quality demand with what happens beyond it."""

    parameter: str
    limit: str
    deduction: str


class Payment(TypedDict):
    """How the supplier is paid: days after handover and invoice, and the account of the organisation."""

    days: int
    bank: str
    account: str
    holder: str


class PksFacts(Common):
    """A supply agreement for rice or paddy under a MoU; the first party supplies, the second buys."""

    parent: Parent
    supplier: Party
    buyer: Party
    supplier_contact: Contact
    buyer_contact: Contact
    lines: list[Line]
    deliveries: list[Delivery]
    quality: list[Quality]
    payment: Payment
    price_basis: str
    tester: str
    court: str

"""What the API takes and gives, in plain pydantic: times RFC 3339 in UTC, whole kilograms and whole rupiah."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from webhooks.guards import LARGEST_ID

UNPLAIN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _plain(given: str) -> str:
    """Refuse what no database keeps and no page shows: control characters but line ends, and lone surrogates."""
    if UNPLAIN.search(given):
        raise ValueError("control characters and lone surrogates are not taken")
    return given


Line = Annotated[str, AfterValidator(_plain)]
Text = Annotated[Line, Field(max_length=1000)]


class Out(BaseModel):
    """An answer; read from the record's own attributes."""

    model_config = ConfigDict(from_attributes=True)


class In(BaseModel):
    """A request; a member that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class TokenRequest(In):
    """Client credentials (RFC 6749 §4.4)."""

    grant_type: Literal["client_credentials"] = "client_credentials"
    client_id: Annotated[Line, Field(max_length=64)]
    client_secret: Annotated[Line, Field(max_length=200)]


class Token(Out):
    """A bearer token; live for `expires_in` seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  (the scheme of RFC 6750, no secret)
    expires_in: int
    scope: str


class Page(In):
    """Which part of a list: after which id, how many."""

    after: Annotated[int, Field(ge=0, le=LARGEST_ID)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class AgreementFilter(Page):
    """A page of agreements, of one event or in one state."""

    event: Annotated[int, Field(ge=0, le=LARGEST_ID)] | None = None
    state: Annotated[Line, Field(max_length=40)] | None = None


class EventOut(Out):
    """An event; `baseline_rupiah_per_kg` is f, what a farmer gets for GKP today."""

    id: int
    name: str
    organiser: str
    venue: str
    starts_on: date
    ends_on: date
    regency_code: str
    commodity: str
    baseline_rupiah_per_kg: int


class EventList(Out):
    """Events the client's user may look at."""

    events: list[EventOut]


class PlanOut(Out):
    """A kept plan: its value is never given without its baseline, nor its result without its certificate."""

    id: int
    event_id: int
    value_rupiah: int
    baseline_rupiah_per_kg: int
    greedy_rupiah: int
    inputs_sha256: str
    result_sha256: str
    solver: str
    made_at: datetime
    current: bool
    result: dict[str, Any]


class FindingOut(Out):
    """One thing found in a sheet, worded in Indonesian for people."""

    code: str
    level: str
    sheet: str
    row: int
    column: str
    cell: str
    found: str
    expected: str
    reason: str
    suggestion: str


class RowOut(Out):
    """A row that wants an answer or was left out, by its key; a good one among the open waits for its party."""

    key: str
    row: int
    status: str
    findings: list[FindingOut]


class ImportOut(Out):
    """An uploaded sheet as it stands: counts of the mapping rows, open rows, and what accepting would change."""

    id: int
    event_id: int | None
    file_name: str
    good: int
    doubtful: int
    rejected: int
    open: list[RowOut]
    left_out: list[RowOut]
    changes: int
    accepted_at: datetime | None


class Answer(In):
    """An answer to a row: accept the suggestion, take other values, or leave the row out; always with a reason."""

    decision: Literal["accept", "take", "leave_out"]
    reason: Annotated[Line, Field(min_length=1, max_length=500)]
    values: dict[Line, Line | int | bool] | None = None


class Answers(In):
    """Answers by row key."""

    decisions: dict[Line, Answer]


class PartyOut(Out):
    """A party of an agreement with its place in the roster and how its signatory stands in the present round."""

    position: int
    side: str
    role_class: str
    name: str
    place: str
    kind: str
    legal_number: str | None
    signatory_state: str | None
    level: str | None


class DocumentOut(Out):
    """A stored file of an agreement."""

    id: int
    kind: str
    round: int | None
    sha256: str
    size: int
    media_type: str
    file_name: str
    made_at: datetime


class ObligationOut(Out):
    """What an agreement owes by a date."""

    kind: str
    due_on: date
    done_at: datetime | None


class FiguresOut(Out):
    """One commodity of a PKS: rencana, kontrak, realisasi, never summed across."""

    commodity: str
    planned_kg: int
    contracted_kg: int
    real_kg: int
    contracted_rupiah: int
    real_rupiah: int
    over_contract: bool


class AgreementSummary(Out):
    """An agreement in a list."""

    code: str
    kind: str
    title: str
    state: str
    round: int
    event_id: int
    partnership_id: int
    letter_number: str | None
    signed: int
    parties: int


class AgreementOut(AgreementSummary):
    """An agreement whole; `moves` are the rows of the table the client's user could follow now."""

    revision: int
    parent: str | None
    plan_id: int | None
    area_code: str
    terms: dict[str, Any]
    deadline_at: datetime | None
    in_force_on: date | None
    ends_on: date | None
    stuck_reason: str | None
    owes: list[str]
    moves: list[str]
    roster: list[PartyOut]
    documents: list[DocumentOut]
    obligations: list[ObligationOut]
    figures: list[FiguresOut]


class AgreementList(Out):
    """A page of agreements; `next` is the `after` of the following page."""

    agreements: list[AgreementSummary]
    next: int | None


class PartnershipOut(Out):
    """Who works together on what, with the codes of its agreements."""

    id: int
    title: str
    event_id: int
    agreements: list[str]


class PartnershipList(Out):
    """Partnerships the client's user may look at."""

    partnerships: list[PartnershipOut]
    next: int | None


class DecisionIn(In):
    """A reviewer's or coordinator's move, with its reason where the table asks one."""

    move: Literal["endorse", "approve", "return", "reject", "recall", "withdraw", "revise", "redraw", "reopen", "void"]
    reason: Text | None = None


class StepOut(Out):
    """One link of an agreement's chain; free text and names stay at the desk."""

    id: int
    chain: str
    sequence: int
    at: datetime
    move: str
    source: str | None
    target: str | None
    round: int
    actor_kind: str
    flow_run_id: str | None
    hash: str


class StepList(Out):
    """Steps in order; `whole` says whether the chain holds to its head."""

    steps: list[StepOut]
    whole: bool


class Feed(Out):
    """Steps of every agreement the client's user may look at; ask again with `after` = `next`."""

    steps: list[StepOut]
    next: int


class DeliveryIn(In):
    """A delivery as it was weighed."""

    delivered_on: date
    commodity: Annotated[Line, Field(max_length=120)]
    gross_kg: Annotated[int, Field(ge=1, le=10**6, strict=True)]
    tare_kg: Annotated[int, Field(ge=0, le=10**6, strict=True)]
    price_rupiah_per_kg: Annotated[int, Field(ge=1, le=10**7, strict=True)]
    note: Annotated[Line, Field(max_length=500)] = ""


class DeliveryOut(Out):
    """A recorded delivery."""

    id: int
    number: int
    delivered_on: date
    commodity: str
    gross_kg: int
    tare_kg: int
    net_kg: int
    price_rupiah_per_kg: int
    amount_rupiah: int
    reverses_id: int | None


class DeliveryList(Out):
    """Deliveries of a PKS in their order, reversals included."""

    deliveries: list[DeliveryOut]

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


Key = Annotated[Line, Field(min_length=1, max_length=200)]
Kilograms = Annotated[int, Field(ge=1, le=10**8, strict=True)]
MonthIn = Annotated[int, Field(ge=1, le=12, strict=True)]
PartIn = Annotated[int, Field(ge=0, le=10**6, strict=True)]


class PairIn(In):
    """Two parties by their keys in a plan's result."""

    party: Key
    counterpart: Key


class PinIn(PairIn):
    """At least `kg` of `goods` between two parties, or exactly that; without goods, kg paddy of whatever goods."""

    kg: Kilograms
    goods: Literal["gkp", "rice_medium", "rice_premium"] | None = None
    exact: bool = False


class LotIn(In):
    """A counterpart that takes nothing below `kg` paddy from all parties together."""

    counterpart: Key
    kg: Kilograms


class StoreIn(In):
    """What a party's store holds, kg paddy; without a party the store is open to all."""

    party: Annotated[Line, Field(max_length=200)] = ""
    kg: Kilograms


class AdditionIn(In):
    """One thing more: `place` is an area's code or name, `kg` a season.

    `price` in Rp/kg is a mill's fee, what a buyer pays, a village's ask; `goods` are what a buyer takes.
    """

    kind: Literal["mill", "dryer", "truck", "buyer", "village"]
    place: Key
    kg: Kilograms
    price: Annotated[int, Field(ge=1, le=10**6, strict=True)] | None = None
    goods: Literal["gkp", "rice_medium", "rice_premium"] | None = None


class ChoicesIn(In):
    """What is decided before matching; 0 is no lot, no cost and no limit.

    `quantities` are kg by row key, `partner_limits` by party, `aside` codes of agreements that shall not bind.
    `periods` are the months (1 to 12) of each, in their order; with them come `stores`, `store_cost` (Rp per tonne
    and step) and `spreads`: by row key the parts of its kg in each period.
    """

    pinned: Annotated[list[PinIn], Field(max_length=1000)] = []
    forbidden: Annotated[list[PairIn], Field(max_length=1000)] = []
    quantities: dict[Key, Kilograms] = {}
    partner_limits: dict[Key, Annotated[int, Field(ge=0, le=100, strict=True)]] = {}
    lots: Annotated[list[LotIn], Field(max_length=100)] = []
    aside: Annotated[list[Key], Field(max_length=1000)] = []
    lot: Annotated[int, Field(ge=0, le=10**8, strict=True)] = 0
    soe_lot: Annotated[int, Field(ge=0, le=10**8, strict=True)] = 0
    link_cost: Annotated[int, Field(ge=0, le=10**9, strict=True)] = 0
    partners: Annotated[int, Field(ge=0, le=100, strict=True)] = 0
    share_percent: Annotated[int, Field(ge=0, le=100, strict=True)] = 100
    fairness_percent: Annotated[int, Field(ge=0, le=100, strict=True)] = 0
    periods: Annotated[list[Annotated[list[MonthIn], Field(min_length=1, max_length=12)]], Field(max_length=6)] = []
    stores: Annotated[list[StoreIn], Field(max_length=1000)] = []
    store_cost: Annotated[int, Field(ge=0, le=10**9, strict=True)] = 0
    spreads: dict[Key, Annotated[list[PartIn], Field(max_length=6)]] = {}


class WhatIfIn(ChoicesIn):
    """Choices, and what might be added; additions are never kept."""

    additions: Annotated[list[AdditionIn], Field(max_length=20)] = []


class AdditionOut(Out):
    """An addition with what it brings: solved again, and at most by the prices of the plan; rupiah."""

    kind: str
    place: str
    kg: int
    price: int | None
    goods: str | None
    value_rupiah: int
    estimate_rupiah: int


class AdditionsOut(Out):
    """The additions that bring most, and what they bring together, which is not their sum.

    `solved` of `candidates` were solved again; the rest is proven not to be better. Lots, limits on partners, shares
    and fairness are left aside. A truck brings no rupiah: `truck_kg` is what the best one, at `truck_place`, carries
    more.
    """

    value_rupiah: int
    baseline_rupiah_per_kg: int
    together_rupiah: int
    candidates: int
    solved: int
    additions: list[AdditionOut]
    truck_place: str | None
    truck_kg: int


class ChangeOut(Out):
    """A flow that changed: kg paddy before and after, and why; `limit` of `owner` when it became scarcer or freer."""

    party: str
    mill: str | None
    buyer: str
    goods: str
    turn: str
    before: int
    after: int
    why: str
    limit: str | None
    owner: str
    rp_per_t: int
    period: int | None


class ChangesOut(Out):
    """What changed from one plan to another; kg are paddy."""

    value_before: int
    value_after: int
    sold_before: int
    sold_after: int
    left_out_before: list[str]
    left_out_after: list[str]
    flows: list[ChangeOut]


class WhatIfOut(Out):
    """An answer that is not kept; `changes` are against the event's plan, where it has one."""

    value_rupiah: int
    baseline_rupiah_per_kg: int
    gap_milli: int
    left_out: list[str]
    changes: ChangesOut | None
    result: dict[str, Any]


class SentenceOut(Out):
    """A flow or an unmet row of a plan, told in Indonesian for people; `row` and `code` for what is unmet."""

    party: str
    words: str
    why: str
    row: str | None = None
    code: str | None = None


class StandingOut(Out):
    """What a party gains, in thousandths of a rupiah: against selling alone, and against one choice after another."""

    party: str
    name: str
    offered: int
    sold: int
    partners: int
    value_milli: int
    greedy_milli: int


class ExplanationOut(Out):
    """A plan explained: flows with what else was possible, what is unmet with its one reason, what each party gains."""

    plan: int
    baseline_rupiah_per_kg: int
    choices: dict[str, Any]
    flows: list[SentenceOut]
    unmet: list[SentenceOut]
    standings: list[StandingOut]


class PlacedOut(Out):
    """A party of a plan by its key: its name and where it lies."""

    key: str
    name: str
    place: str


class RoleOut(Out):
    """What a party does by the plan, kg paddy; `buys_room` and `truck_room` are kg of what its rows offer."""

    party: str
    names: tuple[str, ...]
    grows: int
    sells: int
    mills: int
    mill_room: int
    buys: int
    buys_room: int
    carries: int
    truck_room: int


class StreamOut(Out):
    """Paddy from a grower through a mill (null: unmilled) to a buyer (null: unsold); `kg_goods` is what arrives."""

    source: str
    mill: str | None
    buyer: str | None
    goods: str
    kg: int
    kg_goods: int


class LegOut(Out):
    """What goes from one place to the next, kg paddy."""

    source: str
    target: str
    goods: str
    kg: int


class CellOut(Out):
    """What a supplier brings to a counterpart, kg paddy: bought, or only milled there."""

    supplier: str
    counterpart: str
    bought: bool
    kg: int


class MeasuresOut(Out):
    """One way to work: kg paddy, Rp per tonne, shares per 10,000, links in hundredths; null where it says nothing."""

    sold: int | None
    served: int | None
    gain_per_t: int
    lot_at_mill: int
    lot_at_buyer: int
    near: int
    reach: int
    fewest: int
    transport_per_t: int | None
    milling_per_t: int | None
    mill_use: int
    truck_use: int | None
    links: int
    sharing: int
    short: int
    concentration: int | None
    one_buyer: int | None
    largest: int | None
    uncovered: int
    left_out: int | None


class AloneOut(Out):
    """What a party is promised when everyone takes his best, and what can be; thousandths of a rupiah."""

    party: str
    promised_milli: int
    deliverable_milli: int


class EffectsOut(Out):
    """Before and after: everyone alone, best margin first, and the plan."""

    growers: int
    lot: int
    alone: MeasuresOut
    greedy: MeasuresOut
    plan: MeasuresOut
    by_party: list[AloneOut]


class ViewsOut(Out):
    """A plan as its pictures show it; all kg add up to those of its flows."""

    plan: int
    baseline_rupiah_per_kg: int
    parties: list[PlacedOut]
    roles: list[RoleOut]
    streams: list[StreamOut]
    legs: list[LegOut]
    matrix: list[CellOut]
    effects: EffectsOut


class AreaPlanOut(Out):
    """A kept plan of an area; its value is never given without its baseline and its gap. `facts` are its figures."""

    id: int
    area: str
    value_rupiah: int
    baseline_rupiah_per_kg: int
    gap_milli: int
    greedy_rupiah: int
    nearest_rupiah: int
    solver: str
    inputs_sha256: str
    result_sha256: str
    made_at: datetime
    found_at: datetime
    facts: dict[str, Any]


class AreaReasonOut(Out):
    """What is left of one kind for one reason: how many parties, how much, and the sentence for people."""

    what: str
    why: str
    count: int
    kg: int
    words: str


class AreaExplanationOut(Out):
    """An area's plan in sentences; `notes` are what its model cannot hold, or holds otherwise than an event's."""

    plan: int
    baseline_rupiah_per_kg: int
    finding: str
    proof: str
    left: list[AreaReasonOut]
    new_mills: list[str]
    notes: list[str]


class AreaAskIn(In):
    """Which baseline f a plan is wanted at; none is the reference table's."""

    baseline_rupiah_per_kg: Annotated[int, Field(ge=1, le=10**6, strict=True)] | None = None


class AreaAskOut(Out):
    """What is asked of the worker: `state` asked, made or refused; `progress` while it counts, `plan_id` at the end."""

    id: int
    area: str
    state: str
    baseline_rupiah_per_kg: int
    progress: dict[str, Any]
    refusal: dict[str, Any]
    asked_at: datetime
    ended_at: datetime | None
    plan_id: int | None


class AreaWhatIfIn(In):
    """One more mill of `kg` paddy a season, in a village where a party of the plan stands."""

    village: Annotated[Line, Field(min_length=2, max_length=13)]
    kg: Kilograms
    fee_rupiah_per_kg: Annotated[int, Field(ge=0, le=10**6, strict=True)] | None = None


class AreaWhatIfOut(Out):
    """What it would bring, in whole rupiah a season above the baseline; nothing is kept."""

    plan: int
    baseline_rupiah_per_kg: int
    value_rupiah_before: int
    value_rupiah: int
    gain_rupiah: int
    upper_bound_rupiah: int


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


class FormOut(Out):
    """Where one cooperative stands with the form it fills in itself; its link is in no answer."""

    party: int
    number: int
    name: str
    place: str
    state: str
    rows: int
    sent_at: datetime | None
    open_until: datetime | None


class FormList(Out):
    """The cooperatives of an event and their forms, in the event's order."""

    forms: list[FormOut]

"""The tables, a file per subject. Rooms write their own rows; state is written by `agreements.moves` alone."""

from __future__ import annotations

from kdmp_core.records.agreements import (
    FRAMEWORKS,
    Agreement,
    AgreementParty,
    ChainHead,
    Partnership,
    Remark,
    Round,
    Signatory,
    Step,
)
from kdmp_core.records.area_plans import AreaAsk, AreaPlan, AskState
from kdmp_core.records.columns import Base, Owed, UtcDateTime
from kdmp_core.records.documents import Document, DocumentKind
from kdmp_core.records.events import Attendance, ColumnMap, Event, EventParty, MappingEntry, Plan, SheetImport, Side
from kdmp_core.records.filling import FormAnswer, FormLink, FormState
from kdmp_core.records.follow_up import Delivery, Obligation
from kdmp_core.records.messages import Callback, Connection, Envelope, Heartbeat, Message
from kdmp_core.records.papers import Paper, PaperState, Template, TemplateState
from kdmp_core.records.parties import (
    VILLAGE_COOPERATIVES,
    LetterNumber,
    LetterRegister,
    Officer,
    Outlet,
    OutletKind,
    Party,
    PartyKind,
)
from kdmp_core.records.people import ApiClient, Grant, KeptAnswer, Role, StaffSession, Tally, User
from kdmp_core.records.signing import Code, Link, Reveal, Signature, SignerSession

__all__ = [
    "FRAMEWORKS",
    "VILLAGE_COOPERATIVES",
    "Agreement",
    "AgreementParty",
    "ApiClient",
    "AreaAsk",
    "AreaPlan",
    "AskState",
    "Attendance",
    "Base",
    "Callback",
    "ChainHead",
    "Code",
    "ColumnMap",
    "Connection",
    "Delivery",
    "Document",
    "DocumentKind",
    "Envelope",
    "Event",
    "EventParty",
    "FormAnswer",
    "FormLink",
    "FormState",
    "Grant",
    "Heartbeat",
    "KeptAnswer",
    "LetterNumber",
    "LetterRegister",
    "Link",
    "MappingEntry",
    "Message",
    "Obligation",
    "Officer",
    "Outlet",
    "OutletKind",
    "Owed",
    "Paper",
    "PaperState",
    "Partnership",
    "Party",
    "PartyKind",
    "Plan",
    "Remark",
    "Reveal",
    "Role",
    "Round",
    "SheetImport",
    "Side",
    "Signatory",
    "Signature",
    "SignerSession",
    "StaffSession",
    "Step",
    "Tally",
    "Template",
    "TemplateState",
    "User",
    "UtcDateTime",
]

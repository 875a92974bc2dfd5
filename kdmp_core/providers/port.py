"""The port: what every signing provider must be able to do, and the words for it.

A provider gets our PDF (A), lets people sign at its own address, calls us back, and keeps another PDF (B).
A callback is a hint that something happened; what is true is what the provider's API answers when asked.
One file beside this one is one provider. None of them opens a session, keeps a state or reads the clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Protocol, TypeAlias

Config: TypeAlias = Mapping[str, object]
Headers: TypeAlias = Iterable[tuple[str, str]]


class Canonical(StrEnum):
    """What a callback means, in one vocabulary for all providers."""

    REQUEST_SENT = "request.sent"
    VIEWED = "signatory.viewed"
    SIGNED = "signatory.signed"
    DECLINED = "signatory.declined"
    CHANGED = "signatory.changed"
    COMPLETED = "envelope.completed"
    VOIDED = "envelope.voided"
    EXPIRED = "envelope.expired"
    DELIVERY_FAILED = "delivery.failed"
    ERROR = "provider.error"


ENDINGS = frozenset({Canonical.DECLINED, Canonical.COMPLETED, Canonical.VOIDED, Canonical.EXPIRED})


class Trust(StrEnum):
    """How much of a callback its proof covers: body and time, the body, or nothing but the sender."""

    BODY_AND_TIME = "body_and_time"
    BODY = "body"
    SENDER = "sender"


class EnvelopeStatus(StrEnum):
    """Where an envelope stands. UNKNOWN = the provider said a word we do not know: nothing changes, it is shown."""

    UNKNOWN = "unknown"
    OPEN = "open"
    COMPLETED = "completed"
    DECLINED = "declined"
    EXPIRED = "expired"
    VOIDED = "voided"

    @property
    def ended(self) -> bool:
        """Whether nothing can follow."""
        return self not in {EnvelopeStatus.UNKNOWN, EnvelopeStatus.OPEN}


class SignerStatus(StrEnum):
    """Where one signer stands."""

    UNKNOWN = "unknown"
    WAITING = "waiting"
    INVITED = "invited"
    VIEWED = "viewed"
    SIGNED = "signed"
    DECLINED = "declined"

    @property
    def ended(self) -> bool:
        """Whether nothing can follow."""
        return self in {SignerStatus.SIGNED, SignerStatus.DECLINED}


@dataclass(frozen=True)
class Area:
    """Where a signature goes: page from 1; x, y (from the top left), w, h as fractions of the page, 0 to 1."""

    page: int
    x: Fraction
    y: Fraction
    w: Fraction
    h: Fraction


@dataclass(frozen=True)
class Signer:
    """Whom the provider shall ask. `ref` is ours and comes back in its answers; `role` names the party in the text.

    `order` counts from 0, equal numbers sign at the same time; `phone` is E.164.
    """

    ref: str
    name: str = field(repr=False)
    role: str
    areas: tuple[Area, ...]
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    order: int = 0


@dataclass(frozen=True)
class EnvelopeRequest:
    """What is sent: a title, the PDF (A), the signers, and until when (aware UTC, exclusive) they may sign."""

    title: str
    pdf: bytes = field(repr=False)
    signers: tuple[Signer, ...]
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Invited:
    """One signer as created: our ref, the provider's id, and the secret address where he signs (never stored)."""

    ref: str
    external_id: str
    address: str = field(repr=False)


@dataclass(frozen=True)
class Created:
    """An envelope as created: the provider's id and its signers in the order of the request."""

    external_id: str
    signers: tuple[Invited, ...]


@dataclass(frozen=True)
class CallbackFact:
    """What a proven callback says. `canonical` None = keep it, change nothing.

    `event` is the provider's own word; `external_id` the envelope it names (None: not about an envelope);
    `signer_ref` our ref of the signer; `at` the provider's time; `dedupe_key` equal for repeats of one event.
    """

    event: str
    canonical: Canonical | None
    external_id: str | None
    signer_ref: str | None
    at: datetime
    dedupe_key: str
    trust: Trust

    @property
    def refetch_first(self) -> bool:
        """Whether the provider must be asked before anything changes: always for endings, or with a weak proof."""
        return self.canonical in ENDINGS or (self.canonical is not None and self.trust is not Trust.BODY_AND_TIME)


@dataclass(frozen=True)
class SignerTruth:
    """One signer as the provider's API tells it; times aware UTC, `reason` the free words of who declined."""

    ref: str
    status: SignerStatus
    external_id: str | None = None
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    signed_at: datetime | None = None
    declined_at: datetime | None = None
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Document:
    """A file the provider holds; its address may be secret and short-lived, so it is never stored."""

    name: str
    url: str = field(repr=False)


@dataclass(frozen=True)
class EnvelopeTruth:
    """An envelope as the provider's API tells it now. Before completion `documents` are previews, or none."""

    external_id: str
    status: EnvelopeStatus
    signers: tuple[SignerTruth, ...] = ()
    documents: tuple[Document, ...] = ()
    completed_at: datetime | None = None


@dataclass(frozen=True)
class SignedFile:
    """The file B that came back, checked to be a whole PDF within the size cap."""

    pdf: bytes = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """The hash of B, hex."""
        return hashlib.sha256(self.pdf).hexdigest()


class Provider(Protocol):
    """One provider. `config` is the connection's stored JSON object; every function checks it again.

    Asking raises TryLater (time-out, 5xx, 429 with its seconds, a broken answer), NotAllowed (our key is refused),
    NotFound (no such envelope), InvalidInput (unfit config or request), TooLarge.
    """

    name: str

    def check_config(self, config: Config) -> dict[str, object]:
        """Give the config with its defaults, ready to be stored. Raises InvalidInput naming each wrong field."""

    def can_send(self, config: Config) -> bool:
        """Say whether the config holds what sending needs; without it the connection only receives."""

    def create(self, config: Config, request: EnvelopeRequest) -> Created:
        """Create the envelope; the provider itself writes to nobody."""

    def fetch(self, config: Config, external_id: str) -> EnvelopeTruth:
        """Ask for the truth about an envelope."""

    def signing_address(self, config: Config, external_id: str, ref: str) -> str:
        """Ask where the signer with our `ref` signs: a secret, for the moment of handing it over, never to be kept.

        Raises NotFound when the envelope does not know him.
        """

    def download_signed(self, config: Config, external_id: str) -> SignedFile:
        """Fetch the finished file B. Raises Conflict while the envelope is not completed."""

    def void(self, config: Config, external_id: str) -> None:
        """Take the envelope back at the provider; doing it twice is harmless."""

    def verify_and_parse(self, headers: Headers, raw_body: bytes, config: Config, now: datetime) -> CallbackFact:
        """Prove a callback and say what it means. Raises NotSignedIn, TooLarge or InvalidInput, and nothing else."""

    def stored_body(self, raw_body: bytes) -> bytes:
        """Give the JSON to be kept of a proven callback: no personal data, no secrets, no addresses."""

"""DocuSeal: the protocol of its API and of its webhooks.

Sources: its API description (docs/openapi.json), its routes and its sender (lib/webhook_urls/signatures.rb).
Facts that shape this file: a callback is signed over "<unix>.<body>" and its time; the settings page's "resend" signs
nothing and a custom header may replace the signature, so both are refused; a retry keeps the event's time but may say
more; `slug` opens the signing form; archived is no status but a time; a signed file is another PDF than the one sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from kdmp_core.errors import Conflict, InvalidInput, NotFound, NotSignedIn, Problem, TooLarge, TryLater
from kdmp_core.providers import wire
from kdmp_core.providers.port import (
    Area,
    CallbackFact,
    Canonical,
    Config,
    Created,
    Document,
    EnvelopeRequest,
    EnvelopeStatus,
    EnvelopeTruth,
    Headers,
    Invited,
    SignedFile,
    Signer,
    SignerStatus,
    SignerTruth,
    Trust,
)
from kdmp_core.providers.reading import Unreadable, id_at, object_at, objects_at, read_object, text_at, time_at

CALLBACK_BYTES: Final = 1024 * 1024
_PROOF: Final = re.compile(r"(0|[1-9][0-9]{0,11})\.([0-9a-f]{64})", re.ASCII)
_ID: Final = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_MEANING: Final = {
    "submission.created": Canonical.REQUEST_SENT,
    "form.viewed": Canonical.VIEWED,
    "form.started": Canonical.VIEWED,
    "form.completed": Canonical.SIGNED,
    "form.declined": Canonical.DECLINED,
    "submission.completed": Canonical.COMPLETED,
    "submission.expired": Canonical.EXPIRED,
    "submission.archived": Canonical.VOIDED,
}
_ENVELOPE: Final = {
    "pending": EnvelopeStatus.OPEN,
    "completed": EnvelopeStatus.COMPLETED,
    "declined": EnvelopeStatus.DECLINED,
    "expired": EnvelopeStatus.EXPIRED,
}
_SIGNER: Final = {
    "awaiting": SignerStatus.WAITING,
    "sent": SignerStatus.INVITED,
    "opened": SignerStatus.VIEWED,
    "completed": SignerStatus.SIGNED,
    "declined": SignerStatus.DECLINED,
}
_KEPT: Final = frozenset(
    {
        *("event_type", "timestamp", "data", "id", "submission_id", "external_id", "status"),
        *(
            "sent_at",
            "opened_at",
            "completed_at",
            "declined_at",
            "created_at",
            "updated_at",
            "archived_at",
            "expire_at",
        ),
        *("submitters", "submission", "submitters_order", "template"),
    }
)

Secret: TypeAlias = Annotated[str, StringConstraints(min_length=16, max_length=200, pattern=r"^[\x21-\x7e]+$")]


class DocuSealConfig(BaseModel):
    """A connection: `secret` (and further active `secrets`) prove callbacks; `base_url` and `api_key` are for asking.

    `base_url` is the address of the API with its path (`https://docuseal.example/api`). `origins` are other addresses
    its answers may point to for files and signing pages; `plain_http` allows http to another machine.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    scheme: Literal["docuseal_signature"]
    secret: Secret = Field(repr=False)
    secrets: list[Secret] = Field(default=[], max_length=10, repr=False)
    tolerance_s: int = Field(default=300, ge=1, le=900)
    base_url: str | None = None
    api_key: Secret | None = Field(default=None, repr=False)
    origins: list[str] = Field(default=[], max_length=10)
    plain_http: bool = False

    @model_validator(mode="after")
    def _addresses(self) -> DocuSealConfig:
        if (self.base_url is None) != (self.api_key is None):
            raise ValueError("base_url and api_key go together")
        for address in [*([self.base_url] if self.base_url else []), *self.origins]:
            found = wire.origin(address)
            loopback = found is not None and found[1] in {"127.0.0.1", "localhost", "::1"}
            if found is None or urlsplit(address).query or urlsplit(address).fragment:
                raise ValueError("an address cannot be used")
            if found[0] == "http" and not (loopback or self.plain_http):
                raise ValueError("an address is not https")
        return self

    def trusts(self, url: str) -> bool:
        """Say whether an address from the API's answer lies where the operator allowed."""
        known = {wire.origin(address) for address in (self.base_url or "", *self.origins)}
        return wire.origin(url) in known - {None}


class DocuSeal:
    """The provider; see `kdmp_core.providers.port.Provider` for what each function promises."""

    name = "docuseal"

    def check_config(self, config: Config) -> dict[str, object]:
        """Give the config with its defaults. Raises InvalidInput naming each wrong field, without its value."""
        return _config(config).model_dump(exclude_none=True)

    def can_send(self, config: Config) -> bool:
        """Say whether `base_url` and `api_key` are there."""
        return _config(config).base_url is not None

    def create(self, config: Config, request: EnvelopeRequest) -> Created:
        """Create a submission from a PDF; DocuSeal sends no e-mail and no SMS.

        A time-out may leave a submission behind whose signing addresses nobody ever learns: asking again is harmless.
        """
        settings = _config(config)
        answer = _ask(settings, "POST", "/submissions/pdf", _submission(request))
        with _as_answered():
            told = _told_by_ref(answer)
            signers = tuple(_invited(settings, signer.ref, told[signer.ref]) for signer in request.signers)
            return Created(id_at(answer, "id"), signers)

    def fetch(self, config: Config, external_id: str) -> EnvelopeTruth:
        """Ask for the submission as it stands now."""
        answer = _ask(_config(config), "GET", f"/submissions/{_checked(external_id)}")
        with _as_answered():
            truth = _truth(answer)
        if truth.external_id != external_id:
            raise TryLater("provider.answer_unreadable")
        return truth

    def signing_address(self, config: Config, external_id: str, ref: str) -> str:
        """Ask for the submission again and give the address made of this signer's slug."""
        settings = _config(config)
        answer = _ask(settings, "GET", f"/submissions/{_checked(external_id)}")
        with _as_answered():
            told = _told_by_ref(answer)
            if ref not in told:
                raise NotFound("provider.signer_missing")
            return _invited(settings, ref, told[ref]).address

    def download_signed(self, config: Config, external_id: str) -> SignedFile:
        """Fetch the signed file of a completed submission. Raises Conflict while it is not completed."""
        settings = _config(config)
        if self.fetch(config, external_id).status is not EnvelopeStatus.COMPLETED:
            raise Conflict("provider.not_completed")
        answer = _ask(settings, "GET", f"/submissions/{external_id}/documents")
        with _as_answered():
            documents = _documents(answer)
        if len(documents) != 1:
            raise TryLater("provider.file_missing")
        return _download(settings, documents[0].url)

    def void(self, config: Config, external_id: str) -> None:
        """Archive the submission; one that is gone already counts as done."""
        try:
            _ask(_config(config), "DELETE", f"/submissions/{_checked(external_id)}")
        except NotFound:
            return

    def verify_and_parse(self, headers: Headers, raw_body: bytes, config: Config, now: datetime) -> CallbackFact:
        """Prove the signature over the raw body within the tolerance, then read it."""
        if len(raw_body) > CALLBACK_BYTES:
            raise TooLarge("provider.callback_too_large")
        try:
            settings = _config(config)
        except InvalidInput as no_secret:
            raise NotFound("provider.connection_unknown") from no_secret
        _prove(headers, raw_body, settings, now)
        try:
            return _fact(read_object(raw_body))
        except Unreadable as broken:
            raise InvalidInput("provider.callback_unreadable") from broken

    def stored_body(self, raw_body: bytes) -> bytes:
        """Keep ids, our references, states and times; drop names, contacts, values, addresses, slugs, reasons."""
        try:
            body = read_object(raw_body)
        except Unreadable as broken:
            raise InvalidInput("provider.callback_unreadable") from broken
        return json.dumps(_kept(body), separators=(",", ":"), ensure_ascii=False).encode()


def _config(config: Config) -> DocuSealConfig:
    try:
        return DocuSealConfig.model_validate(dict(config))
    except ValidationError as wrong:
        problems = [
            Problem("provider.config_field", "/" + "/".join(map(str, error["loc"])), {"field": error["type"]})
            for error in wrong.errors(include_url=False, include_context=False, include_input=False)
        ]
    raise InvalidInput("provider.config_unfit", problems=problems)


def _prove(headers: Headers, raw_body: bytes, config: DocuSealConfig, now: datetime) -> None:
    proofs = [value for name, value in headers if name.lower() == "x-docuseal-signature"]
    if not proofs:
        raise NotSignedIn("provider.signature_missing")
    found = _PROOF.fullmatch(proofs[0]) if len(proofs) == 1 else None
    if found is None:
        raise NotSignedIn("provider.signature_malformed")
    message = found[1].encode() + b"." + raw_body
    right = [
        hmac.compare_digest(hmac.new(secret.encode(), message, hashlib.sha256).hexdigest(), found[2])
        for secret in (config.secret, *config.secrets)
    ]
    if not any(right):
        raise NotSignedIn("provider.signature_wrong")
    if abs(now.timestamp() - int(found[1])) > config.tolerance_s:
        raise NotSignedIn("provider.signature_stale")


def _fact(body: dict[str, object]) -> CallbackFact:
    event, at, data = text_at(body, "event_type", 100), time_at(body, "timestamp"), object_at(body, "data")
    if event is None or at is None:
        raise Unreadable
    if event not in _MEANING:  # templates, and whatever DocuSeal adds one day
        return CallbackFact(event, None, None, None, at, _key(event, data, at), Trust.BODY_AND_TIME)
    of_signer = event.startswith("form.")
    external_id = id_at(data, "submission_id" if of_signer else "id")
    ref = text_at(data, "external_id") if of_signer else None
    id_at(data, "id")
    return CallbackFact(event, _MEANING[event], external_id, ref, at, _key(event, data, at), Trust.BODY_AND_TIME)


def _key(event: str, data: dict[str, object], at: datetime) -> str:
    """Give what stays equal when DocuSeal tries again: the event, whose it is, when it was made."""
    subject = data.get("id")
    whose = subject if isinstance(subject, int) else "-"
    return f"{event}:{whose}:{at.isoformat(timespec='milliseconds')}"


def _kept(value: object) -> object:
    if isinstance(value, dict):
        return {name: _kept(inner) for name, inner in value.items() if name in _KEPT}
    if isinstance(value, list):
        return [_kept(inner) for inner in value]
    return value


def _ask(settings: DocuSealConfig, method: str, path: str, body: object = None) -> dict[str, object]:
    if settings.base_url is None or settings.api_key is None:
        raise InvalidInput("provider.cannot_send")
    return wire.ask(method, settings.base_url.rstrip("/") + path, {"X-Auth-Token": settings.api_key}, body)


@contextmanager
def _as_answered() -> Iterator[None]:
    """Turn an answer that cannot be read, or that lacks a signer, into TryLater."""
    try:
        yield
    except (Unreadable, KeyError) as broken:
        raise TryLater("provider.answer_unreadable") from broken


def _told_by_ref(answer: dict[str, object]) -> dict[str | None, dict[str, object]]:
    return {text_at(one, "external_id"): one for one in objects_at(answer, "submitters")}


def _checked(external_id: str) -> str:
    if not _ID.fullmatch(external_id):
        raise NotFound("provider.envelope_unknown")
    return external_id


def _submission(request: EnvelopeRequest) -> dict[str, object]:
    roles = [signer.role for signer in request.signers]
    if not roles or len(set(roles)) != len(roles) or len({one.ref for one in request.signers}) != len(roles):
        raise InvalidInput("provider.signers_unfit")
    if not all(signer.areas and (signer.email or signer.phone) for signer in request.signers):
        raise InvalidInput("provider.signers_unfit")
    file = base64.b64encode(request.pdf).decode("ascii")
    fields = [_field(signer, number) for signer in request.signers for number in range(len(signer.areas))]
    expiry = {"expire_at": request.expires_at.astimezone(UTC).isoformat()} if request.expires_at else {}
    return {
        "name": request.title,
        "send_email": False,
        "send_sms": False,
        "order": "preserved",
        "documents": [{"name": request.title, "file": file, "fields": fields}],
        "submitters": [_submitter(signer) for signer in request.signers],
        **expiry,
    }


def _submitter(signer: Signer) -> dict[str, object]:
    contact = {"email": signer.email, "phone": signer.phone}
    return {
        "name": signer.name,
        "role": signer.role,
        "external_id": signer.ref,
        "order": signer.order,
        **{name: value for name, value in contact.items() if value},
    }


def _field(signer: Signer, number: int) -> dict[str, object]:
    return {
        "name": f"Tanda tangan {signer.role} {number + 1}",
        "type": "signature",
        "role": signer.role,
        "required": True,
        "areas": [_area(signer.areas[number])],
    }


def _area(area: Area) -> dict[str, object]:
    across = area.x >= 0 and area.w > 0 and area.x + area.w <= 1
    down = area.y >= 0 and area.h > 0 and area.y + area.h <= 1
    if area.page < 1 or not (across and down):
        raise InvalidInput("provider.area_unfit")
    return {"page": area.page, **{name: round(float(getattr(area, name)), 6) for name in "xywh"}}


def _invited(settings: DocuSealConfig, ref: str, told: dict[str, object]) -> Invited:
    address, slug = text_at(told, "embed_src"), text_at(told, "slug", 200)
    if address is None and slug is not None and re.fullmatch(r"[\w-]+", slug, re.ASCII):
        site = urlsplit(settings.base_url or "")
        address = f"{site.scheme}://{site.netloc}/s/{slug}"
    if address is None or not settings.trusts(address):
        raise Unreadable
    return Invited(ref, id_at(told, "id"), address)


def _truth(answer: dict[str, object]) -> EnvelopeTruth:
    reasons = {
        str(event.get("submitter_id")): text_at(object_at(event, "data"), "reason")
        for event in objects_at(answer, "submission_events")
        if event.get("event_type") == "decline_form"
    }
    status = _ENVELOPE.get(text_at(answer, "status") or "", EnvelopeStatus.UNKNOWN)
    if status is EnvelopeStatus.OPEN and time_at(answer, "archived_at") is not None:
        status = EnvelopeStatus.VOIDED
    return EnvelopeTruth(
        id_at(answer, "id"),
        status,
        tuple(_signer_truth(one, reasons) for one in objects_at(answer, "submitters")),
        _documents(answer),
        time_at(answer, "completed_at"),
    )


def _signer_truth(told: dict[str, object], reasons: dict[str, str | None]) -> SignerTruth:
    number = id_at(told, "id")
    return SignerTruth(
        text_at(told, "external_id") or "",
        _SIGNER.get(text_at(told, "status") or "", SignerStatus.UNKNOWN),
        number,
        text_at(told, "email"),
        text_at(told, "phone", 40),
        time_at(told, "completed_at"),
        time_at(told, "declined_at"),
        reasons.get(number),
    )


def _documents(answer: dict[str, object]) -> tuple[Document, ...]:
    found = [(text_at(one, "name"), text_at(one, "url")) for one in objects_at(answer, "documents")]
    return tuple(Document(name or "", url) for name, url in found if url is not None)


def _download(settings: DocuSealConfig, url: str) -> SignedFile:
    if not settings.trusts(url):
        raise InvalidInput("provider.file_elsewhere")
    pdf = wire.fetch_bytes("GET", url, {"Accept": "application/pdf"}, None, wire.FILE_BYTES)
    if not pdf.startswith(b"%PDF-") or b"%%EOF" not in pdf[-1024:]:
        raise TryLater("provider.file_broken")
    return SignedFile(pdf)

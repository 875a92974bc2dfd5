"""A text that a partner brought: taken in, printed once by the worker, chosen as the words, or put away again.

What is kept of it stands in `Agreement.own_draft`: the file (`sha256`, `media_type`, `file_name`, `size`), who brought
it when, what the paper found (`pages`, `text_sha256`, `hints`, `warnings`), `pdf_sha256` once it is printed, `trouble`
when it cannot be, and `chosen_by`, `chosen_at` once it is the words. Every act on it is an `edit` of the agreement.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kdmp_core import audit, store
from kdmp_core.agreements import moves
from kdmp_core.audit import By
from kdmp_core.errors import InvalidInput, MoveRefused
from kdmp_core.files import Files
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Step

LONGEST_NAME = 100
UNQUOTED = '"<>{}%'
"""Signs that a name loses: it stands in a header and in a template's words."""
MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
EDITABLE = (State.DRAFT, State.RETURNED)
ISSUE = ("place", "dated")
"""Terms that review does not bind to; the letter number is none of the terms."""
FOUND = ("pages", "text_sha256", "hints", "warnings")
OF_ROUND = ("sha256", "pdf_sha256", "media_type", "file_name", "pages", "warnings")


@dataclass(frozen=True)
class Brought:
    """A file as it came, and what the paper found in it (`Adopted` as plain data, with its `media`)."""

    data: bytes
    file_name: str
    found: Mapping[str, Any]


def bring(
    session: Session, files: Files, agreement_id: int, brought: Brought, asked: moves.Asked, by: By, now: datetime
) -> Step:
    """Take in a text that the paper has looked at; the worker prints it next.

    It takes the place of one that was brought before. The words are ours until somebody chooses it.
    """
    data, media = brought.data, str(brought.found["media"])
    if media not in MEDIA:
        raise InvalidInput("paper.adopted_media")
    agreement = moves.locked_agreement(session, agreement_id)
    sha256 = files.put(data)
    details = {"own_draft_sha256": sha256, "own_draft_size": len(data)}
    hashed = moves.Asked("edit", asked.key, details=details, revision=asked.revision, due_at=now)
    if (done := moves.done_before(session, agreement, hashed)) is not None:
        return done
    step = moves.apply_locked(session, agreement, hashed, by, now)
    agreement.own_draft = {
        **{name: brought.found[name] for name in FOUND},
        "sha256": sha256,
        "media_type": MEDIA[media],
        "file_name": plain_name(brought.file_name, media),
        "size": len(data),
        "brought_by": by.user_id,
        "brought_at": now.isoformat(),
        "pdf_sha256": None,
        "trouble": None,
        "chosen_by": None,
        "chosen_at": None,
    }
    return step


def choose(session: Session, agreement_id: int, sha256: str, asked: moves.Asked, by: By, now: datetime) -> Step:
    """Make the text that was brought the words of the agreement; `sha256` is the file that was looked at.

    Raises MoveRefused when none was brought, another was brought meanwhile, or it is not printed.
    """
    agreement = moves.locked_agreement(session, agreement_id)
    if (done := moves.done_before(session, agreement, asked)) is not None:
        return done
    own = agreement.own_draft
    if own is None or own["sha256"] != sha256:
        raise MoveRefused("own_drafts.other")
    if own["pdf_sha256"] is None:
        raise MoveRefused("own_drafts.not_printed")
    details = {"own_draft_sha256": sha256, "own_draft_pdf_sha256": own["pdf_sha256"]}
    chosen = moves.Asked("edit", asked.key, details=details, revision=asked.revision)
    step = moves.apply_locked(session, agreement, chosen, by, now)
    agreement.own_draft = {**own, "chosen_by": by.user_id, "chosen_at": now.isoformat()}
    return step


def take_back(session: Session, agreement_id: int, asked: moves.Asked, by: By, now: datetime) -> Step:
    """Put the text away: the words are ours again. Raises MoveRefused when none was brought."""
    agreement = moves.locked_agreement(session, agreement_id)
    if (done := moves.done_before(session, agreement, asked)) is not None:
        return done
    if agreement.own_draft is None:
        raise MoveRefused("own_drafts.other")
    details = {"own_draft_put_away": agreement.own_draft["sha256"]}
    put_away = moves.Asked("edit", asked.key, details=details, revision=asked.revision)
    step = moves.apply_locked(session, agreement, put_away, by, now)
    agreement.own_draft = None
    return step


def to_print(agreement: Agreement | None) -> dict[str, Any] | None:
    """Give the text that waits to be printed, or None."""
    if agreement is None or agreement.state not in EDITABLE or agreement.own_draft is None:
        return None
    own = agreement.own_draft
    return own if own["pdf_sha256"] is None and own["trouble"] is None else None


def keep_print(agreement: Agreement, sha256: str, pdf: bytes, adopted: Mapping[str, Any], files: Files) -> bool:
    """Keep the printed text with what the paper found in it; False when another was brought meanwhile."""
    own = to_print(agreement)
    if own is None or own["sha256"] != sha256:
        return False
    known = {(one["code"], str(one["values"])) for one in adopted["warnings"]}
    warnings = [one for one in own["warnings"] if (one["code"], str(one["values"])) not in known]
    found = {**{name: adopted[name] for name in FOUND}, "warnings": [*warnings, *adopted["warnings"]]}
    agreement.own_draft = {**own, **found, "pdf_sha256": files.put(pdf)}
    store.settle(agreement, None)
    return True


def keep_trouble(agreement: Agreement, sha256: str, code: str, values: Mapping[str, object]) -> bool:
    """Keep why the text cannot be printed, a code of the catalogue with its values; False as `keep_print`."""
    own = to_print(agreement)
    if own is None or own["sha256"] != sha256:
        return False
    told = {name: str(value) for name, value in values.items()}
    agreement.own_draft = {**own, "trouble": {"code": code, "values": told}}
    store.settle(agreement, None)
    return True


def chosen(agreement: Agreement) -> dict[str, Any] | None:
    """Give the text that is the words, or None when ours are."""
    own = agreement.own_draft
    return own if own is not None and own["chosen_at"] is not None else None


def require_decided(agreement: Agreement) -> None:
    """Refuse to go on while a text was brought and nobody has said whether it is used (MoveRefused)."""
    if agreement.own_draft is not None and chosen(agreement) is None:
        raise MoveRefused("own_drafts.not_decided")


def of_round(own: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the facts of a round keep of the text, hashed with them."""
    return {name: own[name] for name in OF_ROUND}


def named(agreement: Agreement, own: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the signature sheet says of the text."""
    return {"title": agreement.title, **{name: own[name] for name in ("file_name", "sha256", "pages")}}


def bound_hash(agreement: Agreement, own: Mapping[str, Any], sheet_hash: str, template_sha256: str) -> str:
    """Give the hash that review binds to: the file, its print, the sheet's words, the terms people read above it."""
    terms = {name: value for name, value in agreement.terms.items() if name not in ISSUE}
    return audit.digest(
        {
            "kind": agreement.kind,
            "file": own["sha256"],
            "pdf": own["pdf_sha256"],
            "sheet": sheet_hash,
            "template": template_sha256,
            "terms": terms,
        }
    )


def plain_name(file_name: str, media: str) -> str:
    """Give the name of a file as it may be printed: one line, no path, at most 100 characters, with its ending."""
    bare = unicodedata.normalize("NFC", file_name).replace("\\", "/").rpartition("/")[2]
    stem = bare.removesuffix(f".{media}") if bare.endswith(f".{media}") else bare.rpartition(".")[0] or bare
    kept = "".join(sign if sign.isascii() and sign.isprintable() and sign not in UNQUOTED else " " for sign in stem)
    return f"{' '.join(kept.split())[:LONGEST_NAME] or 'naskah'}.{media}"

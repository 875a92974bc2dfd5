"""The secret part of an address that stands for a person: keyed, made again from a row's id, kept as a hash only.

16 bytes of HMAC-SHA256(link key, purpose and id) as 22 characters of base64url (security.md §2.4). Every purpose has
its own tokens: the token of a folder opens no form, whatever the ids.
"""

from __future__ import annotations

import base64
import enum
import hashlib
import hmac
from datetime import datetime
from typing import Protocol

from kdmp_core.settings import Settings

TOKEN_BYTES = 16
TOKEN_LENGTH = 22


class LinkState(enum.StrEnum):
    """Where a known link stands; told to whoever holds it, without a name."""

    LIVE = "live"
    EXPIRED = "expired"
    REPLACED = "replaced"
    STOPPED = "stopped"


class Ending(Protocol):
    """What every row of a link has: when it ends by itself, when it was replaced, when it was stopped."""

    expires_at: datetime
    superseded_at: datetime | None
    revoked_at: datetime | None


def token(settings: Settings, purpose: str, row_id: int) -> str:
    """Give the secret part of a link's address, made again from its purpose and id."""
    mac = hmac.new(settings.key("link"), f"{purpose}:{row_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).rstrip(b"=").decode("ascii")


def kept(secret: str) -> str:
    """Give what the record keeps of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def looked_up(presented: str) -> str | None:
    """Give the hash under which a presented token would be kept; None for what cannot be one of ours.

    The lookup is by hash, so how long it takes says nothing about the token.
    """
    return kept(presented) if len(presented) == TOKEN_LENGTH and presented.isascii() else None


def state(link: Ending, now: datetime) -> LinkState:
    """Say where a link stands; the last instant is exclusive."""
    if link.revoked_at is not None:
        return LinkState.STOPPED
    if link.superseded_at is not None:
        return LinkState.REPLACED
    return LinkState.LIVE if now < link.expires_at else LinkState.EXPIRED

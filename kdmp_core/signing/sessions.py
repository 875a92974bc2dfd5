"""A signer's session: a folder opened with a code, at most thirty minutes, ended at once when its link ends.

The cookie is a JWT of type `signer`; its `jti` is a row, so ending it does not wait for the token to run out.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import tokens
from kdmp_core.errors import NotSignedIn
from kdmp_core.records import Code, Link, SignerSession
from kdmp_core.settings import Settings
from kdmp_core.signing import links

LIFE = timedelta(minutes=30)
ISSUER = "kdmp"
AUDIENCE = "kdmp-sign"


def open_session(session: Session, code: Code, settings: Settings, now: datetime) -> str:
    """Open the folder of a code that was just entered and give the token of the session."""
    row = SignerSession(
        jti=secrets.token_urlsafe(16),
        link_id=code.link_id,
        code_id=code.id,
        level=code.level or "",
        opened_at=now,
        expires_at=now + LIFE,
    )
    session.add(row)
    session.flush()
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(code.link_id), "jti": row.jti}
    return tokens.issue(_keys(settings), tokens.TokenType.SIGNER, claims, now, LIFE)


def check(session: Session, token: str, settings: Settings, now: datetime) -> SignerSession:
    """Give the live session of a token. Raises NotSignedIn (bad, over, ended), Gone when its link has ended."""
    claims = tokens.check(_keys(settings), tokens.TokenType.SIGNER, token, now, audience=AUDIENCE, issuer=ISSUER)
    row = session.scalar(select(SignerSession).where(SignerSession.jti == claims.token_id))
    if row is None or str(row.link_id) != claims.subject:
        raise NotSignedIn("signing.session_over")
    require_live(session, row, now)
    return row


def require_live(session: Session, row: SignerSession, now: datetime) -> Link:
    """Give the link of a session that may act. Raises Gone (the link has ended), NotSignedIn (the session has)."""
    link = session.get_one(Link, row.link_id, populate_existing=True)
    links.require_live(link, now)
    session.refresh(row)
    if row.ended_at is not None or row.expires_at <= now:
        raise NotSignedIn("signing.session_over")
    return link


def end(session: Session, row: SignerSession, now: datetime) -> None:
    """Close the folder; another code opens it again."""
    row.ended_at = row.ended_at or now
    session.flush()


def _keys(settings: Settings) -> tokens.Keys:
    return tokens.Keys({"s1": settings.key("session")}, active="s1")

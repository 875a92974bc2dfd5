"""A signer's session: a folder opened with a code, at most thirty minutes, ended at once when its link ends.

The cookie is a JWT of type `signer`; its `jti` is a row, so ending it does not wait for the token to run out.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, contains_eager

from kdmp_core import tokens
from kdmp_core.errors import NotSignedIn
from kdmp_core.records import Code, Link, SignerSession
from kdmp_core.settings import Settings
from kdmp_core.signing import links

LIFE = timedelta(minutes=30)
ISSUER = "kdmp"
AUDIENCE = "kdmp-sign"
_AS_IT_STANDS = (
    select(SignerSession)
    .join(SignerSession.link)
    .options(contains_eager(SignerSession.link).lazyload(Link.officer))
    .execution_options(populate_existing=True)
)
_BY_TOKEN = _AS_IT_STANDS.where(SignerSession.jti == bindparam("jti"))
_WITH_CODE = (
    _AS_IT_STANDS.join(SignerSession.code)
    .options(contains_eager(SignerSession.code).lazyload(Code.link))
    .where(SignerSession.id == bindparam("id"))
)


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
    row = session.scalar(_BY_TOKEN, {"jti": claims.token_id})
    if row is None or str(row.link_id) != claims.subject:
        raise NotSignedIn("signing.session_over")
    _require_live(row, now)
    return row


def require_live(session: Session, row: SignerSession, now: datetime) -> Link:
    """Give the link of a session that may act; both are read again, with the code that opened it.

    Raises Gone (the link has ended), NotSignedIn (the session has).
    """
    fresh = session.scalars(_WITH_CODE, {"id": row.id}).one()
    _require_live(fresh, now)
    return fresh.link


def end(session: Session, row: SignerSession, now: datetime) -> None:
    """Close the folder; another code opens it again."""
    session.refresh(row)
    row.ended_at = row.ended_at or now
    session.flush()


def _require_live(row: SignerSession, now: datetime) -> None:
    links.require_live(row.link, now)
    if row.ended_at is not None or row.expires_at <= now:
        raise NotSignedIn("signing.session_over")


def _keys(settings: Settings) -> tokens.Keys:
    return tokens.Keys({"s1": settings.key("session")}, active="s1")

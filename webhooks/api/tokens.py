"""`POST /v1/token`: client id and secret become a bearer token of fifteen minutes at most."""

from __future__ import annotations

import secrets
from datetime import timedelta

from apiflask import APIBlueprint

from kdmp_core import access, tokens
from kdmp_core.errors import NotSignedIn
from webhooks import guards
from webhooks.api.shapes import Token, TokenRequest
from webhooks.context import reach

blueprint = APIBlueprint("token", __name__, url_prefix="/v1", tag="Tokens")
LIFE = timedelta(minutes=15)


@blueprint.post("/token")
@blueprint.input(TokenRequest)
@blueprint.output(Token)
@blueprint.doc(summary="Get a bearer token", responses={401: "Unknown client", 429: "Too many attempts"})
def give(json_data: TokenRequest) -> Token:
    """Give a token to a client whose secret fits; failures are counted in the database."""
    parts = reach()
    now = parts.now()
    with parts.store.write() as session:
        client = access.check_client(session, json_data.client_id, json_data.client_secret, now)
    if client is None:
        raise NotSignedIn("api.client_unknown")
    claims = {"iss": guards.ISSUER, "aud": guards.AUDIENCE, "sub": str(client.id), "jti": secrets.token_urlsafe(12)}
    token = tokens.issue(guards.token_keys(), tokens.TokenType.API, claims, now, LIFE)
    return Token(access_token=token, expires_in=int(LIFE.total_seconds()), scope=" ".join(client.scopes))

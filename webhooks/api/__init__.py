"""The API: bearer tokens, JSON, RFC 9457 refusals, OpenAPI 3.1 at `/v1/openapi.json`."""

from __future__ import annotations

from apiflask import APIBlueprint

from webhooks.api import agreements, areas, events, imports, partnerships, tokens

rooms: tuple[APIBlueprint, ...] = (
    events.blueprint,
    areas.blueprint,
    imports.blueprint,
    partnerships.blueprint,
    agreements.blueprint,
)
"""The blueprints behind the bearer guard."""

entrance: APIBlueprint = tokens.blueprint
"""The one that gives tokens: its proof is the client's secret in the request."""

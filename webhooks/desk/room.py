"""The desk's blueprint; the rooms of the desk hang their views in it."""

from __future__ import annotations

from apiflask import APIBlueprint

blueprint = APIBlueprint("desk", __name__, enable_openapi=False)

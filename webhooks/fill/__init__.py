"""The door of cooperatives that fill in their own potential and need: link → four steps → check → receipt.

Open to all: the proof is the link. It writes the answers of one cooperative and reads nobody else's; without script
every page works the same. Looking changes nothing.
"""

from __future__ import annotations

from webhooks.fill.ways import blueprint

__all__ = ["blueprint"]

"""The door of those who sign: link → code → folder → read → yes or no → receipt. Every page works without script.

Two blueprints: `entrance` is open, its proof is the link and the code; `folder` stands behind `signer_only`.
"""

from __future__ import annotations

from webhooks.sign.visitor import signer_only
from webhooks.sign.ways import entrance, folder

__all__ = ["entrance", "folder", "signer_only"]

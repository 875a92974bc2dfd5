"""What the stand-in calls itself, and how DocuSeal writes times and JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime

NAME = "TIRUAN DocuSeal untuk uji"


def stamp_time() -> str:
    """Give now as DocuSeal writes times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def dumps(value: object) -> bytes:
    """Serialise as DocuSeal does: compact, & < > escaped, everything else as it is."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e").encode()

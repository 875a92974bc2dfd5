"""JSON as this door reads it: what JSON is not (NaN, Infinity) or nests without end is malformed, never a crash."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask.json.provider import DefaultJSONProvider


class StrictJSON(DefaultJSONProvider):
    """Flask's own JSON, strict in what it takes."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read a body. Raises ValueError, which Flask answers with 400, for whatever is no JSON."""
        try:
            return json.loads(s, parse_constant=_refuse, **kwargs)
        except RecursionError as deep:
            raise ValueError("nested too deeply") from deep


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)

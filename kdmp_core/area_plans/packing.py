"""Questions and answers of areas as bytes: a line of JSON that names the columns, then the columns one by one.

The same columns give the same bytes on every machine; their SHA-256 is what a kept plan is proven by. Compressed they
are only for keeping: another compressor may write other bytes, and they say the same.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdmp_core.errors import Trouble
from kdmp_core.matching.area import (
    AreaProblem,
    AreaResult,
    Demands,
    Forbidden,
    Hubs,
    Kind,
    Mills,
    Rates,
    Signed,
    Villages,
)

FORM = "kdmp-area-1"
PARTS: dict[str, Any] = {"villages": Villages, "mills": Mills, "demands": Demands, "hubs": Hubs}
Columns = Mapping[str, NDArray[Any]]


def question(problem: AreaProblem, area: str, gap: int) -> bytes:
    """Give a question in canonical order, with the area's code and the gap asked for."""
    problem = problem.canonical()
    columns = {f"{name}.{one.name}": getattr(getattr(problem, name), one.name) for name in PARTS
               for one in fields(PARTS[name])}  # fmt: skip
    signed = [[*asdict(one).values()] for one in problem.signed]
    forbidden = [[*asdict(one).values()] for one in problem.forbidden]
    head = {"area": area, "gap": gap, "rates": asdict(problem.rates), "signed": signed, "forbidden": forbidden}
    return _pack(head, columns)


def asked(content: bytes) -> tuple[AreaProblem, str, int]:
    """Give the question, its area and its gap again. Raises Trouble `area_plans.unreadable`."""
    head, columns = _unpack(content)
    parts = {
        name: kind(**{one.name: columns[f"{name}.{one.name}"] for one in fields(kind)}) for name, kind in PARTS.items()
    }
    rates = Rates(**{**head["rates"], "radii": tuple(head["rates"]["radii"])})
    signed = tuple(Signed(Kind(one[0]), *one[1:]) for one in head["signed"])
    forbidden = tuple(Forbidden(Kind(one[0]), *one[1:]) for one in head["forbidden"])
    return AreaProblem(**parts, rates=rates, signed=signed, forbidden=forbidden), head["area"], head["gap"]


def answer(result: AreaResult) -> bytes:
    """Give an answer: what flows between which nodes, the price at every node, value and proven bound."""
    flowing = np.flatnonzero(result.kg)
    arcs = result.arcs
    columns = {"tails": arcs.tails[flowing], "heads": arcs.heads[flowing], "kg": result.kg[flowing],
               "gains": arcs.gains[flowing], "prices": result.prices}  # fmt: skip
    proven = result.certificate
    return _pack({"value": proven.value, "upper_bound": proven.upper_bound, "rounds": result.rounds}, columns)


def squeeze(content: bytes) -> bytes:
    """Compress bytes for keeping."""
    return zlib.compress(content, 6)


def expand(content: bytes) -> bytes:
    """Give kept bytes again. Raises Trouble `area_plans.unreadable`."""
    try:
        return zlib.decompress(content)
    except zlib.error as fault:
        raise Trouble("area_plans.unreadable") from fault


def _pack(head: Mapping[str, Any], columns: Columns) -> bytes:
    bodies = {name: _body(column) for name, column in columns.items()}
    sizes = [[name, columns[name].dtype.kind, len(body)] for name, body in bodies.items()]
    first = json.dumps({"form": FORM, "head": head, "columns": sizes}, sort_keys=True, separators=(",", ":"))
    return b"".join((first.encode(), b"\n", *bodies.values()))


def _body(column: NDArray[Any]) -> bytes:
    if column.dtype.kind == "U":
        return "\n".join(column.tolist()).encode()
    return column.astype("u1" if column.dtype.kind == "b" else "<i8").tobytes()


def _unpack(content: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    try:
        first, _, rest = content.partition(b"\n")
        told = json.loads(first)
        if told["form"] != FORM:
            raise Trouble("area_plans.unreadable")
        columns, start = {}, 0
        for name, kind, size in told["columns"]:
            columns[name] = _column(rest[start : start + size], kind)
            start += size
    except (ValueError, KeyError, TypeError) as fault:
        raise Trouble("area_plans.unreadable") from fault
    return told["head"], columns


def _column(body: bytes, kind: str) -> NDArray[Any]:
    if kind == "U":
        return np.array(body.decode().split("\n") if body else [], np.str_)
    return np.frombuffer(body, "u1").astype(np.bool_) if kind == "b" else np.frombuffer(body, "<i8").astype(np.int64)

"""A complete set of facts for each kind, over real places and invented people: for trying out and for tests."""

from __future__ import annotations

from typing import Any

from mou_templates.kinds import kind_of
from mou_templates.papers.network import example as network

__all__ = ["example_facts", "network"]


def example_facts(kind: str) -> dict[str, Any]:
    """Give complete facts of `kind`, as `kinds.check_facts` takes them; raises `Refused("kind_unknown")`."""
    return kind_of(kind).example()

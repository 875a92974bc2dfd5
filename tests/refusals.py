"""What a test expects to be refused: the kind of the error and its code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kdmp_core.errors import KdmpError


@contextmanager
def refused(kind: type[KdmpError], code: str) -> Iterator[None]:
    """Expect the block to raise this kind of error with this code."""
    with pytest.raises(kind) as caught:
        yield
    assert caught.value.code == code, caught.value.code

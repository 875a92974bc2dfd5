"""What is sent to a provider: the place to sign as fractions of the page, and a stranger's words on one line."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdmp_core.errors import InvalidInput
from kdmp_core.providers.answers import LONGEST_REASON, _tidy
from kdmp_core.providers.docuseal import _submission
from kdmp_core.providers.envelopes import Draft, request
from kdmp_core.providers.port import Area

A4 = ((59500, 84200), (59500, 84200))


def draft(*room: int) -> Draft:
    return Draft("K-2026-000001 · MoU", "0" * 64, "K-2026-000001/1/3", "Niaga", room, "Dadang", None, "+628120000001")


def test_the_cell_of_the_paper_becomes_the_place_to_sign() -> None:
    (signer,) = request(draft(2, 119, 421, 357, 484), b"%PDF-", A4).signers
    assert signer.areas == (Area(2, Fraction(1, 5), 1 - Fraction(484, 842), Fraction(2, 5), Fraction(63, 842)),)
    assert (signer.ref, signer.role, signer.phone) == ("K-2026-000001/1/3", "Niaga", "+628120000001")


@given(
    st.integers(1, 2),
    st.tuples(st.integers(0, 594), st.integers(0, 594)).filter(lambda x: x[0] != x[1]),
    st.tuples(st.integers(0, 841), st.integers(0, 841)).filter(lambda y: y[0] != y[1]),
)
def test_every_cell_on_the_page_is_a_place_docuseal_takes(
    page: int, across: tuple[int, int], up: tuple[int, int]
) -> None:
    room = (page, min(across), min(up), max(across), max(up))
    asked = _submission(request(draft(*room), b"%PDF-", A4))
    assert asked["send_email"] is False


@pytest.mark.parametrize("page", [0, 3, -1])
def test_a_cell_on_no_page_of_the_paper_is_refused(page: int) -> None:
    with pytest.raises(InvalidInput, match=r"envelope\.no_area"):
        request(draft(page, 100, 100, 300, 160), b"%PDF-", A4)


@given(st.text(max_size=2000) | st.none())
def test_a_strangers_reason_is_one_line_that_can_be_seen(reason: str | None) -> None:
    tidy = _tidy(reason)
    assert len(tidy) <= LONGEST_REASON
    assert tidy == tidy.strip()
    assert all(letter.isprintable() for letter in tidy)

"""What is known about an envelope only rises; configs and requests that cannot work are refused in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdmp_core.errors import InvalidInput
from kdmp_core.providers import registry, wire
from kdmp_core.providers.merging import contradicts, differences, merge
from kdmp_core.providers.port import (
    Area,
    Document,
    EnvelopeRequest,
    EnvelopeStatus,
    EnvelopeTruth,
    Invited,
    Signer,
    SignerStatus,
    SignerTruth,
)
from kdmp_core.texts import has

DOCUSEAL = registry["docuseal"]
MOMENT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
RECEIVING: dict[str, Any] = {"scheme": "docuseal_signature", "secret": "whsec_" + "a" * 32}
SENDING = {**RECEIVING, "base_url": "https://docuseal.example/api", "api_key": "k" * 32}

times = st.none() | st.integers(0, 9).map(lambda day: MOMENT + timedelta(days=day))
signers = st.builds(
    SignerTruth, st.sampled_from(["1", "2"]), st.sampled_from(SignerStatus), signed_at=times, declined_at=times
)
signer_lists = st.lists(signers, max_size=2, unique_by=lambda one: one.ref).map(tuple)
documents = st.lists(st.builds(Document, st.just("a"), st.sampled_from(["x", "y"])), max_size=1).map(tuple)
truths = st.builds(
    EnvelopeTruth, st.just("7"), st.sampled_from(EnvelopeStatus), signer_lists, documents, completed_at=times
)
RANK = {EnvelopeStatus.UNKNOWN: 0, EnvelopeStatus.OPEN: 1}
SIGNER_RANK = {SignerStatus.UNKNOWN: 0, SignerStatus.WAITING: 1, SignerStatus.INVITED: 2, SignerStatus.VIEWED: 3}


def by_ref(truth: EnvelopeTruth) -> dict[str, SignerTruth]:
    return {one.ref: one for one in truth.signers}


@given(truths, truths)
def test_what_is_known_never_falls(known: EnvelopeTruth, told: EnvelopeTruth) -> None:
    merged = merge(known, told)
    assert RANK.get(merged.status, 2) >= max(RANK.get(known.status, 2), RANK.get(told.status, 2))
    before, after = by_ref(known), by_ref(merged)
    assert after.keys() == before.keys() | by_ref(told).keys()
    for ref, one in before.items():
        assert SIGNER_RANK.get(after[ref].status, 4) >= SIGNER_RANK.get(one.status, 4)


@given(truths, truths)
def test_an_ending_stays(known: EnvelopeTruth, told: EnvelopeTruth) -> None:
    merged = merge(known, told)
    if known.status.ended:
        assert (merged.status, merged.completed_at) == (known.status, known.completed_at)
    for ref, one in by_ref(known).items():
        if one.status.ended:
            assert by_ref(merged)[ref] == one


@given(truths, truths)
def test_hearing_the_same_twice_changes_nothing(known: EnvelopeTruth, told: EnvelopeTruth) -> None:
    once = merge(known, told)
    assert merge(once, told) == once
    assert merge(known, known) == known


@given(truths, truths, truths)
def test_merging_in_bunches_gives_the_same(first: EnvelopeTruth, second: EnvelopeTruth, third: EnvelopeTruth) -> None:
    assert merge(merge(first, second), third) == merge(first, merge(second, third))


PATH = [
    EnvelopeTruth("7", EnvelopeStatus.OPEN, (SignerTruth("1", SignerStatus.INVITED),)),
    EnvelopeTruth("7", EnvelopeStatus.OPEN, (SignerTruth("1", SignerStatus.VIEWED),)),
    EnvelopeTruth("7", EnvelopeStatus.OPEN, (SignerTruth("1", SignerStatus.SIGNED, signed_at=MOMENT),)),
    EnvelopeTruth(
        "7", EnvelopeStatus.COMPLETED, (SignerTruth("1", SignerStatus.SIGNED, signed_at=MOMENT),), completed_at=MOMENT
    ),
]


@given(st.permutations(PATH * 2))
def test_the_order_in_which_a_true_story_is_told_does_not_matter(told: list[EnvelopeTruth]) -> None:
    assert reduce(merge, told) == PATH[-1]


@given(truths)
def test_a_word_nobody_knows_changes_nothing(known: EnvelopeTruth) -> None:
    odd = tuple(replace(one, status=SignerStatus.UNKNOWN) for one in known.signers)
    assert merge(known, EnvelopeTruth("7", EnvelopeStatus.UNKNOWN, odd)) == known


def test_a_completed_envelope_that_is_voided_stays_completed_and_people_are_told() -> None:
    voided = EnvelopeTruth("7", EnvelopeStatus.VOIDED)
    assert merge(PATH[-1], voided) == PATH[-1]
    assert contradicts(PATH[-1], voided)
    assert not contradicts(PATH[-1], PATH[0])
    declined = EnvelopeTruth("7", EnvelopeStatus.OPEN, (SignerTruth("1", SignerStatus.DECLINED),))
    assert contradicts(PATH[2], declined)
    assert merge(PATH[2], declined) == PATH[2]


def test_two_envelopes_are_never_merged() -> None:
    with pytest.raises(ValueError, match="two different"):
        merge(PATH[0], replace(PATH[0], external_id="8"))


HERE = Area(1, Fraction(1, 10), Fraction(1, 10), Fraction(1, 5), Fraction(1, 20))
SITI = Signer("1", "Siti", "Pihak Pertama", (HERE,), email="siti@koperasi.example")


def told_of(*people: tuple[str, str | None]) -> EnvelopeTruth:
    signers_told = tuple(SignerTruth(ref, SignerStatus.INVITED, email=email) for ref, email in people)
    return EnvelopeTruth("7", EnvelopeStatus.OPEN, signers_told)


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        (told_of(("1", "SITI@koperasi.example")), []),
        (told_of(("1", "lain@koperasi.example")), ["provider.signer_email_differs"]),
        (told_of(("1", None)), ["provider.signer_email_differs"]),
        (told_of(), ["provider.signer_missing"]),
        (told_of(("1", "siti@koperasi.example"), ("9", None)), ["provider.signer_strange"]),
        (told_of(("1", "siti@koperasi.example"), ("1", "siti@koperasi.example")), ["provider.signer_twice"]),
    ],
    ids=["as asked", "another e-mail", "no e-mail", "missing", "a stranger", "twice"],
)
def test_signers_whom_the_provider_tells_differently_are_named(told: EnvelopeTruth, codes: list[str]) -> None:
    problems = differences((SITI,), told)
    assert [problem.code for problem in problems] == codes
    assert all(has(f"errors.{code}") and has(f"errors.{code}", "en") for code in codes)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"scheme": "bearer"}, "/scheme"),
        ({"secret": "short"}, "/secret"),
        ({"secrets": ["short"]}, "/secrets/0"),
        ({"tolerance_s": 0}, "/tolerance_s"),
        ({"tolerance_s": 86_400}, "/tolerance_s"),
        ({"tolerance_s": "300"}, "/tolerance_s"),
        ({"extra": 1}, "/extra"),
        ({"base_url": None}, "/"),
        ({"api_key": None}, "/"),
        ({"base_url": "ftp://docuseal.example"}, "/"),
        ({"base_url": "https://user@docuseal.example/api"}, "/"),
        ({"base_url": "https://docuseal.example/api?x=1"}, "/"),
        ({"base_url": "https://docuseal.example:port/api"}, "/"),
        ({"base_url": "http://docuseal.example/api"}, "/"),
        ({"origins": ["file:///etc/passwd"]}, "/"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_connection_that_cannot_work_is_refused_with_the_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        DOCUSEAL.check_config({**SENDING, **change})
    assert [problem.place for problem in refused.value.problems] == [place]
    assert SENDING["secret"] not in repr(refused.value.problems)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"base_url": "http://127.0.0.1:8611/api"},
        {"base_url": "http://docuseal.internal/api", "plain_http": True},
        {"origins": ["https://berkas.example"]},
    ],
    ids=str,
)
def test_a_connection_that_works_can_send(change: dict[str, Any]) -> None:
    assert DOCUSEAL.can_send(DOCUSEAL.check_config({**SENDING, **change}))


def area(**change: Fraction | int) -> Area:
    return replace(HERE, **change)


@pytest.mark.parametrize(
    "people",
    [
        (),
        (SITI, SITI),
        (SITI, replace(SITI, ref="2")),
        (replace(SITI, email=None),),
        (replace(SITI, areas=()),),
        (replace(SITI, areas=(area(page=0),)),),
        (replace(SITI, areas=(area(x=Fraction(9, 10)),)),),
        (replace(SITI, areas=(area(y=Fraction(-1, 10)),)),),
        (replace(SITI, areas=(area(h=Fraction(0)),)),),
    ],
    ids=["nobody", "twice", "one role twice", "no contact", "no place", "page 0", "over the edge", "above", "flat"],
)
def test_a_request_nobody_could_sign_is_never_sent(people: tuple[Signer, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(wire, "ask", lambda *words: asked.append(words))
    with pytest.raises(InvalidInput):
        DOCUSEAL.create(SENDING, EnvelopeRequest("MoU", b"%PDF-", people))
    assert asked == []


def test_the_signing_address_and_people_are_not_shown_when_printed() -> None:
    invited = Invited("1", "5", "https://docuseal.example/s/rahasia")
    assert "rahasia" not in repr(invited)
    assert "Siti" not in repr(SITI)
    assert "koperasi.example" not in repr(told_of(("1", "siti@koperasi.example")))


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://A.example/x", ("https", "a.example", 443)),
        ("http://a.example:8080/x", ("http", "a.example", 8080)),
        ("https://a.example@evil.example/", None),
        ("javascript:alert(1)", None),
        ("//a.example/x", None),
        ("https://[::1/", None),
        ("https://a.example:99999/", None),
        ("", None),
    ],
)
def test_the_origin_of_an_address_is_read_strictly(url: str, origin: tuple[str, str, int] | None) -> None:
    assert wire.origin(url) == origin


@pytest.mark.parametrize(("text", "seconds"), [("17", 17), ("0", 0), ("999999999", 86_400), ("-1", None), ("٣", None)])
def test_the_wait_a_provider_asks_for_is_believed_within_a_day(text: str, seconds: int | None) -> None:
    assert wire._wait(text) == seconds

"""Words and numbers of the signing path that need no record: moments, messages, receipts, key facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdmp_core.agreements.facts import plain
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement
from kdmp_core.signing import codes, links, messages, moments, signatures
from mou_templates.examples import example_facts
from mou_templates.kinds import KINDS as PAPERS
from tests.builders import settings_in
from webhooks.sign.keyfacts import key_facts
from webhooks.sign.reading import fingerprint

CIANJUR, MAKASSAR, JAYAPURA = "32.03", "73.71", "91.71"
LINK = "https://kdmp.contoh.id/t/" + "A" * 22
KINDS = ("invitation", "reminder", "last_day", "new_link", "link", "draft", "done")
names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=120)


@pytest.mark.parametrize(
    ("area", "words"),
    [
        (CIANJUR, "Sabtu, 31 Oktober 2026 pukul 23.30 WIB"),
        (MAKASSAR, "Minggu, 1 November 2026 pukul 00.30 WITA"),
        (JAYAPURA, "Minggu, 1 November 2026 pukul 01.30 WIT"),
    ],
)
def test_an_instant_is_worded_in_the_zone_of_its_place(area: str, words: str) -> None:
    assert moments.moment_words(datetime(2026, 10, 31, 16, 30, tzinfo=UTC), area) == words


@pytest.mark.parametrize("area", [CIANJUR, MAKASSAR, JAYAPURA])
def test_a_deadline_is_shown_as_the_last_minute_of_its_day(area: str) -> None:
    deadline = moments.end_of_day(date(2026, 12, 31), area)
    assert moments.local(deadline, area).isoformat()[:16] == "2027-01-01T00:00"
    assert moments.deadline_words(deadline, area).startswith("Kamis, 31 Desember 2026 pukul 23.59 ")


def test_days_are_counted_on_the_calendar_of_the_place() -> None:
    late = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)  # still the 24th in Cianjur, already the 25th in Jayapura
    assert moments.deadline_after(late, 14, CIANJUR) == datetime(2026, 12, 8, 17, tzinfo=UTC)
    assert moments.deadline_after(late, 14, JAYAPURA) == datetime(2026, 12, 9, 15, tzinfo=UTC)


@given(st.fixed_dictionaries(dict.fromkeys(("name", "office", "party", "title", "sender", "organiser"), names)))
def test_no_message_is_longer_than_300_characters_and_none_loses_its_link(values: dict[str, str]) -> None:
    when = {"deadline": "Selasa, 8 Desember 2026 pukul 23.59 WITA", "time": "23.59 WITA", "date": "24 November 2026"}
    for kind in KINDS:
        words = messages.words_of(kind, {**values, **when, "signed": "199", "asked": "201", "link": LINK})
        assert len(words) <= messages.LONGEST
        assert LINK in words


def test_a_short_message_is_left_as_it_is() -> None:
    values = {
        "name": "Deden",
        "office": "Ketua",
        "party": "KDMP Ciwalen",
        "title": "Nota Kesepahaman",
        "sender": "Sari",
        "organiser": "Dinas",
        "deadline": "besok",
        "time": "",
        "date": "",
        "signed": "",
        "asked": "",
        "link": LINK,
    }
    assert messages.words_of("invitation", values) == (
        "Yth. Bapak/Ibu Deden, Ketua KDMP Ciwalen. Nota Kesepahaman siap ditandatangani sampai besok. "
        f"Buka: {LINK} Jangan teruskan tautan ini. – Sari, Dinas"
    )


def test_a_number_becomes_a_chat_with_its_text_ready() -> None:
    assert messages.whatsapp("+62 812-3456", "a&b c") == "https://wa.me/628123456?text=a%26b%20c"
    assert not messages.whatsapp(None, "a")


@given(st.integers(min_value=0, max_value=2**256 - 1))
def test_a_receipt_code_can_be_read_aloud(number: int) -> None:
    code = signatures.receipt_code(f"{number:064x}")
    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    assert not set(code) & set("ILOU")


def test_codes_and_tokens_come_from_their_own_keys_and_spread_over_all_digits(tmp_path: Path) -> None:
    here, there = settings_in(tmp_path / "a"), settings_in(tmp_path / "b")
    made = [codes.digits(here, number) for number in range(1, 401)]
    assert all(len(code) == 6 and code.isdigit() for code in made)
    assert len(set(made)) > 390
    assert {code[0] for code in made} == set("0123456789")
    assert codes.digits(there, 1) != made[0]
    assert links.token(there, 1) != links.token(here, 1)


@pytest.mark.parametrize("kind", [paper.code for paper in PAPERS.values() if paper.agreement])
def test_key_facts_come_from_the_facts_of_the_round(kind: str) -> None:
    deadline = moments.end_of_day(date(2026, 12, 8), CIANJUR)
    agreement = Agreement(kind=kind, area_code=CIANJUR, deadline_at=deadline, state=State.SIGNING)
    found = {fact.question: fact.answer for fact in key_facts(agreement, plain(example_facts(kind)))}
    assert found["Tanda tangani paling lambat"] == "Selasa, 8 Desember 2026 pukul 23.59 WIB"
    owes = {"pks": "Ya", "addendum": "Lihat pasal"}.get(kind, "Tidak")
    assert found["Apakah ada kewajiban membayar?"].startswith(owes)
    assert all(found.values())


def test_a_supply_agreement_shows_its_goods_and_prices_first() -> None:
    agreement = Agreement(kind="pks", area_code=CIANJUR, deadline_at=None, state=State.SUBMITTED)
    first = key_facts(agreement, plain(example_facts("pks")))[0]
    assert first.question == "Jumlah dan harga"
    assert "27.900 kg, Rp6.700 per kg" in first.answer


def test_a_fingerprint_is_twelve_letters_in_groups() -> None:
    assert fingerprint("7f3a91c208de" + "0" * 52) == "7F3A 91C2 08DE"


def test_a_life_of_a_link_is_longer_than_the_longest_round() -> None:
    assert timedelta(days=91) < links.LONGEST_LIFE

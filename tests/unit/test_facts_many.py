"""Whatever names and figures come, the paper says them whole or is not made."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mou_templates import reading
from mou_templates.equality import bare
from mou_templates.errors import CODES, Refused
from mou_templates.examples import example_facts, network
from mou_templates.press import shipped
from mou_templates.reading import Draft
from mou_templates.words import dress

ANY_NAME = st.text(min_size=1, max_size=130)
HOSTILE = st.sampled_from(
    ["<", "&", "{{", "}}", "{%", "\x00", "\u202e", "\u200b", "\ud800", "\u0421", "🌾", "]]>", "\n", "'"]
)
NAMES = st.lists(st.one_of(ANY_NAME, HOSTILE, st.just("Jaya ")), min_size=1, max_size=4).map("".join)


def made_or_refused(name: str) -> Draft | Refused:
    facts = network(2)
    facts["members"][0]["name"] = name
    facts["members"][1]["signatory"]["name"] = name
    try:
        return reading.draft(shipped("mou_network"), dress("mou_network", facts))
    except Refused as refusal:
        return refusal


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NAMES)
def test_a_name_stands_whole_in_the_paper_or_is_refused_with_a_known_code(name: str) -> None:
    answer = made_or_refused(name)
    if isinstance(answer, Refused):
        assert set(answer.values) == set(CODES[answer.code])
    else:
        assert bare(name) in bare(reading.plain_text(answer.reading))
        assert bare(name).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in bare(
            reading.to_html(answer.reading)
        )


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2150, 1, 1)), st.integers(1, 120), st.integers(1, 10**9), st.integers(1, 10**5))
def test_any_date_term_weight_and_price_make_a_paper(dated: date, months: int, kg: int, price: int) -> None:
    facts = {**example_facts("pks"), "dated": dated, "duration_months": months}
    facts["lines"][0].update(kg=kg, price=price)
    text = reading.plain_text(reading.draft(shipped("pks"), dress("pks", facts)).reading)
    assert f"({dated:%d-%m-%Y})" in text
    assert f"{kg:,} kg".replace(",", ".") in text

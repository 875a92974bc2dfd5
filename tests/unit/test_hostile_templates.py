"""A thousand hostile forms and a thousand hostile values: refused or harmless, in bounded time, with flat memory."""

from __future__ import annotations

import resource
import sys
import time
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from mou_templates import reading
from mou_templates.door import NAMES, check_words
from mou_templates.errors import CODES, Refused
from mou_templates.examples import example_facts, network
from mou_templates.language import BRACES_LIMIT, compile_part
from mou_templates.press import Press, shipped
from mou_templates.words import dress
from tests.unit.test_press import form_with, printed

MANY = 1_000
PART = "word/document.xml"
FLAT = 25_000_000
LONGEST_SECONDS = 2.0
RAN: list[str] = []
WATCHED = ("os.system", "subprocess.Popen", "socket.connect", "os.posix_spawn", "os.fork", "ctypes.dlopen")
WATCHING: list[bool] = []


def _heard(event: str, _: tuple[Any, ...]) -> None:
    if WATCHING and event in WATCHED:
        RAN.append(event)


sys.addaudithook(_heard)


def trap(*_: object, **__: object) -> str:
    RAN.append("trap")
    return "x"


NAME = st.sampled_from(
    [
        *(
            "subject",
            "rows",
            "trap",
            "self",
            "loop",
            "caller",
            "config",
            "range",
            "lipsum",
            "cycler",
            "namespace",
            "dict",
        ),
        *("__class__", "_x", "first", "x" * 300, "\U0001d54f", "Überfluß", "joiner", "context", "environment"),
    ]
)
ATTRIBUTE = st.sampled_from(
    [
        *(
            "name",
            "items",
            "__class__",
            "__mro__",
            "__subclasses__",
            "__globals__",
            "__init__",
            "_x",
            "format",
            "format_map",
        ),
        *("join", "upper", "center", "gi_frame", "f_globals", "mro", "ᴀ", "encode"),
    ]
)
FILTER = st.sampled_from(
    [
        *(
            "upper",
            "lower",
            "length",
            "join",
            "first",
            "last",
            "attr",
            "map",
            "safe",
            "format",
            "center",
            "list",
            "pprint",
        ),
        *("tojson", "select", "groupby", "batch", "replace", "xmlattr", "indent", "wordwrap", "sum", "random"),
    ]
)
CONSTANT = st.sampled_from(
    [
        *("1", "9999999999", "1.5", "'x'", "none", "true", "[1,2]", "{'a': 1}", "(1, 2)", "''", "'__class__'", "'%s'"),
        *("'{0.__class__}'", "0x7fffffff", "1e400"),
    ]
)


def _longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(
        inner, st.sampled_from(["*", "+", "**", "~", "%", "//", "-", "==", "<", " in ", " and ", " or "]), inner
    )
    return st.one_of(
        st.tuples(inner, ATTRIBUTE).map(".".join),
        st.tuples(inner, ATTRIBUTE).map(lambda both: f"{both[0]}['{both[1]}']"),
        st.tuples(inner, inner).map(lambda both: f"{both[0]}({both[1]})"),
        st.tuples(inner, FILTER).map("|".join),
        st.tuples(inner, FILTER, inner).map(lambda three: f"{three[0]}|{three[1]}({three[2]})"),
        pair.map("".join),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"not {one}"),
        inner.map(lambda one: f"{one} is defined"),
        st.tuples(inner, inner).map(lambda both: f"{both[0]} if {both[1]} else 'x'"),
        st.tuples(inner, inner).map(lambda both: f"{both[0]}[{both[1]}:]"),
    )  # fmt: skip


EXPRESSION = st.recursive(st.one_of(NAME, CONSTANT), _longer, max_leaves=8)
PRINTED = EXPRESSION.map(lambda one: "{{ " + one + " }}")
DASHED = EXPRESSION.map(lambda one: "{{- " + one + " -}}")


def _block(opening: str, closing: str) -> st.SearchStrategy[str]:
    return st.tuples(EXPRESSION, st.deferred(lambda: BODY)).map(
        lambda both: "{% " + opening.replace("@", both[0]) + " %}" + both[1] + "{% " + closing + " %}"
    )


BLOCK = st.one_of(
    _block("for a in @", "endfor"),
    _block("for a in @ recursive", "endfor"),
    _block("for a, b in @", "endfor"),
    _block("if @", "endif"),
    _block("set x", "endset"),
    _block("filter upper", "endfilter"),
    _block("macro m(a=@)", "endmacro"),
    _block("call @", "endcall"),
    _block("with x = @", "endwith"),
    _block("block x", "endblock"),
    _block("autoescape @", "endautoescape"),
    _block("raw", "endraw"),
    EXPRESSION.map(lambda one: "{% set x = " + one + " %}"),
    EXPRESSION.map(lambda one: "{% include " + one + " %}"),
    EXPRESSION.map(lambda one: "{% import " + one + " as y %}"),
    EXPRESSION.map(lambda one: "{% extends " + one + " %}"),
    EXPRESSION.map(lambda one: "{% do " + one + " %}"),
)
LOOSE = st.sampled_from(
    [
        *("{%tr for a in rows %}", "{%tr endfor %}", "{%p if subject %}", "{%p endif %}"),
        *("{%r", "{{r subject }}", "{{", "}}"),
        *("{%", "%}", "{#", "#}", "{# subject #}", "{% raw %}"),
        *("{% endraw %}", "{_{", "-%}", "{%-", "{% vm %}", "{% hm %}"),
        *("{% colspan subject %}", "{% cellbg subject %}", "{{ subject"),
        *("&#123;&#123; subject &#125;&#125;", "\x00", "{" * 50),
        *("<!-- {{ subject }} -->", '<w:p w:rsidR="{{ subject }}"/>', "Pasal 1", "{% if subject %}" * 30, "(" * 200),
    ]
)  # fmt: skip
BODY: st.SearchStrategy[str] = st.lists(st.one_of(PRINTED, DASHED, BLOCK, LOOSE, st.text(max_size=20)), max_size=4).map(
    "".join
)
TRAPS = {"subject": "Padi", "rows": [{"name": "a"}, {"name": "b"}], "trap": trap, "first": {"name": "<b>"}}


def known(refusal: Refused) -> str:
    """Give the code of a refusal that is one of ours and tells nothing that cannot be shown."""
    assert set(refusal.values) == set(CODES[refusal.code])
    assert all(len(value) < 300 for value in refusal.values.values())
    return refusal.code


def tried(source: str) -> str:
    """Compile and render a part as the press does; give what it says, or the code of its refusal."""
    try:
        made = compile_part(PART, source)
    except Refused as refusal:
        return known(refusal)
    try:
        return made.render(TRAPS)
    except Refused as refusal:
        return known(refusal)
    except Exception as fault:  # noqa: BLE001 - the press gives these as one refusal
        return type(fault).__name__


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def test_a_thousand_hostile_forms_run_nothing_and_leave_nothing() -> None:
    sources: list[str] = []
    ends: list[str] = []
    slow: list[tuple[float, str]] = []

    @settings(max_examples=MANY, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(BODY)
    def attack(source: str) -> None:
        sources.append(source)
        before = time.process_time()
        ends.append(tried(source))
        spent = time.process_time() - before
        slow.extend([(spent, source)] * (spent > LONGEST_SECONDS))

    RAN.clear()
    WATCHING.append(True)
    try:
        attack()
    finally:
        WATCHING.clear()
    assert RAN == []
    assert slow == []
    assert len(ends) >= MANY
    assert 0 < ends.count("template_language") < len(ends)
    before = resident()  # hypothesis itself keeps what it made, so the same forms once more without it
    for source in sources:
        tried(source)
    assert resident() - before < FLAT


@pytest.mark.parametrize(
    "source",
    [
        "{# a comment #}",
        "a {# {{ subject.__class__ }} #} b",
        "{#- {% endfor %} -#}",
        "{% raw %}{{ subject }}{% endraw %}",
        "{%- raw -%}x{%- endraw -%}",
        "{{ 'a text' }}",
        "{{ 1.5 }}",
        "{{ none }}",
        "{{ true }}",
        "{{ subject == subject }}",
        "{{ not subject }}",
        "{{ subject and subject }}",
        "{{ 'x'|upper }}",
        "{{ ('x' == 'y')|upper }}",
    ],
)
def test_what_leaves_no_trace_in_the_tree_or_slips_past_the_check_of_values_is_refused(source: str) -> None:
    with pytest.raises(Refused, match="template_language"):
        compile_part(PART, source)
    with pytest.raises(Refused, match="template_language"):
        Press(form_with(source))


@pytest.mark.parametrize(
    "source",
    [
        *("{{ rows|upper }}", "{{ rows|join }}", "{{ first|lower }}", "{{ rows|join(first) }}", "{{ trap|length }}"),
        *("{{ rows|first }}", "{{ subject|join }}", "{{ first|last }}", "{{ trap }}", "{{ trap.__call__ }}"),
        *("{{ subject.format }}", "{{ rows.append }}", "{{ first.items }}", "{{ self }}"),
    ],
)
def test_a_filter_of_what_is_no_word_prints_nothing(source: str) -> None:
    assert tried(source) in {"value_refused", "word_missing", "template_language"}
    assert RAN == []


def test_a_joined_word_is_checked_like_any_other() -> None:
    assert "satu<w:br/>" not in printed("{{ extra|join }}", {"extra": ["satu"]})
    assert "satu\ndua<" in printed("{{ extra|join }}", {"extra": ["satu\n", "dua<"]})
    with pytest.raises(Refused, match="value_refused"):
        printed("{{ extra|join }}", {"extra": ["a\u202eb"]})
    with pytest.raises(Refused, match="word_missing"):
        printed("{{ extra|first }}", {"extra": []})


@pytest.mark.parametrize("unit", ["{{r ", "-%}", "{%", "{%tr ", "{% if a %}"])
def test_many_tags_are_refused_before_their_healing_costs_the_square_of_their_number(unit: str) -> None:
    before = time.process_time()
    with pytest.raises(Refused, match="template_"):
        Press(form_with(unit * 8_000))
    assert time.process_time() - before < LONGEST_SECONDS


def test_as_many_tags_as_are_let_in_are_healed_in_bounded_time() -> None:
    count = BRACES_LIMIT // 2 - 200
    before = time.process_time()
    with pytest.raises(Refused, match="template_language"):
        Press(form_with("{{r " * count + "}}" * count))
    assert time.process_time() - before < LONGEST_SECONDS


@pytest.mark.parametrize(
    "source",
    ["&#123;&#123; trap() &#125;&#125;", "{&#123; subject.__class__ }&#125;", "{<!-- -->{ subject|attr('x') }}"],
)
def test_a_tag_in_disguise_is_judged_like_any_other(source: str) -> None:
    refused = ""
    try:
        printed(source, {})
    except Refused as refusal:
        refused = known(refusal)
    assert refused in {"template_language", "template_unreadable"}


def test_a_value_in_an_attribute_of_the_form_stays_in_it() -> None:
    made = compile_part(PART, '<a x="{{ subject }}">{{ subject }}</a>')
    told = etree.fromstring(made.render({"subject": '"><script y="&'}))
    assert (told.get("x"), told.text, len(told)) == ('"><script y="&', '"><script y="&', 0)


ODD = ["\x00", "\x1b", "\x7f", "\x85", "\ud800", "\udfff", "\u202e", "\u2066", "\u200b", "\u200d", "\u2028", "\ufeff"]
ODD += [
    "\ufffe",
    "\uffff",
    "\U0010ffff",
    "\ue000",
    "\u00ad",
    "\u034f",
    "\u0421",
    "\u0391",
    "\u05d0",
    "\u0627",
    "中",
    "🌾",
]
ODD += [
    "x\u0301",
    "\u0301",
    "§",
    "§012",
    "{{",
    "}}",
    "{%",
    "<w:p>",
    "&",
    "]]>",
    "\t",
    "\n",
    "\r",
    "\u2029",
    "a" * 10_000,
]
ODD += [" ", "", "\ufffd", "ﬁ", "½", "²", "\u0661", "Ⅷ", "ẗ", "ɐ", "😀\u200d😀", "\u1160", "\u3164", "\u115f", "Jaya "]
VALUE = st.lists(
    st.one_of(st.sampled_from(ODD), st.text(max_size=30), st.text("abc <&'\"", max_size=30)), max_size=5
).map("".join)
OTHER = st.one_of(st.none(), st.booleans(), st.floats(), st.binary(max_size=3), st.integers(), st.just(object()))
ROWS = st.one_of(st.just(0), st.just(1), st.just(500), st.integers(2, 40), st.just(501))


@st.composite
def words(draw: st.DrawFn) -> dict[str, Any]:
    """Give words of any shape: texts, names, rows from none to too many, and now and then what is no text."""
    text: st.SearchStrategy[Any] = st.one_of(VALUE, VALUE, VALUE, OTHER, st.just("a" * 10_000))
    row = draw(st.dictionaries(st.sampled_from(["name", "text", "place", "potential", "code"]), text, max_size=4))
    deep = reduce(lambda inner, _: {"in": inner}, range(draw(st.integers(0, 40))), draw(text))
    return {"extra": draw(text), "name": draw(VALUE), "rows": [row] * draw(ROWS), "deep": deep}


def test_a_thousand_hostile_values_pass_whole_or_are_refused_with_a_code() -> None:
    ends: list[str] = []
    made: list[dict[str, Any]] = []
    press = Press(form_with("{{ extra }}"))
    honest = dress("mou_bilateral", example_facts("mou_bilateral"))

    def judged(given_words: dict[str, Any]) -> str:
        before = time.process_time()
        try:
            checked = check_words(given_words)
            text = reading.plain_text(reading.read(press.render({**honest, **checked})))
        except Refused as refusal:
            return known(refusal)
        assert checked["extra"] in text
        assert time.process_time() - before < LONGEST_SECONDS
        return "passed"

    @settings(max_examples=MANY, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(words())
    def attack(given_words: dict[str, Any]) -> None:
        made.append(given_words)
        ends.append(judged(given_words))

    attack()
    assert {"passed", "word_character", "word_script", "word_long", "rows_many", "word_not_text"} <= set(ends)
    before = resident()
    for given_words in made:
        judged(given_words)
    assert resident() - before < FLAT


@pytest.mark.parametrize("rows", [0, 501])
def test_an_empty_and_an_endless_roster_are_refused(rows: int) -> None:
    with pytest.raises(Refused, match="fact_range"):
        dress("mou_network", network(rows))


def test_the_largest_attendance_list_is_made_in_bounded_time() -> None:
    facts = example_facts("attendance")
    facts["rows"] = (facts["rows"] * 9)[:500]
    before = time.process_time()
    drafted = reading.draft(shipped("attendance"), dress("attendance", facts))
    assert time.process_time() - before < LONGEST_SECONDS
    assert reading.plain_text(drafted.reading).count("\n500\n") == 1


def test_names_are_the_entries_that_are_bounded_like_names() -> None:
    for name in NAMES:
        with pytest.raises(Refused, match="word_long"):
            check_words({name: "a" * 121})

"""Whatever bytes come, the verdict answers, soon and without raising."""

from __future__ import annotations

import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mou_templates import verdict as judging
from mou_templates.verdict import verdict
from mou_templates.watchdog import TooSlow, within


def body(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, content in objects.items():
        places.append((number, len(out)))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Root 1 0 R /Size 90 %s>>\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(out))
    return out + b"xref\n" + rows + end


def contents(entries: bytes, data: bytes) -> bytes:
    stream = b"5 0 obj\n<</Type/XRef /Root 1 0 R %s /Length %d>>\nstream\n%s\nendstream\nendobj\n"
    return b"%PDF-1.7\n" + stream % (entries, len(data), data) + b"startxref\n9\n%%EOF\n"


def doubling_fields() -> bytes:
    fields = {number: b"<</T(a)/Kids[%d 0 R %d 0 R]>>" % (number + 1, number + 1) for number in range(2, 60)}
    return body({1: b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>", **fields, 60: b"<</FT/Sig/T(z)/V 61 0 R>>"})


BOMB = zlib.compress(bytes(200_000_000), 9)
HOSTILE = {
    "empty": b"",
    "text": b"PASAL 1",
    "head alone": b"%PDF-1.7\n",
    "endless table": b"%PDF-1.7\nxref\n0 999999999\n0000000000 65535 f \ntrailer\n<<>>\nstartxref\n9\n%%EOF\n",
    "rows of no width": contents(b"/W[0 0 0]/Index[0 2000000000]/Size 2000000000", b""),
    "many short sections": contents(b"/W[0 0 0]/Index[" + b"0 900000 " * 50 + b"]/Size 9", b""),
    "packed bomb": contents(b"/W[1 1 1]/Index[0 10]/Size 10/Filter/FlateDecode", BOMB),
    "loop of revisions": body({1: b"<</Type/Catalog>>"}, b"/Prev 53"),
    "deep nesting": body({1: b"<</Type/Catalog/AcroForm " + b"[" * 100_000 + b">>"}),
    "field that is its own child": body(
        {1: b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>", 2: b"<</FT/Sig/T(a)/Kids[2 0 R 2 0 R]>>"}
    ),
    "fields that double": doubling_fields(),
    "a number of ten million digits": body({1: b"<</Type/Catalog/A " + b"1" * 10_000_000 + b">>"}),
    "ten million spaces": b"%PDF-1.7\n" + b" " * 10_000_000 + b"\nstartxref\n9\n%%EOF\n",
    "a million ends": b"%PDF-1.7\n" + b"%%EOF\n" * 1_000_000,
    "a million revisions": b"%PDF-1.7\n" + b"startxref\n9\n%%EOF\n" * 1_000_000,
    "signature without contents": body(
        {
            1: b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>",
            2: b"<</FT/Sig/T(a)/V 3 0 R>>",
            3: b"<</Type/Sig/ByteRange[0 9 99 -4]/Contents<3000>>>",
        }
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_get_an_answer_in_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "SECONDS", 2.0)
    before = time.monotonic()
    found = verdict(HOSTILE[name], [])
    assert found.status in {"unknown", "unreadable", "changed"}
    assert found.reason
    assert time.monotonic() - before < 15


def test_an_enormous_file_is_not_read() -> None:
    assert verdict(b"%PDF-1.7\n" + bytes(50_000_000), []).reason == "too_large"


@given(st.binary(max_size=400), st.binary(max_size=200))
def test_no_bytes_make_the_verdict_raise_or_believe(head: bytes, tail: bytes) -> None:
    found = verdict(b"%PDF-1.7\n" + head + b"\nstartxref\n9\n%%EOF" + tail, [b"no certificate"])
    assert found.status in {"unknown", "unreadable"}


def test_a_loop_is_stopped_and_the_thread_goes_on_undisturbed() -> None:
    with pytest.raises(TooSlow):
        _busy_within(0.1)
    assert sum(range(100_000)) == 4_999_950_000


def _busy_within(seconds: float) -> None:
    with within(seconds):
        while True:
            pass


def test_a_block_that_ends_in_time_is_left_alone() -> None:
    for _ in range(20):
        with within(0.01):
            time.sleep(0.0005)
    time.sleep(0.03)

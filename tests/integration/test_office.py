"""LibreOffice as a pool: it prints, refuses what is no Word file, and is replaced whenever it dies or hangs."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from mou_templates.errors import Refused
from mou_templates.office import DocumentUnreadable, Office, OfficeMissing, bounds
from mou_templates.office import installed as installed_programs
from mou_templates.office.groups import group_members
from tests import hostile_word, papers, pdfa
from tests.processes import all_gone
from tests.source import ROOT


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office"), wall_seconds=20) as pool:
        pool.to_pdf(papers.agreement())
        yield pool


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_a_word_file_becomes_a_tagged_pdf_a_with_its_words(office: Office) -> None:
    printed = office.to_pdf(papers.agreement())
    assert "Para Pihak" in words_of(printed.pdf)
    assert pdfa.broken_rules(printed.pdf) == []


def test_every_signature_code_is_found_once_with_white_room_around(office: Office) -> None:
    printed = office.to_pdf(papers.agreement(parties=30))
    assert [anchor.code for anchor in printed.anchors] == [f"§{number:03d}" for number in range(1, 31)]
    assert {anchor.page for anchor in printed.anchors} <= set(range(printed.pages))
    for anchor in printed.anchors:
        assert anchor.room.width > 10_000
        assert anchor.room.bottom < anchor.box.bottom < anchor.box.top


def test_the_tag_tree_is_packed(office: Office) -> None:
    assert len(office.to_pdf(papers.agreement(parties=30, articles=17)).pdf) < 100_000


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PASAL 1\nPara Pihak sepakat.\n", "not_word"),
        (b"", "not_word"),
        (b"PK\x03\x04 PASAL 1 Para Pihak sepakat. " * 40, "not_word"),
        (b"PK" + bytes(30_000_000), "too_large"),
    ],
)
def test_a_text_file_renamed_docx_is_refused_and_the_next_document_is_right(
    office: Office, data: bytes, reason: str
) -> None:
    with pytest.raises(DocumentUnreadable) as refusal:
        office.to_pdf(data)
    assert refusal.value.values == {"reason": reason}
    assert "PASAL 3" in words_of(office.to_pdf(papers.agreement()).pdf)


def test_a_broken_word_file_is_refused(office: Office) -> None:
    with pytest.raises(DocumentUnreadable):
        office.to_pdf(papers.agreement()[:9_000])


@pytest.mark.parametrize("seed", range(12))
def test_libreoffice_killed_in_the_middle_still_gives_the_right_document(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    docx = papers.agreement(parties=30 + seed)
    office.to_pdf(papers.agreement(parties=1))
    victims = office.processes()
    assert victims
    blow = threading.Timer(chance.uniform(0.01, 0.25), _end, args=(chance.choice(victims),))
    blow.start()
    printed = office.to_pdf(docx)
    blow.join()
    assert len(printed.anchors) == 30 + seed
    assert f"Contoh {30 + seed}" in words_of(printed.pdf)


def _end(process: int) -> None:
    os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("who", ["script", "office"])
def test_a_stopped_process_is_killed_after_the_limit_and_the_document_is_right(tmp_path: Path, who: str) -> None:
    with Office(tmp_path, wall_seconds=4) as office:
        office.to_pdf(papers.agreement())
        processes = office.processes()
        os.kill(min(processes) if who == "script" else max(processes), signal.SIGSTOP)
        before = time.monotonic()
        printed = office.to_pdf(papers.agreement(parties=9))
        assert len(printed.anchors) == 9
        assert time.monotonic() - before > 3.5
        assert not set(processes) & set(office.processes())


def test_a_spoilt_profile_is_made_anew(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.to_pdf(papers.agreement())
    settings = next(tmp_path.glob("*/user/user/registrymodifications.xcu"))
    settings.write_bytes(b"\x00 half written")
    with Office(tmp_path) as office:
        assert len(office.to_pdf(papers.agreement()).anchors) == 6


def test_without_the_bridge_the_cold_way_prints_and_refuses_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed_programs, "_bridge", lambda _: None)
    installed_programs._look.cache_clear()
    try:
        with Office(tmp_path) as office:
            printed = office.to_pdf(papers.agreement())
            assert len(printed.anchors) == 6
            assert pdfa.broken_rules(printed.pdf) == []
            with pytest.raises(DocumentUnreadable) as refusal:
                office.to_pdf(hostile_word.package({"mimetype": b"application/vnd.oasis.opendocument.text"}))
            assert refusal.value.values == {"reason": "refused"}
    finally:
        installed_programs._look.cache_clear()


def test_a_machine_without_libreoffice_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OfficeMissing) as refusal:
        Office(tmp_path)
    assert isinstance(refusal.value, Refused)
    assert "libreoffice-writer-nogui" in refusal.value.values["packages"]


def test_a_worker_is_renewed_after_its_number_of_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_DOCUMENTS", 2)
    with Office(tmp_path) as office:
        office.to_pdf(papers.agreement())
        first = office.processes()
        office.to_pdf(papers.agreement())
        assert office.processes() == []
        office.to_pdf(papers.agreement())
        assert office.processes()
        assert not set(first) & set(office.processes())


def test_closing_leaves_no_process_behind(tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        office.to_pdf(papers.agreement())
        processes = office.processes()
        assert len(processes) >= 2
    assert all_gone(processes)


def test_an_owner_that_is_killed_leaves_no_libreoffice_behind(tmp_path: Path) -> None:
    program = (
        "import time\nfrom pathlib import Path\nfrom mou_templates.office import Office\n"
        "from tests import papers\n"
        f"office = Office(Path({str(tmp_path)!r}))\noffice.to_pdf(papers.agreement())\n"
        "print(office._desks[0].printer.process.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as owner:
        assert owner.stdout is not None
        group = int(owner.stdout.readline())
        assert group_members(group)
        owner.kill()
    give_up = time.monotonic() + 10
    while group_members(group) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert group_members(group) == []


def test_two_pools_on_one_folder_do_not_share_a_profile(tmp_path: Path) -> None:
    with Office(tmp_path) as one, Office(tmp_path) as other:
        assert len(one.to_pdf(papers.agreement()).anchors) == len(other.to_pdf(papers.agreement()).anchors) == 6
        assert not set(one.processes()) & set(other.processes())


def test_several_threads_share_a_pool(office: Office) -> None:
    found: dict[int, int] = {}

    def work(parties: int) -> None:
        found[parties] = len(office.to_pdf(papers.agreement(parties=parties)).anchors)

    threads = [threading.Thread(target=work, args=(parties,)) for parties in (3, 5, 7, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {3: 3, 5: 5, 7: 7, 11: 11}

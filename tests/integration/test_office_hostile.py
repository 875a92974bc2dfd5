"""LibreOffice and files that mean harm: it reaches nothing, runs nothing, and is held within its bounds.

Network, proxy and fence are taken away where a test is about LibreOffice's own switches: each wall stands alone.
"""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from mou_templates.office import DocumentUnreadable, Office, OfficeFailed, bounds, profiles
from mou_templates.office import installed as programs
from mou_templates.office.groups import Overstepped, group_members, run_to_end
from tests import hostile_word, papers

SECRET = "RAHASIA"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("office"), wall_seconds=20) as pool:
        pool.to_pdf(papers.agreement())
        yield pool


class Listener:
    """A web server on this machine that counts who comes."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/gambar.png"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            with visitor:
                self.asked.append(visitor.recv(200).split(b"\r\n")[0])
                visitor.sendall(b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.close()


@pytest.fixture
def open_house(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take fence and proxy away, so that only LibreOffice's own switches stand."""
    monkeypatch.setattr(programs, "_fence", lambda: ())
    monkeypatch.setattr(programs, "DEAD_PROXY", "")
    programs._look.cache_clear()
    yield
    programs._look.cache_clear()


def picture(folder: Path) -> Path:
    """Write a picture of 300 by 300 dots."""
    rows = zlib.compress((b"\0" + b"\xf0\x10\x30" * 300) * 300)
    head = (300).to_bytes(4) * 2 + b"\x08\x02\x00\x00\x00"
    chunks = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    body = b"".join(len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4) for name, data in chunks)
    path = folder / "rahasia.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def pictures_in(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return sum(one.get("/Subtype") == "/Image" for one in document.objects if isinstance(one, pikepdf.Stream))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def outside(listener: Listener, folder: Path) -> dict[str, bytes]:
    """Give every way known to name what lies outside, on the network and on the disk."""
    secret = folder / "rahasia.docx"
    secret.write_bytes(hostile_word.package(hostile_word.with_body(f"<w:p><w:r><w:t>{SECRET}</w:t></w:r></w:p>")))
    shot, web, file = picture(folder), listener.address, secret.as_uri()
    climbing = "../" * 20 + str(shot)[1:]
    return {
        "picture web": hostile_word.linked_picture(web),
        "picture file": hostile_word.linked_picture(shot.as_uri()),
        "picture climbing": hostile_word.linked_picture(climbing),
        "old picture web": hostile_word.old_linked_picture(web),
        "old picture file": hostile_word.old_linked_picture(shot.as_uri()),
        "field picture web": hostile_word.field(f'INCLUDEPICTURE "{web}" \\d'),
        "field picture file": hostile_word.field(f'INCLUDEPICTURE "{shot}" \\d'),
        "field text": hostile_word.field(f'INCLUDETEXT "{secret}"'),
        "field dde": hostile_word.field(f'DDEAUTO soffice "{secret}" x'),
        "field link": hostile_word.field(f'LINK Word.Document.12 "{secret}" "" \\a \\r'),
        "template web": hostile_word.remote_template(web),
        "template file": hostile_word.remote_template(file),
        "chunk web": hostile_word.linked_chunk(web),
        "chunk file": hostile_word.linked_chunk(file),
        "object web": hostile_word.linked_object(web),
        "object file": hostile_word.linked_object(file),
        "frame web": hostile_word.frame_set(web),
        "subdocument web": hostile_word.sub_document(web),
        "subdocument file": hostile_word.sub_document(file),
    }


@pytest.mark.parametrize("bridge", [True, False], ids=["warm", "cold"])
def test_nothing_outside_the_file_is_fetched_though_nothing_but_libreoffice_forbids_it(
    tmp_path: Path, listener: Listener, open_house: None, monkeypatch: pytest.MonkeyPatch, bridge: bool
) -> None:
    cases = outside(listener, tmp_path)
    if not bridge:
        monkeypatch.setattr(programs, "_bridge", lambda _: None)
        cases = {name: docx for name, docx in cases.items() if name.startswith("picture")}
    with Office(tmp_path / "office", wall_seconds=20) as pool:
        for name, docx in cases.items():
            printed = pool.to_pdf(docx)
            assert "PASAL 3" in text_of(printed.pdf), name
            assert (pictures_in(printed.pdf), SECRET in text_of(printed.pdf), listener.asked) == (0, False, []), name


def test_without_our_switches_the_same_files_would_reach_out(
    tmp_path: Path, listener: Listener, open_house: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profiles, "SWITCHES", b"")
    with Office(tmp_path / "office", wall_seconds=20) as pool:
        pool.to_pdf(hostile_word.linked_picture(listener.address))
        seen = pool.to_pdf(hostile_word.linked_picture(picture(tmp_path).as_uri()))
    assert listener.asked
    assert pictures_in(seen.pdf) == 1


def test_a_profile_made_before_gets_the_switches_and_gets_them_once(tmp_path: Path) -> None:
    settings = tmp_path / "office-1" / "user" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text('<?xml version="1.0"?><oor:items xmlns:oor="http://openoffice.org/2001/registry"></oor:items>')
    profile = profiles.Profile(tmp_path)
    for _ in range(2):
        profile.make(programs.find_office())
    profile.release()
    assert [settings.read_text().count(name) for name in profiles.SECURITY] == [1, 1, 1]


def test_the_fence_alone_keeps_libreoffice_off_the_network(listener: Listener) -> None:
    fence = programs.find_office().fence
    if not any("unshare" in word for word in fence):
        pytest.skip("this machine lets nobody leave its network")
    host, port = listener.address.split("/")[2].split(":")
    ask = f"exec 3<>/dev/tcp/{host}/{port} && echo hello >&3"
    assert subprocess.run([*fence, "bash", "-c", ask], capture_output=True, check=False).returncode != 0
    assert listener.asked == []


RTF = rb"{\rtf1\ansi PASAL 1 Para Pihak sepakat.\par}"
HTML = b"<html><body><p>PASAL 1 Para Pihak sepakat.</p></body></html>"
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4_000)
LOCKED = OLD_WORD + "EncryptedPackage".encode("utf-16-le") + bytes(600)
OPEN_DOCUMENT = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "content.xml": b'<?xml version="1.0"?><office:document-content '
    b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:text>'
    b"<text:p>PASAL 1</text:p></office:text></office:body></office:document-content>",
    "META-INF/manifest.xml": b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    b'<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    b'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
}


def locked_members() -> bytes:
    """Give a package whose members say that they are encrypted."""
    data = bytearray(papers.agreement())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


def unpacking_large() -> bytes:
    members = hostile_word.members_of(papers.agreement())
    return hostile_word.package({**members, "word/media/image1.png": bytes(bounds.LARGEST_UNPACKED)})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PASAL 1\nPara Pihak sepakat.\n", "not_word"),
        (RTF, "not_word"),
        (HTML, "not_word"),
        (OLD_WORD, "not_word"),
        (LOCKED, "not_word"),
        (locked_members(), "not_word"),
        (RTF + hostile_word.package({"a": b""}), "not_word"),
        (hostile_word.package({"word/document.xml": HTML}), "refused"),
        (hostile_word.package({"PASAL 1.txt": b"PASAL 1"}), "refused"),
        (hostile_word.package(OPEN_DOCUMENT), "refused"),
        (unpacking_large(), "too_large"),
    ],
    ids=["text", "rtf", "html", "doc", "password", "locked zip", "rtf and zip", "html in zip", "zip", "odt", "bomb"],
)  # fmt: skip
def test_what_is_no_word_file_is_refused_whatever_its_name(office: Office, data: bytes, reason: str) -> None:
    workers = office.processes()
    with pytest.raises(DocumentUnreadable) as refusal:
        office.to_pdf(data)
    assert refusal.value.values == {"reason": reason}
    assert office.processes() == workers
    assert len(office.to_pdf(papers.agreement()).anchors) == 6


def test_the_same_open_document_is_printed_when_the_filter_is_not_forced(tmp_path: Path) -> None:
    source = tmp_path / "palsu.docx"
    source.write_bytes(hostile_word.package(OPEN_DOCUMENT))
    profile = profiles.Profile(tmp_path)
    profile.make(programs.find_office())
    command = ["soffice", f"-env:UserInstallation={profile.user.as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(source)], check=True, capture_output=True, timeout=60)
    profile.release()
    assert "PASAL 1" in text_of((tmp_path / "palsu.pdf").read_bytes())


def test_a_document_that_eats_memory_is_stopped_while_it_does_and_the_next_is_right(tmp_path: Path) -> None:
    most = 450_000_000
    with Office(tmp_path, wall_seconds=60, most_memory=most) as office:
        office.to_pdf(papers.agreement())
        before, seen = time.monotonic(), Highest(office)
        with pytest.raises(DocumentUnreadable) as refusal:
            office.to_pdf(hostile_word.cells(2_000))
        assert refusal.value.values == {"reason": "memory"}
        assert time.monotonic() - before < 40
        assert most < seen.stop() < 1.6 * most
        assert len(office.to_pdf(papers.agreement()).anchors) == 6


class Highest:
    """Notes the most memory a pool held, until it is stopped."""

    def __init__(self, office: Office) -> None:
        self._office, self._most, self._done = office, 0, threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._done.wait(0.05):
            desks = [desk.printer for desk in self._office._desks if desk.printer]
            self._most = max([self._most, *(printer.memory() for printer in desks)])

    def stop(self) -> int:
        self._done.set()
        self._thread.join()
        return self._most


def test_the_system_itself_holds_the_memory_of_every_process() -> None:
    fence = programs.find_office().fence
    if not any("prlimit" in word for word in fence):
        pytest.skip("this machine has no prlimit")
    asked = subprocess.run([*fence, "bash", "-c", "ulimit -v; ulimit -c"], capture_output=True, check=True, text=True)
    assert asked.stdout.split() == [str(bounds.MOST_ADDRESSES // 1024), "0"]


@pytest.mark.parametrize("bridge", [True, False], ids=["warm", "cold"])
def test_a_document_without_end_is_given_up_in_bounded_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bridge: bool
) -> None:
    if not bridge:
        monkeypatch.setattr(programs, "_bridge", lambda _: None)
        programs._look.cache_clear()
    try:
        with Office(tmp_path, wall_seconds=3 if bridge else 8) as office:
            office.to_pdf(papers.agreement())
            before = time.monotonic()
            with pytest.raises(OfficeFailed):
                office.to_pdf(hostile_word.nested(200))
            assert time.monotonic() - before < 40
            assert office.processes() == []
            assert len(office.to_pdf(papers.agreement()).anchors) == 6
    finally:
        programs._look.cache_clear()


def test_a_paper_with_more_pages_than_any_of_ours_is_refused(office: Office) -> None:
    assert office.to_pdf(hostile_word.breaks(400)).pages == 400
    with pytest.raises(DocumentUnreadable) as refusal:
        office.to_pdf(hostile_word.breaks(bounds.MOST_PAGES + 5))
    assert refusal.value.values == {"reason": "pages"}


def test_a_command_that_oversteps_is_gone_with_its_children(tmp_path: Path) -> None:
    told = tmp_path / "group"
    script = f"echo $$ > {told}; sleep 60 & sleep 60"
    with pytest.raises(Overstepped) as bound:
        run_to_end(["bash", "-c", script], {"PATH": "/usr/bin:/bin"}, bounds.Bounds(seconds=0.5))
    assert not bound.value.memory
    give_up = time.monotonic() + 5
    while group_members(int(told.read_text())) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert group_members(int(told.read_text())) == []


def test_threads_are_served_in_the_order_they_came(tmp_path: Path) -> None:
    served: list[int] = []
    docx = papers.agreement(parties=1, articles=1)
    with Office(tmp_path) as office:
        office.to_pdf(docx)
        place = office._turns.take()

        def work(number: int) -> None:
            office.to_pdf(docx)
            served.append(number)

        threads = []
        for number in range(12):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            while len(office._turns._waiting) <= number:
                time.sleep(0.001)
        office._turns.give(place)
        for thread in threads:
            thread.join()
    # The last steps of a document, after LibreOffice, run beside the next one's.
    assert all(abs(place - number) <= 1 for place, number in enumerate(served))


def test_closing_ends_those_who_print_and_those_who_wait(tmp_path: Path) -> None:
    endings: list[str] = []
    office = Office(tmp_path, wall_seconds=60)
    office.to_pdf(papers.agreement())

    def work(docx: bytes) -> None:
        try:
            office.to_pdf(docx)
        except OfficeFailed as failed:
            endings.append(str(failed))

    threads = [threading.Thread(target=work, args=(docx,)) for docx in (hostile_word.nested(200), papers.agreement())]
    for thread in threads:
        thread.start()
        time.sleep(0.5)
    before = time.monotonic()
    office.close()
    for thread in threads:
        thread.join()
    assert endings == ["office_failed", "office_failed"]
    assert time.monotonic() - before < 10
    office.close()
    with pytest.raises(OfficeFailed):
        office.to_pdf(papers.agreement())


def test_a_zip_with_an_impossible_list_of_contents_is_refused(office: Office) -> None:
    data = papers.agreement()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        start = package.start_dir
    with pytest.raises(DocumentUnreadable):
        office.to_pdf(data[:start] + b"\xff" * (len(data) - start - 22) + data[-22:])


def test_the_programs_of_the_fence_are_those_of_this_machine() -> None:
    assert all(shutil.which(word) for word in programs.find_office().fence if word.startswith("/"))

"""Preflight finds what is wrong with a form before it is published, says it in words, and survives whatever comes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdmp_core.texts import catalogue, text
from mou_templates import apart, build
from mou_templates.errors import Refused
from mou_templates.kinds import KINDS
from mou_templates.preflight import (
    CODES,
    Finding,
    check,
    fields_of,
    fonts,
    inspect,
    package,
    process,
    required,
    variants,
    watched,
)
from mou_templates.preflight.findings import sorted_out
from mou_templates.preflight.inspection import floors
from mou_templates.press import shipped_form
from mou_templates.reading import NOT_PRINTED

SHIPPED = sorted(form.stem for form in build.SHIPPED.glob("*.docx") if form.stem in KINDS)
KIND = "mou_network"
FORM = shipped_form(KIND)
BODY, STYLES, SETTINGS, TYPES = "word/document.xml", "word/styles.xml", "word/settings.xml", "[Content_Types].xml"
RELATIONS, HEADER = "word/_rels/document.xml.rels", "word/header1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NO_FONTS: frozenset[str] = frozenset()
Edit = Callable[[bytes], bytes]


def members_of(form: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(form)) as package:
        return {name: package.read(name) for name in package.namelist()}


def zipped(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return stream.getvalue()


def swap(old: str, new: str, part: str = BODY, times: int = 1) -> Edit:
    def edit(form: bytes) -> bytes:
        members = members_of(form)
        assert old.encode() in members[part], old
        members[part] = members[part].replace(old.encode(), new.encode(), times)
        return zipped(members)

    return edit


def first(xml: str) -> Edit:
    """Put XML at the beginning of the body."""
    return swap("<w:body>", f"<w:body>{xml}")


def say(words: str, marks: str = "", shape: str = "") -> Edit:
    """Put a paragraph with these words at the beginning of the body."""
    return first(f"<w:p><w:pPr>{shape}</w:pPr>{run(words, marks)}</w:p>")


def run(words: str, marks: str = "") -> str:
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def table(*rows: str) -> str:
    cells = "".join(f"<w:tr><w:tc><w:p>{run(words)}</w:p></w:tc></w:tr>" for words in rows)
    return f"<w:tbl>{cells}</w:tbl>"


def setting(xml: str) -> Edit:
    return swap("<w:zoom", f"{xml}<w:zoom", SETTINGS)


def style(marks: str, shape: str = "") -> Edit:
    """Change the style of articles."""
    opened = '<w:style w:type="paragraph" w:customStyle="1" w:styleId="Article">'
    return all_of(
        swap(opened, f"{opened}<w:rPr>{marks}</w:rPr>" if marks else opened, STYLES),
        swap(opened, f"{opened}<w:pPr>{shape}</w:pPr>" if shape else opened, STYLES),
    )


def more(name: str, data: bytes = b"<x/>") -> Edit:
    return lambda form: zipped({**members_of(form), name: data})


def relate(kind: str, target: str, mode: str = ' TargetMode="External"', part: str = RELATIONS) -> Edit:
    return swap(
        "</Relationships>",
        f'<Relationship Id="x9" Type="{OFFICE}/{kind}" Target="{target}"{mode}/></Relationships>',
        part,
    )


def all_of(*edits: Edit) -> Edit:
    def edit(form: bytes) -> bytes:
        for one in edits:
            form = one(form)
        return form

    return edit


def _named_twice(form: bytes) -> bytes:
    """Add a member and rename it, in both lists of the zip, to one that is there."""
    made = zipped({**members_of(form), "word/stylez.xml": b"<x/>"})
    return made.replace(b"word/stylez.xml", STYLES.encode())


def field(instruction: str) -> str:
    half = len(instruction) // 2
    marks = ['<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:fldChar w:fldCharType="end"/></w:r>']
    pieces = (instruction[:half], instruction[half:])
    return marks[0] + "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces) + marks[1]


DEFECTS: dict[str, list[Edit]] = {
    "old_word": [lambda _: OLE + "WordDocument".encode("utf-16-le")],
    "password": [lambda _: OLE + "EncryptedPackage".encode("utf-16-le")],
    "not_word": [
        *(lambda _: b"", lambda _: b"%PDF-1.7", lambda _: zipped({"xl/workbook.xml": b"<x/>"})),
        lambda _: OLE + "Workbook".encode("utf-16-le"),
        swap("document.main+xml", "template.main+xml", TYPES),
        swap(WORD, "http://purl.oclc.org/ooxml/wordprocessingml/main"),
    ],
    "zip_broken": [lambda form: form[:-200], lambda form: form[:4], more("../outside.xml"), more("word\\a.xml")],
    "member_twice": [_named_twice, more("word/Document.xml")],
    "members_many": [lambda form: zipped({**members_of(form), **{f"word/{n}.bin": b"" for n in range(300)}})],
    "too_large": [
        more("word/media/a.png", bytes(31 * 2**20)),
        more("word/big.xml", b"<x>" + b"".join(b"%d " % (n * 7919) for n in range(1_200_000)) + b"</x>"),
    ],
    "zip_bomb": [more("word/media/a.png", bytes(10**6))],
    "doctype": [
        swap("<w:document", '<!DOCTYPE x [<!ENTITY a "b">]><w:document'),
        more("customXml/item1.xml", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16")),
    ],
    "unreadable": [
        swap("</w:body>", ""),
        lambda form: zipped({**members_of(form), HEADER: b'<?xml version="1.0" encoding="UTF-7"?><x/>'}),
        lambda form: zipped({**members_of(form), HEADER: b"\xff\xfe\x00"}),
    ],
    "macro": [
        more("word/vbaProject.bin"),
        swap(
            "vnd.openxmlformats-officedocument.wordprocessingml.document.main",
            "vnd.ms-word.document.macroEnabled.main",
            TYPES,
        ),
    ],
    "embedded_object": [more("word/embeddings/a.xlsx"), first("<w:p><w:r><w:object/></w:r></w:p>")],
    "activex": [more("word/activeX/activeX1.xml"), first("<w:p><w:r><w:control/></w:r></w:p>")],
    "alt_chunk": [more("word/afchunk.docx"), first("<w:altChunk/>"), relate("aFChunk", "a.html", "")],
    "outside_link": [
        relate("image", "http://example.org/a.png"),
        relate("hyperlink", "https://example.org/"),
        relate("image", "file:///etc/hostname", ""),
        more(
            "word/_rels/settings.xml.rels",
            f'<Relationships><Relationship Type="{OFFICE}/attachedTemplate" Target="a" TargetMode="external"/>'
            "</Relationships>".encode(),
        ),
        setting("<w:mailMerge/>"),
    ],
    "live_field": [
        first(f"<w:p>{field('DATE')}</w:p>"),
        first(f"<w:p>{field(' INCLUDEPICTURE x ')}</w:p>"),
        first('<w:p><w:fldSimple w:instr=" FILENAME "/></w:p>'),
        swap("PAGE", "TIME", "word/footer1.xml"),
        first("<w:p><w:r><w:instrText>DDEAUTO c</w:instrText></w:r></w:p>"),
        first("<w:p><w:r><w:yearLong/></w:r></w:p>"),
    ],
    "tracked_changes": [
        first(f'<w:p><w:ins w:author="Sari">{run("baru")}</w:ins></w:p>'),
        first('<w:p><w:del w:author="Sari"><w:r><w:delText>lama</w:delText></w:r></w:del></w:p>'),
        first(f'<w:p><w:moveFrom w:author="Sari">{run("pindah")}</w:moveFrom></w:p>'),
        say("tebal", '<w:b/><w:rPrChange w:author="Sari"><w:rPr/></w:rPrChange>'),
        say("geser", shape='<w:pPrChange w:author="Sari"><w:pPr/></w:pPrChange>'),
    ],
    "tracking_on": [setting("<w:trackRevisions/>")],
    "comments": [
        more("word/comments.xml", f'<w:comments xmlns:w="{WORD}"><w:comment w:id="1"/></w:comments>'.encode())
    ],
    "hidden_text": [
        *(say("rahasia", "<w:vanish/>"), style("<w:vanish/>"), say("x", shape="<w:rPr><w:vanish/></w:rPr>")),
        first("<w:tbl><w:tr><w:trPr><w:hidden/></w:trPr><w:tc><w:p/></w:tc></w:tr></w:tbl>"),
    ],
    "white_text": [
        say("putih", '<w:color w:val="FFFFFF"/>'),
        say("hampir putih", '<w:color w:val="FDFDFD"/>'),
        say("latar", '<w:color w:val="auto" w:themeColor="background1"/>'),
        say("hitam", '<w:color w:val="000000"/><w:highlight w:val="black"/>'),
        say("kecil", '<w:sz w:val="2"/>'),
        style('<w:color w:val="FFFFFF"/>'),
        style('<w:sz w:val="3"/>'),
    ],
    "text_box": [
        first(f"<w:p><w:r><w:pict><w:txbxContent><w:p>{run('kotak')}</w:p></w:txbxContent></w:pict></w:r></w:p>")
    ],
    "paper_size": [
        swap('w:w="11906"', 'w:w="12240"'),
        swap('<w:pgSz w:w="11906" w:h="16838"/>', ""),
        say("bagian", shape='<w:sectPr><w:pgSz w:w="12240" w:h="15840"/></w:sectPr>'),
    ],
    "font_missing": [
        say("aneh", '<w:rFonts w:ascii="Comic Sans MS" w:hAnsi="Comic Sans MS"/>'),
        style('<w:rFonts w:ascii="Calibri"/>'),
        first('<w:p><w:r><w:sym w:font="Wingdings" w:char="F0A7"/></w:r></w:p>'),
        all_of(
            say("tema", '<w:rFonts w:asciiTheme="minorHAnsi"/>'),
            more(
                "word/theme/theme1.xml",
                b'<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:minorFont>'
                b'<a:latin typeface="Aptos"/></a:minorFont></a:theme>',
            ),
        ),
    ],
    "auto_hyphenation": [setting("<w:autoHyphenation/>"), setting('<w:autoHyphenation w:val="true"/>')],
    "automatic_numbers": [
        say("satu", shape='<w:numPr><w:numId w:val="1"/></w:numPr>'),
        style("", '<w:numPr><w:numId w:val="3"/></w:numPr>'),
    ],
    "half_tag": [
        *(
            say(words)
            for words in (
                "{subject}",
                "{ { subject } }",
                "\uff5b\uff5bsubject\uff5d\uff5d",
                "«subject»",
                "{{ subject }",
                "%}",
            )
        ),
        *(say(words) for words in ("{%– if subject %}", "{{ sub\u200bject }}", "{% if subject %", "{{{ subject }}}")),
        first(f"<w:p>{run('{{ sub')}</w:p><w:p>{run('ject }}')}</w:p>"),
    ],
    "tag_in_deleted": [
        first('<w:p><w:del w:author="S"><w:r><w:delText>{{ subject }}</w:delText></w:r></w:del></w:p>'),
        first(f'<w:p><w:moveFrom w:author="S">{run("{{ subject }}")}</w:moveFrom></w:p>'),
    ],
    "properties_tag": [
        swap("<dc:creator>", "<dc:creator>{{ subject }}", "docProps/core.xml"),
        more("docProps/app.xml", b"<Properties><Company>{{ subject }}</Company></Properties>"),
    ],
    "cell_loop": [first(table("{%tc for row in members %}"))],
    "rich_text": [say("{{r subject }}"), say("{{p subject }}")],
    "row_tag_outside": [say("{%tr for row in members %}")],
    "words_beside": [
        say("Catatan {%p if subject %}"),
        first(f"<w:p>{run('{%p if subject %}ya{%p endif %}')}</w:p>"),
        first(table("{%tr for row in members %}{{ row.name }}", "{%tr endfor %}")),
    ],
    "block_unclosed": [
        say("{%p if subject %}"),
        say("{%p endif %}"),
        say("{% for row in members %}"),
        say("{% else %}"),
    ],
    "block_crossed": [
        say("{% if subject %}{% for row in members %}{% endif %}{% endfor %}"),
        say("{% if subject %}{% endfor %}"),
        first(f"<w:p>{run('{%p if subject %}')}</w:p>" + table("{%p endif %}")),
    ],
    "block_mixed": [
        first(f"<w:p>{run('{%p if subject %}')}</w:p><w:p>{run('{% endif %}')}</w:p>"),
        first(f"<w:p>{run('{% if subject %}')}</w:p><w:p>{run('{%p endif %}')}</w:p>"),
    ],
    "loops_deep": [say("{% for a in members %}{% for b in members %}{% for c in members %}" + "{% endfor %}" * 3)],
    "language": [
        *(say(f"{{{{ {words} }}}}") for words in ("'x'*10**9", "subject.upper()", "members[0]", "subject|safe")),
        *(say(f"{{{{ {words} }}}}") for words in ("subject.__class__", "event.name.__class__.mro", "event._name.x")),
        *(say(f"{{% {words} %}}") for words in ("set a = 1", "include 'x'", "macro a()", "if subject is defined")),
        say("{% jika subject %}"),
        say("{% for a in members recursive %}{% endfor %}"),
        say("{{ subject &amp; zone }}"),
        first('<w:bookmarkStart w:id="99" w:name="{{ subject }}"/>'),
    ],
    "word_unknown": [
        say("{{ subjcet }}"),
        say("{{ Subject }}"),
        say("{{ event.nama }}"),
        say("{% for row in members %}{{ row.namaa }}{% endfor %}"),
        say("{% for row in membrs %}{% endfor %}"),
        say("{% if modee == 'x' %}{% endif %}"),
        say("{% for row in members %}{% endfor %}{{ row.name }}"),
        swap("{{ stamp }}", "{{ stamps }}", HEADER),
        swap("<dc:title>", "<dc:title>{{ judul }}", "docProps/core.xml"),
    ],
    "word_unused": [
        swap("{{ event.organiser }}", "Kementerian", times=9),
        swap("{{ row.legal }}", "", times=9),
        swap("{{ stamp }}", "Konsep", HEADER),
        all_of(swap("{{ stamp }}", "Konsep", HEADER), swap("Halaman ", "{{ stamp }}", "word/footer1.xml")),
    ],
    "element_missing": [swap("JANGKA WAKTU", "LAIN-LAIN", times=9)],
    "article_order": [
        swap(">Pasal 3</w:t><w:br/>", ">Pasal 4</w:t><w:br/>"),
        swap(">Pasal 1</w:t><w:br/>", ">PASAL 2</w:t><w:br/>"),
    ],
    "render_failed": [say("{{ members }}")],
    "value_lost": [
        swap("{{ event.organiser }}", "{% if not subject %}{{ event.organiser }}{% endif %}", times=9),
        swap(
            "{{ event.organiser }}",
            "{% if choice.mode == 'electronic' %}{{ event.organiser }}{% endif %}",
            times=9,
        ),
    ],
}
SEEDED = [(code, edit) for code, edits in DEFECTS.items() for edit in edits]


@pytest.mark.parametrize("kind", SHIPPED)
def test_the_shipped_form_is_clean(kind: str) -> None:
    assert inspect(shipped_form(kind), kind) == ()


@pytest.mark.parametrize(("code", "edit"), SEEDED, ids=[f"{n}-{code}" for n, (code, _) in enumerate(SEEDED)])
def test_a_seeded_defect_is_found(code: str, edit: Edit) -> None:
    found = sorted_out(floors(edit(FORM), KIND, NO_FONTS))
    assert code in {one.code for one in found}, found
    assert all(one.values.keys() == set(CODES[one.code]) for one in found)


def test_every_code_but_those_of_the_process_is_seeded() -> None:
    assert DEFECTS.keys() == CODES.keys() - {"limits"}


@pytest.mark.parametrize(
    "edit",
    [
        say("{{ subject }}"),
        say("{{ subject|upper }} dan {{ members|length }}"),
        say("{% if choice.mode == “electronic” %}ya{% else %}tidak{% endif %}"),
        say("{% for row in members %}{{ loop.index }} {{ row.name }}{% endfor %}"),
        say("{{ (members|first).name }} {{ event.name }}"),
        first(f"<w:p>{run('{{ sub')}<w:proofErr/><w:bookmarkStart/>{run('ject }', '<w:b/>')}{run('}')}</w:p>"),
        first(f"<w:p>{run('{%p if subject and not zone %}')}</w:p><w:p/><w:p>{run('{%p endif %}')}</w:p>"),
        first(f"<w:p>{field(' PAGE  MERGEFORMAT ')}</w:p>"),
        say("biasa", '<w:vanish w:val="0"/><w:color w:val="auto"/>'),
        say("kepala", '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="1F3864"/>'),
        say("Pasal 3 ayat (2) tetap berlaku."),
        swap('w:w="11906" w:h="16838"', 'w:w="12189" w:h="18709"'),
        setting('<w:autoHyphenation w:val="false"/><w:trackRevisions w:val="0"/>'),
        style("", '<w:numPr><w:numId w:val="0"/></w:numPr>'),
        more("word/media/gambar1.png", bytes(range(256)) * 40),
    ],
)
def test_what_is_right_is_left_alone(edit: Edit) -> None:
    assert inspect(edit(FORM), KIND, families=NO_FONTS) == ()


def test_a_finding_says_where_it_stands() -> None:
    found = inspect(say("Bertempat di {{ subjcet }}.")(FORM), KIND)
    assert found[0] == Finding(
        *("word_unknown", "error", BODY, 1, "Bertempat di {{ subjcet }}."),
        values={"name": "subjcet", "suggestion": "subject"},
    )


def test_a_name_is_corrected_by_the_words_of_its_row() -> None:
    form = say("{% for party in members %}{{ party.namee }}{% endfor %}")(FORM)
    assert inspect(form, KIND)[0].values == {"name": "party.namee", "suggestion": "name"}


def test_a_name_like_no_other_is_answered_with_what_there_is() -> None:
    assert "subject" in inspect(say("{{ xyzzy }}")(FORM), KIND)[0].values["suggestion"]


def test_errors_come_first_and_all_of_them_at_once() -> None:
    form = all_of(setting("<w:trackRevisions/>"), say("{{ a_b }}"), say("rahasia", "<w:vanish/>"))(FORM)
    found = inspect(form, KIND)
    assert [one.code for one in found][-1] == "tracking_on"
    assert {one.code for one in found} == {"tracking_on", "word_unknown", "hidden_text"}
    assert [one.level for one in found] == ["error", "error", "warning"]


def test_the_author_of_a_change_and_the_name_of_a_font_are_told() -> None:
    form = all_of(DEFECTS["tracked_changes"][0], DEFECTS["font_missing"][0])(FORM)
    told = {one.code: one.values for one in inspect(form, KIND, families=NO_FONTS)}
    assert told == {"tracked_changes": {"author": "Sari"}, "font_missing": {"font": "Comic Sans MS"}}


@pytest.mark.parametrize(
    ("font", "families", "fate"),
    [
        *(("Arial", (), "same"), ("Times New Roman", (), "same"), ("Bookman Old Style", (), "same")),
        *(("Calibri", (), "missing"), ("Calibri", ("carlito",), "same"), ("Cambria", ("caladea",), "near")),
        *(("Helvetica", ("liberation sans",), "near"), ("Wingdings", ("wingdings",), "same")),
    ],
)
def test_a_font_prints_by_itself_or_by_a_stand_in(font: str, families: tuple[str, ...], fate: str) -> None:
    assert fonts.fate(font, frozenset(families)) == fate


def test_a_font_with_a_near_stand_in_is_only_a_warning() -> None:
    form = say("huruf", '<w:rFonts w:ascii="Helvetica"/>')(FORM)
    assert [one.level for one in inspect(form, KIND, families=frozenset({"liberation sans"}))] == ["warning"]


def test_hyphenation_that_libreoffice_switched_on_is_only_a_warning() -> None:
    form = all_of(
        setting('<w:autoHyphenation w:val="true"/>'),
        more("docProps/app.xml", b"<Properties><Application>LibreOffice/7.4</Application></Properties>"),
    )(FORM)
    assert [(one.code, one.level) for one in inspect(form, KIND)] == [("auto_hyphenation", "warning")]


def test_a_column_of_row_numbers_may_be_left_out_with_a_warning() -> None:
    found = inspect(swap("{{ row.no }}", "", times=99)(FORM), KIND)
    assert {one.code for one in found} == {"word_unused"}
    assert {one.level for one in found} == {"warning"}


def test_the_words_of_a_kind_are_those_of_its_example() -> None:
    tree = fields_of(KIND)
    assert {"subject", "members", "issue", *NOT_PRINTED} <= tree.keys()
    assert {"name", "code", "signatory"} <= tree["members"][0].keys()
    assert {"subject", "members[].name", "issue.number"} <= required(KIND).keys()
    assert not [path for path in required(KIND) if path.split(".")[0] in NOT_PRINTED]


def test_the_words_of_a_kind_are_those_of_all_its_variants() -> None:
    modes = {words["choice"]["mode"] for words in variants.variant_words(KIND)}
    assert modes == {"at_once", "over_days", "electronic", "mixed"}
    assert {len(words["members"]) for words in variants.variant_words(KIND)} == {1, 2}
    assert {"amended", "role"} <= fields_of("accession").keys()
    assert {"first", "members", "count"} <= fields_of("addendum").keys()


def test_a_kind_nobody_knows_is_refused() -> None:
    for judge in (inspect, check):
        with pytest.raises(Refused, match="kind_unknown"):
            judge(FORM, "surat_cinta")


def test_a_finding_survives_the_way_through_json() -> None:
    for one in inspect(all_of(say("{{ subjcet }}"), setting("<w:trackRevisions/>"))(FORM), KIND):
        assert Finding.of_json(json.loads(json.dumps(one.as_json()))) == one


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_a_sentence_with_its_values_and_a_cure(code: str, language: str) -> None:
    sentences = catalogue(language)  # type: ignore[arg-type]
    places = {name for _, name, _, _ in Formatter().parse(sentences[f"preflight.{code}"]) if name is not None}
    assert places <= set(CODES[code])
    assert text(f"preflight.cure.{code}", language)  # type: ignore[arg-type]


def test_the_catalogues_hold_the_same_keys_and_no_code_that_is_not_made() -> None:
    held = [{key for key in catalogue(name) if key.startswith("preflight.")} for name in ("id", "en")]
    assert held[0] == held[1]
    assert {key.removeprefix("preflight.cure.") for key in held[0] if ".cure." in key} == CODES.keys()
    assert {"preflight.level.error", "preflight.level.warning"} <= held[0]
    elements = {element for kind in KINDS.values() for element in kind.mandatory}
    assert {f"preflight.element.{element}" for element in elements} <= held[0]


def test_the_process_of_its_own_says_the_same() -> None:
    form = all_of(say("{{ subjcet }}"), setting("<w:trackRevisions/>"))(FORM)
    assert check(form, KIND) == inspect(form, KIND)
    assert check(FORM, KIND) == ()
    assert [one.code for one in check(b"PK\x03\x04", KIND)] == ["zip_broken"]


def test_the_process_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDMP_SECRET", "rahasia")
    told = "import json, os; print(json.dumps([dict(os.environ)]))"
    monkeypatch.setattr(watched, "COMMAND", (sys.executable, "-I", "-c", told))
    assert "rahasia" not in apart.answer(watched.COMMAND, b"", watched.WALL_SECONDS).decode()


@pytest.mark.parametrize(
    "harm",
    [
        "b'x' * 10**9",
        "[0 for a in iter(int, 1)]",
        "__import__('tempfile').TemporaryFile(buffering=0).write(b'x')",
        "exit(3)",
    ],
)
def test_memory_bomb_endless_work_and_writing_die_in_the_process_alone(
    monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    bound = "apart.confine(cpu_seconds=1, memory_bytes=600 * 10**6)"
    confined = f"from mou_templates import apart; {bound}; {harm}"
    monkeypatch.setattr(watched, "COMMAND", (sys.executable, "-I", "-c", confined))
    assert check(FORM, KIND) == (Finding("limits", "error"),)


def test_a_process_that_sleeps_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "COMMAND", (sys.executable, "-I", "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(watched, "WALL_SECONDS", 0.3)
    begun = time.monotonic()
    assert [one.code for one in check(FORM, KIND)] == ["limits"]
    assert time.monotonic() - begun < 10


def test_a_process_that_answers_nonsense_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "COMMAND", (sys.executable, "-I", "-c", "print('[{}]')"))
    assert [one.code for one in check(FORM, KIND)] == ["limits"]


def test_the_limits_of_the_process_are_those_promised() -> None:
    asked = (
        "import resource as r; from mou_templates import apart; from mou_templates.preflight import process as p;"
        "apart.confine(cpu_seconds=p.CPU_SECONDS, memory_bytes=p.MEMORY_BYTES);"
        "print(*(r.getrlimit(n)[0] for n in (r.RLIMIT_CPU, r.RLIMIT_AS, r.RLIMIT_FSIZE)))"
    )
    told = subprocess.run([sys.executable, "-I", "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["10", "600000000", "0"]
    assert process.CPU_SECONDS < watched.WALL_SECONDS == 20


@pytest.mark.parametrize(
    "bomb",
    [
        say("{{ 'x'*10**9 }}"),
        say("{{ subject.center(10**9) }}"),
        say(
            "{% for a in members %}{% for b in members %}{% for c in members %}{% for d in members %}x"
            + "{% endfor %}" * 4
        ),
        say("{{r " * 8000),
        say("-%}" * 8000),
        first("<w:tbl><w:tr><w:tc>" * 200 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 200),
        first("<w:p/>" * 5),
    ],
)
def test_a_hostile_form_is_answered_in_bounded_time(bomb: Edit) -> None:
    begun = time.process_time()
    inspect(bomb(FORM), KIND)
    assert time.process_time() - begun < 3


def never_raises(data: bytes) -> None:
    found = tuple(floors(data, KIND, NO_FONTS))  # without the net that `inspect` has
    assert all(one.values.keys() == set(CODES[one.code]) for one in found)


@given(st.binary(max_size=2000), st.sampled_from([b"", b"PK\x03\x04", OLE]))
def test_any_bytes_are_answered(data: bytes, head: bytes) -> None:
    never_raises(head + data)
    assert inspect(head + data, KIND)


@settings(max_examples=25, deadline=10_000)
@given(st.lists(st.tuples(st.integers(0, len(FORM) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_form_with_other_bytes_is_answered(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(FORM)
    for at, value in changes:
        damaged[at] = value
    never_raises(bytes(damaged))


@settings(max_examples=25, deadline=10_000)
@given(st.integers(0, len(FORM)), st.integers(0, len(FORM)))
def test_a_form_that_lacks_a_piece_is_answered(start: int, end: int) -> None:
    never_raises(FORM[: min(start, end)] + FORM[max(start, end) :])


PIECES = [
    "<",
    ">",
    "/",
    "w:p",
    "w:r",
    "w:t",
    "{{",
    "}}",
    "{%",
    "%}",
    "{%p ",
    "{%tr ",
    " if ",
    "endif",
    "subject",
    "\x00",
]


@settings(max_examples=25, deadline=10_000)
@given(st.data())
def test_a_form_with_damaged_xml_is_answered(data: st.DataObject) -> None:
    members = members_of(FORM)
    part = data.draw(st.sampled_from([BODY, STYLES, SETTINGS, TYPES, RELATIONS, HEADER, "docProps/core.xml"]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole = members[part]
        at = data.draw(st.integers(0, len(whole)))
        cut = data.draw(st.integers(0, 30))
        members[part] = whole[:at] + data.draw(st.sampled_from(PIECES)).encode() + whole[at + cut :]
    never_raises(zipped(members))


WORDS = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "p ",
    "tr ",
    "if ",
    "for ",
    "in ",
    "endif",
    "endfor",
    "else",
    " row",
    ".name",
]


@settings(max_examples=40, deadline=10_000)
@given(st.lists(st.sampled_from([*WORDS, " members ", "subject", "|upper", "(", ")", "-", " "]), max_size=25))
def test_any_mixture_of_tags_is_answered(words: list[str]) -> None:
    never_raises(say("".join(words))(FORM))
    assert package.opened(FORM)[1] == ()

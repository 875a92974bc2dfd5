"""Twelve structural rules of PDF/A-3b, checked on a file. Checked, not certified: this is no validator."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pikepdf
from pikepdf import Dictionary, Name, Pdf, Stream

Rule = Callable[[Pdf, bytes], bool]


def broken_rules(data: bytes) -> list[str]:
    """Give the names of the rules that the file breaks, none when all twelve hold."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [rule.__name__ for rule in RULES if not rule(pdf, data)]


def header_names_a_version_below_two(pdf: Pdf, data: bytes) -> bool:
    version = pdf.Root.get("/Version", Name("/1.7"))
    return bool(re.match(rb"%PDF-1\.[0-7]\r?\n%[\x80-\xff]{4}", data)) and str(version) == "/1.7"


def nothing_is_encrypted(pdf: Pdf, data: bytes) -> bool:
    return not pdf.is_encrypted


def trailer_has_an_identity(pdf: Pdf, data: bytes) -> bool:
    return len(pdf.trailer.get("/ID", [])) == 2


def description_claims_part_three_b_in_the_clear(pdf: Pdf, data: bytes) -> bool:
    with pdf.open_metadata() as told:
        claimed = (told.get("pdfaid:part"), told.get("pdfaid:conformance"))
    return claimed == ("3", "B") and "/Filter" not in pdf.Root.Metadata


def both_descriptions_agree(pdf: Pdf, data: bytes) -> bool:
    with pdf.open_metadata() as told:
        producer, tool = told.get("pdf:Producer"), told.get("xmp:CreatorTool")
    return (str(pdf.docinfo.get("/Producer")), str(pdf.docinfo.get("/Creator"))) == (producer, tool)


def output_intent_has_a_profile(pdf: Pdf, data: bytes) -> bool:
    intents = pdf.Root.get("/OutputIntents", [])
    return len(intents) == 1 and intents[0].S == "/GTS_PDFA1" and isinstance(intents[0].DestOutputProfile, Stream)


def every_font_is_inside(pdf: Pdf, data: bytes) -> bool:
    fonts = [one for one in _dictionaries(pdf) if one.get("/Type") == "/FontDescriptor"]
    return bool(fonts) and all({"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys()) for one in fonts)


def nothing_acts(pdf: Pdf, data: bytes) -> bool:
    actions = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData"}
    found = {str(one.get("/S")) for one in _dictionaries(pdf)}
    return not (actions & found) and not any("/AA" in one for one in _dictionaries(pdf))


def form_asks_for_nothing(pdf: Pdf, data: bytes) -> bool:
    form = pdf.Root.get("/AcroForm", Dictionary())
    return "/XFA" not in form and not bool(form.get("/NeedAppearances", False))


def annotations_print_and_show(pdf: Pdf, data: bytes) -> bool:
    flags = [int(one.get("/F", 0)) for page in pdf.pages for one in page.get("/Annots", [])]
    return all(flag & 4 and not flag & (1 | 2 | 32) for flag in flags)


def attachments_are_associated(pdf: Pdf, data: bytes) -> bool:
    specs = [one for one in _dictionaries(pdf) if one.get("/Type") == "/Filespec"]
    named = all(
        {"/F", "/UF", "/AFRelationship", "/EF"} <= set(one.keys()) and one.EF.F.get("/Subtype") for one in specs
    )
    return named and len(pdf.Root.get("/AF", [])) == len(specs)


def text_is_tagged_in_a_language(pdf: Pdf, data: bytes) -> bool:
    return bool(pdf.Root.get("/MarkInfo", {}).get("/Marked")) and {"/StructTreeRoot", "/Lang"} <= set(pdf.Root.keys())


def _dictionaries(pdf: Pdf) -> list[pikepdf.Object]:
    return [one for one in pdf.objects if isinstance(one, Dictionary | Stream)]


RULES: tuple[Rule, ...] = (
    header_names_a_version_below_two,
    nothing_is_encrypted,
    trailer_has_an_identity,
    description_claims_part_three_b_in_the_clear,
    both_descriptions_agree,
    output_intent_has_a_profile,
    every_font_is_inside,
    nothing_acts,
    form_asks_for_nothing,
    annotations_print_and_show,
    attachments_are_associated,
    text_is_tagged_in_a_language,
)

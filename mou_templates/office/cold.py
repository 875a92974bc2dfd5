"""The slow way that needs no bridge: one LibreOffice per document, for when the warm one will not start."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mou_templates.office.failures import DocumentUnreadable, OfficeFailed
from mou_templates.office.groups import Overstepped, run_to_end
from mou_templates.office.installed import environment

if TYPE_CHECKING:
    from mou_templates.office.bounds import Bounds
    from mou_templates.office.installed import Installed
    from mou_templates.office.profiles import Profile

WORD_FILTER = "MS Word 2007 XML"
REFUSALS = (0, 1)
"""How LibreOffice ends when it could not read what it was given; any other end is a crash."""
EXPORT = {
    "SelectPdfVersion": {"type": "long", "value": "3"},
    "UseTaggedPDF": {"type": "boolean", "value": "true"},
    "ReduceImageResolution": {"type": "boolean", "value": "false"},
    "ExportBookmarks": {"type": "boolean", "value": "true"},
}


def print_cold(docx: bytes, installed: Installed, profile: Profile, bounds: Bounds) -> bytes:
    """Turn one Word file into LibreOffice's own PDF by a fresh process with the same filters as the warm way.

    Raises DocumentUnreadable, or OfficeFailed when it died or had to be killed.
    """
    profile.make(installed)
    source, target = profile.work / "cold.docx", profile.work / "cold.pdf"
    target.unlink(missing_ok=True)
    source.write_bytes(docx)
    command = [installed.soffice, f"-env:UserInstallation={profile.user.as_uri()}", "--headless", "--norestore"]
    filters = [f"--infilter={WORD_FILTER}", "--convert-to", f"pdf:writer_pdf_Export:{json.dumps(EXPORT)}"]
    whole = [*installed.fence, *command, *filters, "--outdir", str(profile.work), str(source)]
    try:
        code = run_to_end(whole, environment(profile.folder), bounds)
    except Overstepped as bound:
        raise DocumentUnreadable("memory") if bound.memory else OfficeFailed(1) from None
    if target.exists() and not code:
        return target.read_bytes()
    raise DocumentUnreadable("refused") if code in REFUSALS else OfficeFailed(1)

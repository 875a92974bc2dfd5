"""Runs under the system's Python, which has `uno`: starts one LibreOffice and prints what it is told to.

Speaks JSON lines: `{"docx": path, "pdf": path, "shorter": 1/100 mm}` in; `{"ready": true}`, then `{"ok": true}` or
`{"ok": false}` out, one answer a line. When its input closes, because its owner is done or dead, it ends its whole
process group, so that no LibreOffice outlives its owner.

Usage: printer_script.py SOFFICE PROFILE_FOLDER PIPE_NAME
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.document.MacroExecMode import NEVER_EXECUTE
from com.sun.star.document.UpdateDocMode import NO_UPDATE

WORD_FILTER = "MS Word 2007 XML"
PDF_A_3 = 3
START_SECONDS = 40
SWITCHES = (
    "--headless",
    "--invisible",
    "--norestore",
    "--nologo",
    "--nodefault",
    "--nolockcheck",
    "--nofirststartwizard",
)


def properties(**values: Any) -> tuple[Any, ...]:
    """Turn keyword arguments into the tuple of PropertyValue that LibreOffice wants."""
    made = []
    for name, value in values.items():
        item = PropertyValue()
        item.Name, item.Value = name, value
        made.append(item)
    return tuple(made)


def export_options() -> tuple[Any, ...]:
    """PDF/A-3b with tags, embedded fonts and pictures as they are."""
    data = properties(SelectPdfVersion=PDF_A_3, UseTaggedPDF=True, ReduceImageResolution=False, ExportBookmarks=True)
    return properties(
        FilterName="writer_pdf_Export", FilterData=uno.Any("[]com.sun.star.beans.PropertyValue", data), Overwrite=True
    )


def load_options() -> tuple[Any, ...]:
    """Name the Word filter and no other, else any text file becomes a document; no macros, no links followed."""
    return properties(
        FilterName=WORD_FILTER, Hidden=True, ReadOnly=True, MacroExecutionMode=NEVER_EXECUTE, UpdateDocMode=NO_UPDATE
    )


def end_group() -> None:
    """Kill this process and every LibreOffice it started."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def connect(pipe: str, office: subprocess.Popen[bytes]) -> Any:
    """Wait until LibreOffice answers on its pipe; give its desktop."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and office.poll() is None:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            time.sleep(0.05)
    raise SystemExit(1)


def shorten(document: Any, shorter: int) -> None:
    """Widen the lower margin of every page style in use, so that everything breaks elsewhere."""
    styles = document.StyleFamilies.getByName("PageStyles")
    for style in map(styles.getByIndex, range(styles.Count)):
        if style.isInUse():
            style.BottomMargin += shorter


def print_one(desktop: Any, job: dict[str, Any]) -> dict[str, Any]:
    """Print one Word file; say whether its PDF is there."""
    try:
        document = desktop.loadComponentFromURL(Path(job["docx"]).as_uri(), "_blank", 0, load_options())
    except uno.getClass("com.sun.star.lang.IllegalArgumentException"):
        document = None
    if document is None:
        return {"ok": False}
    try:
        if job["shorter"]:
            shorten(document, job["shorter"])
        document.storeToURL(Path(job["pdf"]).as_uri(), export_options())
    finally:
        document.close(True)  # noqa: FBT003 - UNO takes no names
    return {"ok": Path(job["pdf"]).exists()}


def answer(message: dict[str, Any]) -> None:
    """Write one line to the owner."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def read_jobs(jobs: list[dict[str, Any]], arrived: threading.Event) -> None:
    """Collect jobs; the end of input is the end of everything, even of a LibreOffice that hangs."""
    for line in sys.stdin:
        jobs.append(json.loads(line))
        arrived.set()
    end_group()


def main(soffice: str, profile: str, pipe: str) -> None:
    """Start LibreOffice and serve until the input closes or LibreOffice dies."""
    jobs: list[dict[str, Any]] = []
    arrived = threading.Event()
    threading.Thread(target=read_jobs, args=(jobs, arrived), daemon=True).start()
    accept = f"--accept=pipe,name={pipe};urp;"
    command = [soffice, "-env:UserInstallation=" + Path(profile).as_uri(), *SWITCHES, accept]
    office = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        desktop = connect(pipe, office)
        answer({"ready": True})
        while True:
            arrived.wait()
            arrived.clear()
            while jobs:
                answer(print_one(desktop, jobs.pop(0)))
    finally:
        end_group()


if __name__ == "__main__":
    main(*sys.argv[1:])

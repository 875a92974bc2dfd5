"""Finds LibreOffice and a Python that can speak to it, and says what to install if there is none."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mou_templates.office.bounds import LARGEST_PDF, MOST_ADDRESSES
from mou_templates.office.failures import OfficeMissing

PACKAGES = "libreoffice-writer-nogui python3-uno fonts-liberation2"
# An address where nothing listens: LibreOffice fetches linked pictures, and a dead proxy stops it (paper.md §5).
DEAD_PROXY = "http://127.0.0.1:9"
LIMITS = (f"--as={MOST_ADDRESSES}", f"--fsize={LARGEST_PDF}", "--core=0")


@dataclass(frozen=True)
class Installed:
    """Where things are: `soffice`, `bridge` (a Python that imports uno, None if absent), `fence` (command prefix)."""

    soffice: str
    bridge: str | None
    fence: tuple[str, ...]


def find_office() -> Installed:
    """Look for LibreOffice, its bridge and a way to cut it off the network.

    Raises OfficeMissing when LibreOffice itself is absent. Without the bridge only the slow cold way is left.
    """
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    if soffice is None:
        raise OfficeMissing("LibreOffice Writer", PACKAGES)
    return _look(soffice)


@functools.cache
def _look(soffice: str) -> Installed:
    return Installed(soffice, _bridge(soffice), _fence())


def _bridge(soffice: str) -> str | None:
    beside = Path(soffice).resolve().parent / "python"
    candidates = ("/usr/bin/python3", str(beside), shutil.which("python3"))
    return next((one for one in candidates if one and _runs([one, "-c", "import uno"])), None)


def _fence() -> tuple[str, ...]:
    """Give the words before a command that cut it off the network and bind its memory, as far as this machine can."""
    unshare, prlimit = shutil.which("unshare"), shutil.which("prlimit")
    ways = ((unshare, "-n"), (unshare, "-r", "-n")) if unshare else ()
    alone = next((way for way in ways if _runs([*way, "true"])), ())
    bound = (prlimit, *LIMITS) if prlimit and _runs([prlimit, *LIMITS, "true"]) else ()
    return (*bound, *alone)


def _runs(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def environment(home: Path) -> dict[str, str]:
    """Give the environment LibreOffice runs in: no way out, and nothing of our own settings or secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "HTTP_PROXY", "HTTPS_PROXY"), DEAD_PROXY)
    return kept | proxies | {"HOME": str(home), "SAL_USE_VCLPLUGIN": "svp", "no_proxy": ""}

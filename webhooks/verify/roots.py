"""The certificates our seals lead to: of the trial seal, and of the service's own where it has one."""

from __future__ import annotations

from pathlib import Path

from kdmp_core.settings import Settings
from mou_templates import keys


def certificates(settings: Settings) -> list[bytes]:
    """Give the certificates in PEM; none before the first start has made a seal. Private keys never leave the file."""
    trial = settings.keys / keys.CERTIFICATE_FILE
    found = [trial.read_bytes()] if trial.exists() else []
    if settings.seal_p12:
        password = settings.seal_password.encode() or None
        found.append(keys.load_seal(p12=Path(settings.seal_p12), password=password).certificate_pem)
    return found

"""What the operator may set: environment variables `KDMP_*`, the data folder, keys made at first start.

Everything has a default that works on one machine without configuration; `official` mode refuses to start
with what only a trial may have (design.md §3).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kdmp_core.errors import InvalidInput

KEY_BYTES = 32
SECRET_KEYS = ("link", "code", "session", "token", "evidence", "prefect")


class Settings(BaseSettings):
    """One reading of the environment; immutable for the life of a process."""

    model_config = SettingsConfigDict(env_prefix="KDMP_", frozen=True, extra="ignore")

    data: Path = Path("var/data")
    mode: Literal["trial", "official"] = "trial"
    url: str = "http://127.0.0.1:8080"
    database_url: str = ""
    owner: str = ""
    gateway: str = Field(default="", description="Apprise address template for phones; {phone} is filled")
    mail: str = Field(default="", description="Apprise address template for e-mail; {email} is filled")
    seal_p12: str = ""
    seal_password: str = ""
    tsa_url: str = ""
    backup: str = Field(default="", description="where backups go; required in official mode")
    nation_plan: Literal["off", "daily", "weekly", "monthly"] = Field(
        default="off", description="how often the worker is asked for the nation's plan"
    )
    legal_review: bool = Field(default=False, description="true once a lawyer has reviewed the shipped texts")

    @field_validator("url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy address of the record; SQLite in the data folder by default."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'kdmp.sqlite3'}"

    @property
    def trial(self) -> bool:
        """Whether this is a trial (*uji coba*)."""
        return self.mode == "trial"

    @property
    def review_stamp(self) -> Literal["trial", "draft", "reviewed"]:
        """What every page of a paper says of itself: a trial, a draft no lawyer has seen, or nothing."""
        if self.trial:
            return "trial"
        return "reviewed" if self.legal_review else "draft"

    @property
    def secure(self) -> bool:
        """Whether people reach us by https."""
        return urlsplit(self.url).scheme == "https"

    @property
    def on_this_machine_only(self) -> bool:
        """Whether the address people would get is a loopback one: gateways then refuse to send."""
        return (urlsplit(self.url).hostname or "") in {"127.0.0.1", "localhost", "::1"}

    @property
    def documents(self) -> str:
        """The fsspec address under which document bytes are kept."""
        return str(self.data.absolute() / "documents")

    @property
    def keys(self) -> Path:
        """The folder of keys, mode 0700; part of every backup, never in the database."""
        return self.data.absolute() / "keys"

    @property
    def seal_file(self) -> Path | None:
        """The service's own seal (PKCS#12), None while the trial seal is in use."""
        return Path(self.seal_p12) if self.seal_p12 else None

    @property
    def seal_secret(self) -> bytes | None:
        """The password of the service's own seal, None where it has none."""
        return self.seal_password.encode() or None

    def key(self, name: str) -> bytes:
        """Give the secret key of that name (32 bytes or more). Raises InvalidInput when it was never made."""
        path = self.keys / f"{name}.key"
        try:
            value = bytes.fromhex(path.read_text("ascii").strip())
        except FileNotFoundError as missing:
            raise InvalidInput("settings.key_missing", name=name) from missing
        if len(value) < KEY_BYTES:
            raise InvalidInput("settings.key_short", name=name)
        return value

    def digest_key(self) -> bytes:
        """Give the private key (PEM, P-256) that signs the digest in a document's QR."""
        return (self.keys / "digest.pem").read_bytes()

    def prepare(self) -> None:
        """Make the data folder and every missing key; what is there stays. Files are 0600, folders 0700.

        Raises InvalidInput when the folder was begun in another mode: trial agreements never become official.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        self.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._keep_mode()
        Path(self.documents).mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in SECRET_KEYS:
            _write_once(self.keys / f"{name}.key", lambda: secrets.token_bytes(KEY_BYTES).hex().encode())
        _write_once(self.keys / "digest.pem", _new_digest_key)

    def _keep_mode(self) -> None:
        mark = self.keys / "mode"
        _write_once(mark, self.mode.encode)
        begun = mark.read_text("ascii").strip()
        if begun != self.mode:
            raise InvalidInput("settings.mode_changed", begun=begun, asked=self.mode)

    def check_official(self, *, seal_is_trial: bool, first_password_in_use: bool) -> None:
        """Refuse to start in official mode with anything that only a trial may have (InvalidInput)."""
        if self.trial:
            return
        for code, wrong in (
            ("settings.official_needs_https", not self.secure),
            ("settings.official_needs_seal", seal_is_trial),
            ("settings.official_needs_backup", not self.backup),
            ("settings.official_needs_owner", not self.owner),
            ("settings.official_needs_password", first_password_in_use),
        ):
            if wrong:
                raise InvalidInput(code)


def _write_once(path: Path, make: Callable[[], bytes]) -> None:
    if path.exists():
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(make())


def _new_digest_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

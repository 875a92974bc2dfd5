"""One file with everything: record, documents and keys, written and read back with the proof that it is whole.

The record is copied first; documents never change and are kept before the record names them, so copying them
afterwards misses nothing. The list of hashes comes last: a file that was cut off has none and is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from kdmp_core import audit
from kdmp_core.errors import Conflict, InvalidInput
from kdmp_core.files import Files
from kdmp_core.records import Agreement, Document
from kdmp_core.settings import Settings
from kdmp_core.store import driver, open_store
from workflows.command import databases
from workflows.command.databases import POSTGRES, SQLITE

MANIFEST = "manifest.json"
FOLDERS = ("documents", "keys")
FORM = 1
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Proof:
    """What was proven of a restored copy."""

    agreements: int
    chains: int
    documents: int


def write(settings: Settings, path: Path, now: datetime) -> int:
    """Write a backup to `path` (mode 0600, beside and then into place) and give how many files are in it."""
    beside = path.with_suffix(".part")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out, tempfile.TemporaryDirectory(dir=path.parent) as room:
        with tarfile.open(fileobj=out, mode="w") as tar:
            hashes = {}
            for name, source in _members(settings, Path(room)):
                tar.add(source, name, recursive=False)
                hashes[name] = _sha256(source)
            _add_manifest(tar, {"form": FORM, "made_at": now.isoformat(), "files": hashes})
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
    return len(hashes)


def read_back(file: Path, folder: Path, database_url: str = "") -> Proof:
    """Unpack a backup into an empty folder, check every hash, every chain and every document, and give the counts.

    Nothing is left behind when it does not hold. Raises Conflict (the folder is not empty), InvalidInput (the file is
    no whole backup, or does not prove itself), Trouble (PostgreSQL's programs are missing).
    """
    if folder.exists() and any(folder.iterdir()):
        raise Conflict("keeping.not_empty", folder=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as room:
        unpacked = Path(room) / "data"
        unpacked.mkdir(mode=0o700)
        _unpack(file, unpacked)
        address = databases.record_of(unpacked, database_url)
        proof = prove(address, str(unpacked / "documents"))
        if folder.exists():
            folder.rmdir()
        unpacked.rename(folder)
    return proof


def prove(address: str, documents: str) -> Proof:
    """Prove a record: every chain whole to its head, every document's bytes there with their hash."""
    files = Files(documents)
    with closing(open_store(address)) as store, store.read() as session:
        chains = audit.chains(session)
        broken = next((name for name in chains if audit.first_broken(session, name) is not None), None)
        if broken is not None:
            raise InvalidInput("keeping.chain_broken", chain=broken)
        hashes = set(session.scalars(select(Document.sha256)))
        for sha256 in hashes:
            files.get(sha256)
        agreements = session.scalar(select(func.count()).select_from(Agreement)) or 0
    return Proof(agreements, len(chains), len(hashes))


def _members(settings: Settings, room: Path) -> Iterator[tuple[str, Path]]:
    address = make_url(driver(settings.database))
    if address.get_backend_name() == "sqlite":
        yield SQLITE, databases.copy_sqlite(Path(address.database or ""), room / SQLITE)
    else:
        yield POSTGRES, databases.dump(address, room / POSTGRES)
    data = settings.data.absolute()
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and path.suffix not in {".part", ".new"}:
                yield path.relative_to(data).as_posix(), path


def _add_manifest(tar: tarfile.TarFile, facts: dict[str, object]) -> None:
    data = json.dumps(facts, indent=1, sort_keys=True).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode = len(data), 0o600
    tar.addfile(entry, io.BytesIO(data))


def _unpack(file: Path, folder: Path) -> None:
    """Unpack only what a backup holds, plain files by their own names, and hold each against the list of hashes."""
    try:
        with tarfile.open(file) as tar:
            for entry in tar:
                if not entry.isfile() or not _ours(entry.name):
                    raise InvalidInput("keeping.not_a_backup", file=file.name)
                tar.extract(entry, folder, filter="data")
                (folder / entry.name).chmod(0o600)
        manifest = json.loads((folder / MANIFEST).read_bytes())
        wanted = dict(manifest["files"])
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidInput("keeping.not_a_backup", file=file.name) from error
    (folder / MANIFEST).unlink()
    found = {path.relative_to(folder).as_posix(): _sha256(path) for path in folder.rglob("*") if path.is_file()}
    if found != wanted:
        raise InvalidInput("keeping.altered", file=file.name)


def _ours(name: str) -> bool:
    parts = Path(name).parts
    plain = ".." not in parts and not name.startswith("/")
    return plain and (name in {SQLITE, POSTGRES, MANIFEST} or (parts[0] in FOLDERS and len(parts) > 1))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            digest.update(part)
    return digest.hexdigest()

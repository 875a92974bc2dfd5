"""`kdmp backup` and `kdmp restore`: record, documents and keys in one file, and the proof that a copy is whole.

The record is copied first, in one step (SQLite's online backup; in small steps it never ends under a constant
writer, security.md §7); documents never change and are kept before the record names them, so copying them
afterwards misses nothing. The list of hashes comes last: a file that was cut off has none and is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.engine import URL, make_url

from kdmp_core import audit
from kdmp_core.errors import Conflict, InvalidInput, Trouble
from kdmp_core.files import Files
from kdmp_core.records import Agreement, Document
from kdmp_core.settings import Settings
from kdmp_core.store import driver, open_store
from kdmp_core.texts import text
from workflows.command import house
from workflows.command.words import say

SQLITE, POSTGRES, MANIFEST = "record.sqlite3", "record.dump", "manifest.json"
FOLDERS = ("documents", "keys")
FORM = 1
PREFIX = "kdmp-"
CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Proof:
    """What was proven of a restored copy."""

    agreements: int
    chains: int
    documents: int


@click.command(help=text("command.backup_help"))
@click.argument("directory", required=False, type=click.Path(file_okay=False, path_type=Path))
def backup(directory: Path | None) -> None:
    """Write one file with everything and say where it is."""
    settings, now = Settings(), house.now()
    folder = directory or backups(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{PREFIX}{now:%Y%m%d-%H%M%S}.tar"
    number = write(settings, path, now)
    say("backed_up", file=path, files=number, kilobytes=path.stat().st_size // 1024)


@click.command(help=text("command.restore_help"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help=text("command.into_help"))
def restore(file: Path, into: Path | None) -> None:
    """Unpack a backup into an empty folder and prove it."""
    settings = Settings()
    folder = (into or settings.data).absolute()
    proof = read_back(file, folder, settings.database_url)
    say("restored", folder=folder, agreements=proof.agreements, chains=proof.chains, documents=proof.documents)


def backups(settings: Settings) -> Path:
    """Give the folder backups go to: KDMP_BACKUP, else `backups` in the data folder."""
    return Path(settings.backup) if settings.backup else settings.data.absolute() / "backups"


def newest_backup(settings: Settings) -> datetime | None:
    """Give when the newest backup was made, or None."""
    made = [path.stat().st_mtime for path in backups(settings).glob(f"{PREFIX}*.tar")]
    return datetime.fromtimestamp(max(made), UTC) if made else None


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
        address = _record_of(unpacked, database_url)
        proof = prove(address, str(unpacked / "documents"))
        if folder.exists():
            folder.rmdir()
        unpacked.rename(folder)
    return proof


def prove(address: str, documents: str) -> Proof:
    """Prove a record: every chain whole to its head, every document's bytes there with their hash."""
    store, files = open_store(address), Files(documents)
    try:
        with store.read() as session:
            chains = audit.chains(session)
            broken = next((name for name in chains if audit.first_broken(session, name) is not None), None)
            if broken is not None:
                raise InvalidInput("keeping.chain_broken", chain=broken)
            hashes = set(session.scalars(select(Document.sha256)))
            for sha256 in hashes:
                files.get(sha256)
            agreements = session.scalar(select(func.count()).select_from(Agreement)) or 0
    finally:
        store.close()
    return Proof(agreements, len(chains), len(hashes))


def _members(settings: Settings, room: Path) -> Iterator[tuple[str, Path]]:
    address = make_url(driver(settings.database))
    if address.get_backend_name() == "sqlite":
        yield SQLITE, _copy_sqlite(Path(address.database or ""), room / SQLITE)
    else:
        yield POSTGRES, _dump(address, room / POSTGRES)
    data = settings.data.absolute()
    for folder in FOLDERS:
        for path in sorted((data / folder).rglob("*")):
            if path.is_file() and path.suffix not in {".part", ".new"}:
                yield path.relative_to(data).as_posix(), path


def _copy_sqlite(source: Path, target: Path) -> Path:
    if not source.exists():
        raise InvalidInput("keeping.no_record")
    here, there = sqlite3.connect(source), sqlite3.connect(target)
    try:
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE")
    finally:
        there.close()
        here.close()
    return target


def _dump(address: URL, target: Path) -> Path:
    _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={target}", address=address)
    return target


def _record_of(unpacked: Path, database_url: str) -> str:
    """Give the address of the unpacked record; a dump is first read into the (empty) database of the settings."""
    dump = unpacked / POSTGRES
    if not dump.exists():
        if database_url:
            raise InvalidInput("keeping.other_database")
        (unpacked / SQLITE).rename(unpacked / "kdmp.sqlite3")
        return f"sqlite:///{unpacked / 'kdmp.sqlite3'}"
    if not database_url:
        raise InvalidInput("keeping.needs_database")
    words = ("--no-owner", "--exit-on-error", "--single-transaction", str(dump))
    _postgres("pg_restore", *words, address=make_url(driver(database_url)), named=True)
    dump.unlink()
    return database_url


def _postgres(program: str, *words: str, address: URL, named: bool = False) -> None:
    """Run one of PostgreSQL's own programs; the password goes by the environment, never on the command line."""
    found = shutil.which(program)
    if found is None:
        raise Trouble("keeping.no_postgres", program=program)
    plain = address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    target = [f"--dbname={plain}"] if named else [plain]
    secret = {"PGPASSWORD": str(address.password)} if address.password else {}
    run = subprocess.run([found, *words, *target], env={**os.environ, **secret}, capture_output=True, check=False)
    if run.returncode != 0:
        raise Trouble("keeping.postgres_refused", program=program)


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

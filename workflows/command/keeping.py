"""`kdmp backup` and `kdmp restore`: everything in one file, and back into an empty folder with its proof."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from kdmp_core.settings import Settings
from kdmp_core.texts import text
from workflows.command import archive, house
from workflows.command.words import say

PREFIX = "kdmp-"


@click.command(help=text("command.backup_help"))
@click.argument("directory", required=False, type=click.Path(file_okay=False, path_type=Path))
def backup(directory: Path | None) -> None:
    """Write one file with everything and say where it is."""
    settings, now = Settings(), house.now()
    folder = directory or backups(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{PREFIX}{now:%Y%m%d-%H%M%S}.tar"
    number = archive.write(settings, path, now)
    say("backed_up", file=path, files=number, kilobytes=path.stat().st_size // 1024)


@click.command(help=text("command.restore_help"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help=text("command.into_help"))
def restore(file: Path, into: Path | None) -> None:
    """Unpack a backup into an empty folder and prove it."""
    settings = Settings()
    folder = (into or settings.data).absolute()
    proof = archive.read_back(file, folder, settings.database_url)
    say("restored", folder=folder, agreements=proof.agreements, chains=proof.chains, documents=proof.documents)


def backups(settings: Settings) -> Path:
    """Give the folder backups go to: KDMP_BACKUP, else `backups` in the data folder."""
    return Path(settings.backup) if settings.backup else settings.data.absolute() / "backups"


def newest_backup(settings: Settings) -> datetime | None:
    """Give when the newest backup was made, or None."""
    made = [path.stat().st_mtime for path in backups(settings).glob(f"{PREFIX}*.tar")]
    return datetime.fromtimestamp(max(made), UTC) if made else None

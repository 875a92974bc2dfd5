"""The operator's command, run in this process: people, sheet, plan, connection, verdict, backup, doctor."""

from __future__ import annotations

import io
import json
import os
import random
import stat
import subprocess
import sys
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kdmp_core import audit, inbox
from kdmp_core.records import Agreement, ApiClient, Callback, Connection, Event, SheetImport, Step, User
from kdmp_core.settings import Settings
from kdmp_core.store import open_store
from kdmp_core.texts import text
from tests import builders, cianjur, tables, work
from tests.source import ROOT
from workflows.command import archive, main

SHEET = cianjur.WORKBOOK


@pytest.fixture
def data(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KDMP_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KDMP_DATABASE_URL", database_url)
    return tmp_path / "data"


def kdmp(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def rows(model: type[Any]) -> list[Any]:
    store = open_store(Settings().database)
    try:
        with store.read() as session:
            return list(session.query(model))
    finally:
        store.close()


def add_coordinator(login: str = "sari") -> None:
    assert kdmp("user", "add", login, "Sari Wulandari", "--role", "coordinator:32.03").exit_code == 0


def test_the_command_starts_without_prefect_and_without_flask() -> None:
    script = (
        "import sys, workflows.command as c\n"
        "[c.main.get_command(None, name) for name in c.COMMANDS]\n"
        "print([name for name in ('prefect', 'flask', 'webhooks') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_user_gets_a_password_that_is_shown_once(data: Path) -> None:
    told = kdmp("user", "add", "Sari", "Sari Wulandari", "--role", "coordinator:32.03", "--role", "operator")
    assert told.exit_code == 0
    assert "sari" in told.output
    (user,) = rows(User)
    assert [(grant.role.value, grant.area_code) for grant in user.grants] == [
        ("coordinator", "32.03"),
        ("operator", ""),
    ]
    assert user.must_change_password
    again = kdmp("user", "add", "sari", "Lain", "--role", "reviewer")
    assert (again.exit_code, len(rows(User))) == (1, 1)
    assert "sudah dipakai" in again.output


@pytest.mark.parametrize("role", ["raja", "coordinator:99.99", ":32.03"])
@pytest.mark.database("sqlite")
def test_a_role_or_area_nobody_knows_is_refused(data: Path, role: str) -> None:
    told = kdmp("user", "add", "sari", "Sari", "--role", role)
    assert told.exit_code == 1
    assert "Traceback" not in told.output


@pytest.mark.database("sqlite")
def test_what_is_not_understood_ends_with_status_two(data: Path) -> None:
    assert kdmp("user", "add", "sari").exit_code == 2
    assert kdmp("nothing").exit_code == 2


def test_a_client_acts_for_a_user(data: Path) -> None:
    add_coordinator()
    told = kdmp("client", "add", "Dasbor", "--user", "sari", "--scope", "read", "--scope", "write")
    assert told.exit_code == 0
    (client,) = rows(ApiClient)
    assert client.scopes == ["read", "write"]
    assert client.client_id in told.output
    assert client.secret_hash not in told.output
    assert kdmp("client", "add", "Dasbor", "--user", "nobody", "--scope", "read").exit_code == 1


def test_a_table_of_another_shape_is_proposed_corrected_and_imported(data: Path, tmp_path: Path) -> None:
    add_coordinator()
    meant = tables.facts(random.Random(1), 3, "32.03")
    table = tables.wide(meant)
    table[0][4] = "Kolom tanpa arti"
    file, columns = tmp_path / "desa.csv", tmp_path / "kolom.json"
    file.write_bytes(tables.as_csv(table, encoding="cp1252"))
    assert "sheet.columns" not in kdmp("workshop", "import", file, "--dry-run").output
    assert "Potensi Pengolahan: Giling gabah" in kdmp("workshop", "import", file, "--dry-run").output
    assert kdmp("workshop", "import", file).exit_code != 0, "what its columns mean was not said"
    proposed = json.loads(kdmp("workshop", "import", file, "--dry-run", "--json").output)
    assert proposed["tables"][0]["columns"]["E"]["means"] == "ignore"
    proposed["tables"][0]["columns"]["E"] |= {"means": "production:potential:gkp", "unit": "kg"}
    proposed["event"] |= {
        "name": "Lokakarya",
        "regency": "32.03",
        "baseline_price": "6.300",
        "starts": "2025-11-05",
        "ends": "2025-11-06",
    }
    columns.write_text(json.dumps(proposed), "utf-8")
    told = json.loads(kdmp("workshop", "import", file, "--columns", columns, "--dry-run", "--json").output)
    assert told["preview"]["counts"]["good"] == sum(len(one.kg) for one in meant)
    assert rows(Event) == rows(SheetImport) == []
    assert kdmp("workshop", "import", file, "--columns", columns).exit_code == 0
    assert [event.name for event in rows(Event)] == ["Lokakarya"]
    assert kdmp("workshop", "import", SHEET, "--columns", columns).exit_code != 0, "our own workbook needs none"
    columns.write_text("[]", "utf-8")
    assert "kolom.json" in kdmp("workshop", "import", file, "--columns", columns).output


def test_a_dry_run_shows_the_sheet_and_writes_nothing(data: Path) -> None:
    add_coordinator()
    told = kdmp("workshop", "import", SHEET, "--dry-run", "--json")
    assert told.exit_code == 0
    seen = json.loads(told.output)
    assert (seen["accepted"], seen["preview"]["counts"]["good"] > 0) == (False, True)
    assert not rows(Event)
    assert not rows(SheetImport)
    assert not list((data / "documents").rglob("*.*"))


@pytest.mark.timeout(180)
def test_a_sheet_is_imported_and_matched_and_the_second_time_changes_nothing(data: Path) -> None:
    add_coordinator()
    first = kdmp("workshop", "import", SHEET, "--json")
    assert first.exit_code == 0, first.output
    event = json.loads(first.output)["event"]
    again = json.loads(kdmp("workshop", "import", SHEET, "--json").output)
    assert (again["event"], again["changes"]) == (event, [])
    plan = kdmp("match", event, "--json")
    assert plan.exit_code == 0, plan.output
    assert json.loads(plan.output)["event"] == event
    assert "aliran" in kdmp("match", event).output


@pytest.mark.database("sqlite")
def test_a_file_that_is_no_workbook_is_refused_in_a_sentence(data: Path, tmp_path: Path) -> None:
    add_coordinator()
    wrong = tmp_path / "wrong.xlsx"
    wrong.write_bytes(b"PK nothing")
    told = kdmp("workshop", "import", wrong)
    assert told.exit_code == 1
    assert "Traceback" not in told.output


@pytest.mark.database("sqlite")
def test_who_acts_is_asked_for_when_there_are_several(data: Path) -> None:
    add_coordinator()
    add_coordinator("budi")
    assert "--as" in kdmp("workshop", "import", SHEET, "--dry-run").output
    assert kdmp("workshop", "import", SHEET, "--dry-run", "--as", "budi").exit_code == 0


def test_a_connection_keeps_its_secrets_among_the_keys_alone(data: Path, tmp_path: Path) -> None:
    capture = json.loads((ROOT / "tests/data/callbacks/docuseal__form.completed__01.json").read_text("utf-8"))
    file = tmp_path / "config.json"
    file.write_text(json.dumps(capture))
    told = kdmp("connection", "add", "docuseal/uji", "--config", file)
    assert told.exit_code == 0, told.output
    assert "/hooks/docuseal/uji" in told.output
    (row,) = rows(Connection)
    assert (row.provider, row.name, row.active) == ("docuseal", "uji", True)
    kept = data / "keys" / "connections" / "docuseal-uji.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    secret = next(str(value) for value in capture["config"].values() if isinstance(value, str))
    assert secret in kept.read_text("utf-8")
    assert secret not in told.output
    assert kdmp("connection", "add", "docuseal/uji", "--config", file).exit_code == 0
    assert len(rows(Connection)) == 1


@pytest.mark.parametrize("name", ["nobody/uji", "docuseal/../uji", "docuseal/", "docuseal"])
@pytest.mark.database("sqlite")
def test_a_connection_with_an_unfit_name_is_refused(data: Path, tmp_path: Path, name: str) -> None:
    file = tmp_path / "config.json"
    file.write_text("{}")
    assert kdmp("connection", "add", name, "--config", file).exit_code == 1


@pytest.mark.database("sqlite")
def test_a_file_without_our_seal_is_not_called_genuine(data: Path, tmp_path: Path) -> None:
    add_coordinator()
    file = tmp_path / "plain.pdf"
    file.write_bytes(builders.blank_pdf())
    assert kdmp("verify", file).exit_code == 1
    builders.settings_in(data)
    asked = kdmp("verify", file, "--json")
    assert asked.exit_code == 1


def test_a_backup_proves_itself_in_an_empty_folder(data: Path, tmp_path: Path, database_url: str) -> None:
    _fill(data, database_url)
    made = kdmp("backup", tmp_path / "kept")
    assert made.exit_code == 0, made.output
    (file,) = (tmp_path / "kept").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    if database_url.startswith("sqlite"):
        _restore_sqlite(file, tmp_path, data)


@pytest.mark.database("postgresql")
def test_a_dump_of_postgresql_comes_back_into_an_empty_database(
    data: Path, tmp_path: Path, database_url: str, postgres_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(data, database_url)
    file = tmp_path / "kept.tar"
    archive.write(Settings(), file, builders.NOW)
    assert kdmp("restore", file, "--into", tmp_path / "back").exit_code == 1
    with postgres_server.empty_database() as empty:
        monkeypatch.setenv("KDMP_DATABASE_URL", empty)
        back = kdmp("restore", file, "--into", tmp_path / "back")
        assert back.exit_code == 0, back.output
        assert len(rows(Agreement)) == 1


def _restore_sqlite(file: Path, tmp_path: Path, data: Path) -> None:
    os.environ.pop("KDMP_DATABASE_URL")
    back = kdmp("restore", file, "--into", tmp_path / "back")
    assert back.exit_code == 0, back.output
    assert "1 naskah" in back.output
    settings = Settings(data=tmp_path / "back")
    assert settings.key("link") == Settings(data=data).key("link")
    store = open_store(settings.database)
    with store.read() as session:
        assert session.query(Agreement).count() == 1
        assert all(audit.first_broken(session, chain) is None for chain in audit.chains(session))
    store.close()
    assert kdmp("restore", file, "--into", tmp_path / "back").exit_code == 1


@pytest.mark.database("sqlite")
def test_a_backup_that_was_cut_or_changed_or_holds_a_broken_chain_is_refused(
    data: Path, tmp_path: Path, database_url: str
) -> None:
    _fill(data, database_url)
    whole = tmp_path / "whole.tar"
    archive.write(Settings(), whole, builders.NOW)
    os.environ.pop("KDMP_DATABASE_URL")
    cut = tmp_path / "cut.tar"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    strange = tmp_path / "strange.tar"
    with tarfile.open(strange, "w") as tar:
        entry = tarfile.TarInfo("../outside")
        entry.size = 1
        tar.addfile(entry, io.BytesIO(b"x"))
    for file in (cut, strange, SHEET):
        told = kdmp("restore", file, "--into", tmp_path / "back")
        assert (told.exit_code, (tmp_path / "back").exists()) == (1, False)
        assert "Traceback" not in told.output
    assert not (tmp_path / "outside").exists()


@pytest.mark.database("sqlite")
def test_a_copy_whose_chain_was_rewritten_does_not_come_back(data: Path, tmp_path: Path, database_url: str) -> None:
    _fill(data, database_url)
    store = open_store(database_url)
    with store.write() as session:
        session.query(Step).filter(Step.move == "submit").update({Step.reason: "lain", Step.move: "edit"})
    store.close()
    file = tmp_path / "kept.tar"
    archive.write(Settings(), file, builders.NOW)
    os.environ.pop("KDMP_DATABASE_URL")
    told = kdmp("restore", file, "--into", tmp_path / "back")
    assert told.exit_code == 1
    assert "putus" in told.output


@pytest.mark.database("sqlite")
def test_the_doctor_names_what_wants_a_hand(data: Path, tmp_path: Path, database_url: str) -> None:
    _fill(data, database_url)
    with work.open_tools(data.parent, database_url) as parts, parts.store.write() as session:
        for age, key in ((1, "young"), (8, "old")):
            at = datetime.now(UTC) - timedelta(days=age)
            row = Callback(
                provider="docuseal",
                connection="utama",
                dedupe_key=key,
                event="form.completed",
                body_sha256="",
                body=b"",
                received_at=at,
                state="quarantined",
                stuck_reason=inbox.UNKNOWN,
            )
            session.add(row)
    told = kdmp("doctor")
    assert told.exit_code == 1
    assert f"1 pekerjaan tertahan: {text(inbox.UNKNOWN)}" in told.output
    assert "1 naskah" in told.output
    assert "Pekerja belum pernah berjalan" in told.output


def _fill(data: Path, database_url: str) -> None:
    with work.open_tools(data.parent, database_url) as parts:
        work.send_out(parts)

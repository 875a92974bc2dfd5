"""`kdmp up`: the product on one machine. Prefect's server, the worker and the web door, watched until Ctrl-C."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from urllib.parse import urlsplit

import click
import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from kdmp_core import access, areas
from kdmp_core.errors import InvalidInput, Trouble
from kdmp_core.providers import connections
from kdmp_core.records import Role, User
from kdmp_core.settings import Settings
from kdmp_core.store import open_store
from kdmp_core.texts import text
from workflows.command import environments, house, running
from workflows.command.children import Child
from workflows.command.words import say
from workflows.stages.work import seal_of

WATCH_SECONDS = 0.5
READY_SECONDS = 90.0
MOST_PREFECT_MEMORY = 1_000_000_000
FIRST_LOGIN = "koordinator"


@click.command(help=text("command.up_help"))
@click.option("--port", type=click.IntRange(1, 65535), help=text("command.port_help"))
@click.option("--host", default="127.0.0.1", show_default=True, help=text("command.host_help"))
@click.option("--area", default="", metavar="CODE", help=text("command.area_help"))
def up(port: int | None, host: str, area: str) -> None:
    """Prepare what is missing, start everything, watch it, end everything."""
    settings = Settings()
    address = urlsplit(settings.url)
    port = port or ((address.port or 8080) if settings.on_this_machine_only else 8080)
    url = f"http://127.0.0.1:{port}" if settings.on_this_machine_only else settings.url
    if area:
        areas.find(area)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with running.alone(settings.data.absolute()):
        running.require_free(host, port)
        _first_start(settings, area, house.now())
        with _children(settings, url, host, port) as children:
            _announce(f"http://{_reachable(host)}:{port}", url, children, stop)
            _watch(settings, children, stop)
        running.forget(settings.data.absolute())
    say("stopped")


def _first_start(settings: Settings, area: str, now: datetime) -> None:
    """Make keys, record, seal and the first user where they are missing; hold official mode to its demands."""
    house.prepare(settings)
    trial_seal = seal_of(settings).trial
    with closing(open_store(settings.database)) as store, store.write() as session:
        _require_secrets(session, settings)
        first = session.scalar(select(User).order_by(User.id).limit(1))
        if first is None:
            roles = [(Role.COORDINATOR, area), (Role.OPERATOR, "")]
            name = text("command.first_name")
            _, password = access.add_user(session, FIRST_LOGIN, name, roles, now=now, by=house.OPERATOR)
            say("first_user", login=FIRST_LOGIN, password=password)
        unchanged = first is None or (first.login == FIRST_LOGIN and first.must_change_password)
    settings.check_official(seal_is_trial=trial_seal, first_password_in_use=unchanged)


def _require_secrets(session: Session, settings: Settings) -> None:
    """Refuse a start while a connection is switched on whose secrets are not there: its callbacks would go nowhere."""
    silent = connections.without_secret(session, settings)
    if silent:
        raise InvalidInput("up.secret_missing", names=", ".join(f"{row.provider}/{row.name}" for row in silent))


@contextmanager
def _children(settings: Settings, url: str, host: str, port: int) -> Iterator[list[Child]]:
    """Start the three, each with a log file of its own; at the end of the block none is left, the last first."""
    logs = settings.data.absolute() / "logs"
    logs.mkdir(exist_ok=True, mode=0o700)
    prefect_port = running.free_port()
    common = environments.common(settings, url)
    plans: tuple[tuple[str, list[str], dict[str, str]], ...] = (
        ("prefect", environments.server_words(prefect_port), environments.server(settings, prefect_port)),
        ("worker", environments.worker_words(), environments.client(settings, prefect_port)),
        ("web", environments.web_words(host, port), {}),
    )
    with ExitStack() as stack:
        children = []
        for name, words, own in plans:
            log = stack.enter_context((logs / f"{name}.log").open("ab"))
            most = MOST_PREFECT_MEMORY if name == "prefect" else 0
            child = Child(name, words, environments.merged(common, own), log, most)
            stack.callback(child.end)
            child.start()
            children.append(child)
        _note(settings, url, host, port, prefect_port, children)
        yield children


def _note(settings: Settings, url: str, host: str, port: int, prefect_port: int, children: Sequence[Child]) -> None:
    facts = {
        "url": url,
        "host": host,
        "port": port,
        "prefect": f"http://127.0.0.1:{prefect_port}",
        "processes": {child.name: child.pid for child in children},
    }
    running.note(settings.data.absolute(), facts)


def _announce(door: str, url: str, children: Sequence[Child], stop: threading.Event) -> None:
    """Wait until the web door answers at `door`, then say what runs and that people reach it at `url`."""
    give_up = time.monotonic() + READY_SECONDS
    while not stop.is_set() and not _answers(door):
        if time.monotonic() > give_up or any(child.starts > 1 for child in children):
            raise Trouble("up.web_silent")
        for child in children:
            child.look()
        stop.wait(WATCH_SECONDS)
    if not stop.is_set():
        say("running", url=url)
        for child in children:
            say(f"process.{child.name}", pid=child.pid)
        say("how_to_stop")


def _reachable(host: str) -> str:
    """Give the address at which we ourselves reach a host we listen on."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (compared, not bound)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _watch(settings: Settings, children: Sequence[Child], stop: threading.Event) -> None:
    """Start again what dies, until told to stop."""
    while not stop.wait(WATCH_SECONDS):
        for child in children:
            happened = child.look()
            if happened:
                say(f"child_{happened}", name=child.name)
                running.update(settings.data.absolute(), child.name, child.pid)

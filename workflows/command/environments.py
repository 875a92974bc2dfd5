"""What the children of `kdmp up` are told: their environment, and for Prefect every setting of prefect.md.

Only the children see this; the operator's own Prefect settings are left out, and nothing is written elsewhere.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from kdmp_core.settings import Settings

EVENTS_KEPT, RUNS_KEPT_SECONDS = "P3D", 30 * 86_400
WEB_WORKERS, WEB_THREADS = 2, 4


def common(settings: Settings, url: str) -> dict[str, str]:
    """Give the environment all children share: the operator's own, our folder and address in it."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {**own, "KDMP_DATA": str(settings.data.absolute()), "KDMP_URL": url, "PYTHONUNBUFFERED": "1"}


def client(settings: Settings, port: int) -> dict[str, str]:
    """Give what the worker must know of Prefect."""
    return {
        "PREFECT_HOME": str(settings.data.absolute() / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_API_AUTH_STRING": _password(settings),
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    }


def server(settings: Settings, port: int) -> dict[str, str]:
    """Give what Prefect's server runs with: loopback, a password, CSRF, few kept runs, writes in batches."""
    services = "PREFECT_SERVER_SERVICES_"
    return {
        **client(settings, port),
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_API_AUTH_STRING": _password(settings),
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": EVENTS_KEPT,
        f"{services}DB_VACUUM_ENABLED": "events,flow_runs",
        f"{services}DB_VACUUM_RETENTION_PERIOD": str(RUNS_KEPT_SECONDS),
        f"{services}TASK_RUN_RECORDER_BATCH_SIZE": "200",
        f"{services}TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
        f"{services}TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
        f"{services}EVENT_PERSISTER_BATCH_SIZE": "500",
        f"{services}EVENT_PERSISTER_READ_BATCH_SIZE": "200",
    }


def server_words(port: int) -> list[str]:
    """Give the command of Prefect's server."""
    return [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]


def worker_words() -> list[str]:
    """Give the command of the worker."""
    return [sys.executable, "-m", "workflows.worker"]


def web_words(host: str, port: int) -> list[str]:
    """Give the command of the web door."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    sizes = ["--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS), "--worker-class", "gthread"]
    quiet = ["--no-control-socket", "--graceful-timeout", "10", "--log-level", "warning"]
    return [sys.executable, "-m", "gunicorn", "--bind", bind, *sizes, *quiet, "webhooks.app:create_app()"]


def merged(*parts: Mapping[str, str]) -> dict[str, str]:
    """Put environments together, the later ones winning."""
    return {name: value for part in parts for name, value in part.items()}


def _password(settings: Settings) -> str:
    return f"kdmp:{settings.key('prefect').hex()}"

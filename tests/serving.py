"""An application on a free port of the loopback, for tests that come over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

LAST_ANSWER_SECONDS = 20


class _Quiet(WSGIRequestHandler):
    """Serves without a log line per request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class _Counted:
    """An application that knows when none of its answers is being made any more."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.changed = threading.Condition()
        self.running = 0

    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        with self.changed:
            self.running += 1
        try:
            answer = self.app(environ, start_response)
            try:
                yield from answer
            finally:
                answer.close()  # type: ignore[attr-defined]
        finally:
            with self.changed:
                self.running -= 1
                self.changed.notify_all()

    def wait(self) -> None:
        """Wait for the last answer: what it opens of a record that is closed then, nobody gives back."""
        with self.changed:
            assert self.changed.wait_for(lambda: not self.running, LAST_ANSWER_SECONDS), "an answer takes too long"


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application until the end of the block; give its address."""
    counted = _Counted(app)
    server = make_server("127.0.0.1", 0, counted, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        counted.wait()

"""Callbacks as DocuSeal sends them: signed over body and time, tried again for long, serialised at each try."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
import urllib.error
import urllib.request
from heapq import heappop, heappush

from tests.standins.docuseal.naming import dumps
from tests.standins.docuseal.shapes import callback_body
from tests.standins.docuseal.store import Store

TRIES = {"form.completed": 12}


class Postman:
    """Sends callbacks, each with its own retries, from one thread."""

    def __init__(self, store: Store, retry_seconds: float) -> None:
        self.store = store
        self.retry_seconds = retry_seconds
        self.due: list[tuple[float, int, int]] = []
        self.wake = threading.Condition()
        threading.Thread(target=self.run, daemon=True).start()
        for index, callback in enumerate(store.data["callbacks"]):
            if callback["state"] == "waiting":
                self.put(index, callback["tries"], 0)

    def put(self, index: int, tries: int, wait: float) -> None:
        """Plan one attempt."""
        with self.wake:
            heappush(self.due, (time.monotonic() + wait, index, tries))
            self.wake.notify()

    def run(self) -> None:
        """Wait for what is due, for ever."""
        while True:
            with self.wake:
                while not self.due or self.due[0][0] > time.monotonic():
                    self.wake.wait(max(0.0, self.due[0][0] - time.monotonic()) if self.due else None)
                _, index, tries = heappop(self.due)
            self.attempt(index, tries)

    def attempt(self, index: int, tries: int) -> None:
        """Serialise at the time of sending, so that a retry may say more than the first try; sign; post."""
        with self.store.lock:
            callback = self.store.data["callbacks"][index]
            body = dumps(callback_body(self.store, callback))
            url = self.store.data["webhook"]
        status = post(url, body, self.store.data["secret"]) if url else 0
        with self.store.lock:
            callback["tries"] = tries + 1
            callback["status"] = status
            taken = 200 <= status < 400
            more = not taken and tries + 1 < TRIES.get(callback["event"], 10)
            callback["state"] = "taken" if taken else "waiting" if more else "given_up"
            self.store.save()
        if more:
            self.put(index, tries + 1, self.retry_seconds * 2**tries)


def signature(body: bytes, secret: str, now: int) -> str:
    """Give the header DocuSeal proves a body with at the second `now`."""
    return f"{now}.{hmac.new(secret.encode(), f'{now}.'.encode() + body, hashlib.sha256).hexdigest()}"


def post(url: str, body: bytes, secret: str | None) -> int:
    """Post one callback as DocuSeal's sender does; give the status, 0 when nobody answered."""
    headers = {
        "User-Agent": "DocuSeal.com Webhook",
        "Content-Type": "application/json",
        "Accept-Encoding": "gzip;q=1.0,deflate;q=0.6,identity;q=0.3",
        "Accept": "*/*",
    }
    if secret:
        headers["X-Docuseal-Signature"] = signature(body, secret, int(time.time()))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, body, headers), timeout=8) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
    except OSError:
        return 0

"""One question to a provider over HTTP: time limits, a size cap, no redirect, one map of failures.

httpx limits the wait between two bytes only, so a body that drips would hold us for ever: the body has a limit too.
Nothing compressed is asked for, so the cap counts the very bytes that arrive.
Proxy settings of the environment are not read: the address of the configuration is the one that is asked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import httpx

from kdmp_core.errors import InvalidInput, KdmpError, NotAllowed, NotFound, TooLarge, TryLater
from kdmp_core.providers.reading import Unreadable, read_object

CONNECT_SECONDS: Final = 8
SILENCE_SECONDS: Final = 15
BODY_SECONDS: Final = 60
ANSWER_BYTES: Final = 4 * 1024 * 1024
FILE_BYTES: Final = 25 * 1024 * 1024
_LONGEST_WAIT: Final = 24 * 3600


def ask(method: str, url: str, key: Mapping[str, str], body: object = None) -> dict[str, object]:
    """Give the JSON object a provider answers. `key` is the header that proves us.

    Raises TryLater, NotAllowed, NotFound, InvalidInput or TooLarge; no text of the answer is in any of them.
    """
    raw = fetch_bytes(method, url, {"Accept": "application/json", **key}, body, ANSWER_BYTES)
    try:
        return read_object(raw)
    except Unreadable as broken:
        raise TryLater("provider.answer_unreadable") from broken


def fetch_bytes(method: str, url: str, headers: Mapping[str, str], body: object, limit: int) -> bytes:
    """Give the bytes of a 2xx answer, at most `limit` of them, whole. Raises as `ask`."""
    patience = httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    asked = {"Accept-Encoding": "identity", **headers}
    try:
        with (
            httpx.Client(timeout=patience, trust_env=False, follow_redirects=False) as client,
            client.stream(method, url, headers=asked, json=body) as answer,
        ):
            if not answer.is_success:
                raise _failure(answer)
            return _read(answer, limit)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as broken:
        raise TryLater("provider.unreachable") from broken


def origin(url: str) -> tuple[str, str, int] | None:
    """Give (scheme, host, port) of an http or https address, None when it is not one or names a user."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname.lower(), port


def _read(answer: httpx.Response, limit: int) -> bytes:
    ends = time.monotonic() + BODY_SECONDS
    parts: list[bytes] = []
    size = 0
    for part in answer.iter_raw():
        size += len(part)
        if size > limit:
            raise TooLarge("provider.answer_too_large")
        if time.monotonic() > ends:
            raise TryLater("provider.unreachable")
        parts.append(part)
    return b"".join(parts)


def _failure(answer: httpx.Response) -> KdmpError:
    status = answer.status_code
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return NotAllowed("provider.key_refused")
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return NotFound("provider.envelope_unknown")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return TryLater("provider.busy", retry_after=_wait(answer.headers.get("Retry-After", "")))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return TryLater("provider.failing", retry_after=_wait(answer.headers.get("Retry-After", "")))
    return InvalidInput("provider.request_refused", status=status)


def _wait(text: str) -> int | None:
    """Give the seconds of a Retry-After header, at most a day; a date or nonsense counts as not named."""
    return min(int(text), _LONGEST_WAIT) if re.fullmatch(r"[0-9]{1,9}", text) else None

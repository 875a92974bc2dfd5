"""The results read back through the API, as another system would."""

from __future__ import annotations

from typing import Any

import httpx


class Api:
    """A client of the API with a token that is asked for again when it is about to end."""

    def __init__(self, base: str, client_id: str, secret: str) -> None:
        """Ask for the first token."""
        self._http = httpx.Client(base_url=base, timeout=60, trust_env=False)
        self._credentials = {"client_id": client_id, "client_secret": secret}
        self._token = ""

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        """Read a resource as JSON."""
        return self._ask(path, query).json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON and read the answer."""
        answer = self._http.post(path, json=body, headers=self._bearer())
        answer.raise_for_status()
        return answer.json()

    def file(self, document_id: int) -> bytes:
        """Fetch a document's bytes."""
        return self._ask(f"/v1/documents/{document_id}", {}).content

    def agreement(self, code: str) -> dict[str, Any]:
        """Read one agreement."""
        found: dict[str, Any] = self.get(f"/v1/agreements/{code}")
        return found

    def agreements(self, event_id: int) -> list[dict[str, Any]]:
        """Read every agreement of an event."""
        found: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            page = self.get("/v1/agreements", event=event_id, after=after, limit=200)
            found += page["agreements"]
            after = page["next"]
        return found

    def _ask(self, path: str, query: dict[str, Any]) -> httpx.Response:
        answer = self._http.get(path, params=query, headers=self._bearer())
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._token = ""
            answer = self._http.get(path, params=query, headers=self._bearer())
        answer.raise_for_status()
        return answer

    def _bearer(self) -> dict[str, str]:
        if not self._token:
            answer = self._http.post("/v1/token", json=self._credentials)
            answer.raise_for_status()
            self._token = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self._token}"}

"""What the stand-in knows, kept over a restart."""

from __future__ import annotations

import base64
import json
import secrets
import threading
from pathlib import Path
from typing import Any

from flask import abort


class Store:
    """What the stand-in knows, in one JSON file and one folder of PDFs, so that a restart finds it again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.RLock()
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "state.json"
        self.data: dict[str, Any] = {"next": 501, "submissions": {}, "callbacks": [], "webhook": None}
        if self.path.exists():
            self.data = json.loads(self.path.read_text("utf-8"))
        else:
            self.data["api_key"] = secrets.token_urlsafe(32)
            self.data["secret"] = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
            self.save()

    def save(self) -> None:
        """Write the state whole or not at all."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.data, ensure_ascii=False), "utf-8")
        fresh.replace(self.path)

    def number(self) -> int:
        """Give the next id."""
        self.data["next"] += 1
        return int(self.data["next"])

    def submission(self, number: str) -> dict[str, Any]:
        """Give a submission or answer 404."""
        found: dict[str, Any] | None = self.data["submissions"].get(number)
        if found is None:
            abort(404)
        return found

    def submitter(self, *, slug: str = "", number: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
        """Give a submitter with its submission, by slug or by id, or answer 404."""
        for submission in self.data["submissions"].values():
            for one in submission["submitters"]:
                if (slug and one["slug"] == slug) or (number and str(one["id"]) == number):
                    return one, submission
        return abort(404)

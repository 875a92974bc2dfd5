"""What people do at DocuSeal, and what it tells of it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from tests.standins.docuseal.naming import stamp_time
from tests.standins.docuseal.postman import Postman
from tests.standins.docuseal.stamping import stamped
from tests.standins.docuseal.store import Store


class Acts:
    """Every change of a submission, each with its callback. The caller holds the store's lock."""

    def __init__(self, store: Store, postman: Postman) -> None:
        self.store = store
        self.postman = postman

    def new_submission(
        self, asked: dict[str, Any], fields: list[dict[str, Any]], people: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Give a pending submission with its submitters."""
        now, number = stamp_time(), self.store.number()
        first = min(person.get("order", 0) for person in people)
        submitters = []
        for person in people:
            mine = {one["name"]: one["areas"] for one in fields if one.get("role") == person["role"]}
            sent = asked.get("order") == "random" or person.get("order", 0) == first
            submitters.append(
                {
                    "id": self.store.number(),
                    "submission_id": number,
                    "uuid": secrets.token_hex(16),
                    "email": person.get("email"),
                    "slug": secrets.token_urlsafe(10),
                    "sent_at": now if sent else None,
                    "opened_at": None,
                    "completed_at": None,
                    "declined_at": None,
                    "created_at": now,
                    "updated_at": now,
                    "name": person.get("name"),
                    "phone": person.get("phone"),
                    "external_id": person.get("external_id"),
                    "metadata": person.get("metadata") or {},
                    "status": "sent" if sent else "awaiting",
                    "role": person["role"],
                    "order": person.get("order", 0),
                    "fields": mine,
                }
            )
        return {
            "id": number,
            "name": asked.get("name"),
            "slug": secrets.token_urlsafe(10),
            "source": "api",
            "submitters_order": asked.get("order", "preserved"),
            "expire_at": asked.get("expire_at"),
            "created_at": now,
            "updated_at": now,
            "archived_at": None,
            "status": "pending",
            "completed_at": None,
            "submission_events": [],
            "submitters": submitters,
            "key": secrets.token_urlsafe(12),
        }

    def begin(self, submission: dict[str, Any], pdf: bytes) -> None:
        """Keep a new submission with the PDF as sent."""
        (self.store.folder / f"{submission['id']}-a.pdf").write_bytes(pdf)
        self.store.data["submissions"][str(submission["id"])] = submission
        self.tell("submission.created", submission)

    def view(self, one: dict[str, Any], submission: dict[str, Any]) -> None:
        """Somebody opens the signing page for the first time."""
        one["opened_at"] = stamp_time()
        one["status"] = "opened"
        self.tell("form.viewed", submission, one)

    def complete(self, one: dict[str, Any], submission: dict[str, Any]) -> None:
        """Write one signature and tell of it; after the last one stamp the file and tell of that."""
        self.tell("form.started", submission, one)
        one["completed_at"] = one["updated_at"] = stamp_time()
        one["opened_at"] = one["opened_at"] or one["completed_at"]
        one["status"] = "completed"
        self.event(submission, one, "complete_form", {})
        if all(other["status"] == "completed" for other in submission["submitters"]):
            pdf = (self.store.folder / f"{submission['id']}-a.pdf").read_bytes()
            (self.store.folder / f"{submission['id']}-b.pdf").write_bytes(stamped(pdf, submission))
            submission["status"], submission["completed_at"] = "completed", one["completed_at"]
        self.tell("form.completed", submission, one)
        if submission["status"] == "completed":
            self.tell("submission.completed", submission)
        for other in submission["submitters"]:
            if other["status"] == "awaiting" and not self.closed(other, submission):
                other["status"], other["sent_at"] = "sent", stamp_time()
        self.store.save()

    def decline(self, one: dict[str, Any], submission: dict[str, Any], reason: str) -> None:
        """Somebody declines; that ends the submission."""
        one["declined_at"] = one["updated_at"] = stamp_time()
        one["status"] = submission["status"] = "declined"
        self.event(submission, one, "decline_form", {"reason": reason})
        self.tell("form.declined", submission, one)

    def archive(self, submission: dict[str, Any]) -> None:
        """The sender takes it back; a second time changes nothing."""
        if submission["archived_at"] is None:
            submission["archived_at"] = stamp_time()
            self.tell("submission.archived", submission)

    def sign_all(self, number: str) -> None:
        """Everybody signs at once, before the answer: the answer is newer than the last callback."""
        submission = self.store.submission(number)
        for one in submission["submitters"]:
            if one["status"] != "completed":
                self.complete(one, submission)

    def closed(self, one: dict[str, Any], submission: dict[str, Any]) -> str:
        """Say why this person cannot sign now, or nothing."""
        earlier = [other for other in submission["submitters"] if other["order"] < one["order"]]
        waits = submission["submitters_order"] == "preserved" and any(o["status"] != "completed" for o in earlier)
        expired = submission["expire_at"] and datetime.fromisoformat(submission["expire_at"]) <= datetime.now(UTC)
        return next(
            (
                words
                for holds, words in (
                    (one["status"] == "completed", "Anda sudah menandatangani. Terima kasih."),
                    (one["status"] == "declined", "Anda sudah menolak."),
                    (submission["archived_at"], "Dokumen ini sudah ditarik."),
                    (submission["status"] == "declined", "Dokumen ini sudah berakhir karena ada yang menolak."),
                    (expired, "Waktu menandatangani sudah habis."),
                    (waits, "Belum giliran Anda."),
                )
                if holds
            ),
            "",
        )

    def event(self, submission: dict[str, Any], one: dict[str, Any], kind: str, data: dict[str, str]) -> None:
        """Add a line to the submission's log."""
        line = {
            "id": self.store.number(),
            "submitter_id": one["id"],
            "event_type": kind,
            "event_timestamp": stamp_time(),
            "data": data,
        }
        submission["submission_events"].append(line)

    def tell(self, event: str, submission: dict[str, Any], one: dict[str, Any] | None = None) -> None:
        """Put one callback into the bag."""
        callbacks = self.store.data["callbacks"]
        callbacks.append(
            {
                "event": event,
                "timestamp": stamp_time(),
                "submission": str(submission["id"]),
                "submitter": one["id"] if one else None,
                "state": "waiting",
                "tries": 0,
                "status": None,
            }
        )
        self.store.save()
        self.postman.put(len(callbacks) - 1, 0, 0)

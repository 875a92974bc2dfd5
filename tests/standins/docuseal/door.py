"""The pages and the API of the stand-in."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, abort, jsonify, redirect, render_template_string, request
from werkzeug.exceptions import HTTPException

from tests.standins.docuseal.faults import FAULTS, alter, play
from tests.standins.docuseal.naming import NAME, dumps, stamp_time
from tests.standins.docuseal.postman import Postman, post
from tests.standins.docuseal.shapes import callback_body, documents_of, submission_facts, submitter_facts, template_of
from tests.standins.docuseal.stamping import stamped
from tests.standins.docuseal.store import Store

PAGE = """<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ name }}</title><body style="font: 18px/1.5 sans-serif; max-width: 40rem; margin: auto; padding: 1rem">
<p role="note" style="border: 2px dashed; padding: .5rem"><strong>{{ name }}</strong>. Bukan layanan sungguhan.</p>
<h1>{{ submission.name }}</h1><p>{{ one.name }} · {{ one.role }}</p>
<p><a href="/pratinjau/{{ submission.id }}-{{ submission.key }}.pdf">Baca dokumen (PDF)</a></p>
{% if message %}<p role="status">{{ message }}</p>{% else %}
<form method="post" action="/s/{{ one.slug }}/tanda-tangan"><label><input type="checkbox" name="setuju" value="ya"
required> Saya sudah membaca dan setuju.</label> <button>Tanda tangan</button></form>
<form method="post" action="/s/{{ one.slug }}/tolak"><label>Alasan menolak
<input name="alasan" maxlength="500" required></label> <button>Tolak</button></form>{% endif %}</body></html>"""


class Standin:
    """The pages and the API on one store."""

    def __init__(self, store: Store, postman: Postman) -> None:
        self.store = store
        self.postman = postman
        self.faults: list[str] = []
        self.app = Flask(__name__)
        self.routes()

    def routes(self) -> None:
        """Hang every address on its function."""
        add = self.app.add_url_rule
        add("/", "home", lambda: Response(NAME, mimetype="text/plain"))
        add("/api/submissions/pdf", "create", self.guarded(self.create), methods=["POST"])
        add("/api/submissions/<number>", "show", self.guarded(self.show))
        add("/api/submissions/<number>", "archive", self.guarded(self.archive), methods=["DELETE"])
        add("/api/submissions/<number>/documents", "documents", self.guarded(self.documents))
        add("/api/submitters/<number>", "submitter", self.guarded(self.submitter))
        add("/pratinjau/<name>.pdf", "preview", lambda name: self.file(name, "a"))
        add("/berkas/<name>.pdf", "signed", lambda name: self.file(name, "b"))
        add("/s/<slug>", "form", self.form)
        add("/s/<slug>/tanda-tangan", "sign", self.sign, methods=["POST"])
        add("/s/<slug>/tolak", "decline", self.decline, methods=["POST"])
        add("/uji/webhook", "set_webhook", self.set_webhook, methods=["POST"])
        add("/uji/faults", "set_faults", self.set_faults, methods=["POST"])
        add("/uji/callbacks", "callbacks", lambda: jsonify(self.store.data["callbacks"]))
        add("/uji/callbacks/<int:index>/resend", "resend", self.resend, methods=["POST"])
        self.app.register_error_handler(HTTPException, self.failed)
        self.app.after_request(announce)

    def failed(self, error: HTTPException) -> tuple[Response, int]:
        """Answer errors as JSON, as the API does."""
        return jsonify({"error": error.name}), error.code or 500

    def guarded(self, view: Any) -> Any:
        """Ask for the key, play the planned fault, then answer under the lock."""

        def wrapped(**values: str) -> Any:
            given = request.headers.get("X-Auth-Token", "")
            if not hmac.compare_digest(given.encode(), self.store.data["api_key"].encode()):
                return jsonify({"error": "Not authenticated"}), 401
            fault = self.faults.pop(0) if self.faults else ""
            played = play(fault)
            if played is not None:
                return played
            with self.store.lock:
                if fault == "newer":
                    self.sign_all(values["number"])
                answer = view(**values)
            return alter(fault, answer)

        return wrapped

    def create(self) -> Any:
        """`POST /submissions/pdf`."""
        asked = request.get_json()
        documents, people = asked.get("documents") or [], asked.get("submitters") or []
        if len(documents) != 1 or not people or not all(one.get("email") or one.get("phone") for one in people):
            return jsonify({"error": "documents or submitters are missing"}), 422
        pdf = base64.b64decode(documents[0]["file"], validate=True)
        if not pdf.startswith(b"%PDF-"):
            return jsonify({"error": "file is not a PDF"}), 422
        submission = self.new_submission(asked, documents[0].get("fields") or [], people)
        (self.store.folder / f"{submission['id']}-a.pdf").write_bytes(pdf)
        self.store.data["submissions"][str(submission["id"])] = submission
        self.tell("submission.created", submission)
        base = self.store.data["base"]
        made = submission_facts(submission, base)
        for one in made["submitters"]:
            one["embed_src"] = f"{base}/s/{one['slug']}"
        kept = ("id", "name", "submitters", "source", "submitters_order", "status", "expire_at", "created_at")
        return jsonify({**{name: made[name] for name in kept}, "schema": [], "fields": []})

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

    def show(self, number: str) -> Any:
        """`GET /submissions/{id}`."""
        return jsonify(submission_facts(self.store.submission(number), self.store.data["base"]))

    def documents(self, number: str) -> Any:
        """`GET /submissions/{id}/documents`."""
        submission = self.store.submission(number)
        return jsonify({"id": submission["id"], "documents": documents_of(submission, self.store.data["base"])})

    def submitter(self, number: str) -> Any:
        """`GET /submitters/{id}`."""
        one, submission = self.store.submitter(number=number)
        facts = submitter_facts(one, submission, self.store.data["base"])
        return jsonify({**facts, "template": template_of(submission), "submission_events": []})

    def archive(self, number: str) -> Any:
        """`DELETE /submissions/{id}`."""
        submission = self.store.submission(number)
        if submission["archived_at"] is None:
            submission["archived_at"] = stamp_time()
            self.tell("submission.archived", submission)
        return jsonify({"id": submission["id"], "archived_at": submission["archived_at"]})

    def file(self, name: str, which: str) -> Any:
        """The PDF as sent (a) or as stamped (b); whoever knows the address may read it."""
        number, _, key = name.partition("-")
        submission = self.store.submission(number)
        path = self.store.folder / f"{number}-{which}.pdf"
        if key != submission["key"] or not path.exists():
            abort(404)
        fault = self.faults.pop(0) if self.faults else ""
        pdf = path.read_bytes() if fault != "not_pdf" else b"<html>bukan PDF</html>"
        return play(fault) or alter(fault, Response(pdf, mimetype="application/pdf"))

    def form(self, slug: str) -> str:
        """The page behind the signing address; opening it tells `form.viewed` once."""
        with self.store.lock:
            one, submission = self.store.submitter(slug=slug)
            message = self.closed(one, submission)
            if not message and one["opened_at"] is None:
                one["opened_at"] = stamp_time()
                one["status"] = "opened"
                self.tell("form.viewed", submission, one)
            return render_template_string(PAGE, name=NAME, one=one, submission=submission, message=message)

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

    def sign(self, slug: str) -> Any:
        """A person signs."""
        with self.store.lock:
            one, submission = self.store.submitter(slug=slug)
            if not self.closed(one, submission) and request.form.get("setuju") == "ya":
                self.complete(one, submission)
        return redirect(f"/s/{slug}", HTTPStatus.SEE_OTHER)

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

    def decline(self, slug: str) -> Any:
        """A person declines with a reason."""
        with self.store.lock:
            one, submission = self.store.submitter(slug=slug)
            if not self.closed(one, submission):
                one["declined_at"] = one["updated_at"] = stamp_time()
                one["status"] = submission["status"] = "declined"
                self.event(submission, one, "decline_form", {"reason": request.form.get("alasan", "")})
                self.tell("form.declined", submission, one)
        return redirect(f"/s/{slug}", HTTPStatus.SEE_OTHER)

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

    def sign_all(self, number: str) -> None:
        """Everybody signs at once, before the answer: the answer is newer than the last callback."""
        submission = self.store.submission(number)
        for one in submission["submitters"]:
            if one["status"] != "completed":
                self.complete(one, submission)

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

    def set_webhook(self) -> Any:
        """Tests: say where callbacks go."""
        self.store.data["webhook"] = request.get_json()["url"]
        self.store.save()
        return jsonify({"webhook": self.store.data["webhook"]})

    def set_faults(self) -> Any:
        """Tests: plan a fault for each of the next answers, `["500", "", "429"]`; an empty word is a good answer."""
        planned = request.get_json()["faults"]
        if not all(fault in {"", *FAULTS} for fault in planned):
            return jsonify({"error": "unknown fault", "known": FAULTS}), 422
        self.faults = list(planned)
        return jsonify({"faults": self.faults})

    def resend(self, index: int) -> Any:
        """Tests: send a callback again as the settings page's button does, without any signature."""
        with self.store.lock:
            body = dumps(callback_body(self.store, self.store.data["callbacks"][index]))
        return jsonify({"status": post(self.store.data["webhook"], body, None)})


def announce(answer: Response) -> Response:
    """Say on every answer that this is a stand-in."""
    answer.headers["X-Tiruan"] = NAME
    return answer

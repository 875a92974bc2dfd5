"""The pages and the API of the stand-in."""

from __future__ import annotations

import base64
import hmac
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, abort, jsonify, redirect, render_template_string, request
from werkzeug.exceptions import HTTPException

from tests.standins.docuseal.acts import Acts
from tests.standins.docuseal.faults import FAULTS, alter, play
from tests.standins.docuseal.naming import NAME, dumps
from tests.standins.docuseal.postman import post
from tests.standins.docuseal.shapes import callback_body, documents_of, submission_facts, submitter_facts, template_of
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

    def __init__(self, store: Store, acts: Acts) -> None:
        self.store = store
        self.acts = acts
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
                    self.acts.sign_all(values["number"])
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
        submission = self.acts.new_submission(asked, documents[0].get("fields") or [], people)
        self.acts.begin(submission, pdf)
        base = self.store.data["base"]
        made = submission_facts(submission, base)
        for one in made["submitters"]:
            one["embed_src"] = f"{base}/s/{one['slug']}"
        kept = ("id", "name", "submitters", "source", "submitters_order", "status", "expire_at", "created_at")
        return jsonify({**{name: made[name] for name in kept}, "schema": [], "fields": []})

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
        self.acts.archive(submission)
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
            message = self.acts.closed(one, submission)
            if not message and one["opened_at"] is None:
                self.acts.view(one, submission)
            return render_template_string(PAGE, name=NAME, one=one, submission=submission, message=message)

    def sign(self, slug: str) -> Any:
        """A person signs."""
        with self.store.lock:
            one, submission = self.store.submitter(slug=slug)
            if not self.acts.closed(one, submission) and request.form.get("setuju") == "ya":
                self.acts.complete(one, submission)
        return redirect(f"/s/{slug}", HTTPStatus.SEE_OTHER)

    def decline(self, slug: str) -> Any:
        """A person declines with a reason."""
        with self.store.lock:
            one, submission = self.store.submitter(slug=slug)
            if not self.acts.closed(one, submission):
                self.acts.decline(one, submission, request.form.get("alasan", ""))
        return redirect(f"/s/{slug}", HTTPStatus.SEE_OTHER)

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

"""The pages of strangers: look a code up, judge a file, fetch the certificate, read what is kept about people."""

from __future__ import annotations

import re
from datetime import timedelta

from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kdmp_core import access
from kdmp_core.errors import NotFound, TooLarge
from kdmp_core.settings import Settings
from kdmp_core.texts import text
from mou_templates import keys
from webhooks.context import reach
from webhooks.pages.shapes import Mistake
from webhooks.problems import sentence
from webhooks.verify import files, papers
from webhooks.verify.finding import Finding

blueprint = APIBlueprint("verify", __name__, enable_openapi=False)
LARGEST = 10 * 1024 * 1024
LOOKS, FILES, WINDOW = 60, 30, timedelta(minutes=10)
CODE = re.compile(r"K?-?([0-9]{4})-?([0-9]{6})")


@blueprint.get("/v")
def ask() -> str | Response | tuple[str, int]:
    """Ask for a code or a file; a typed code leads to its page."""
    typed = request.args.get("kode")
    if typed is None:
        return _form()
    if not typed.strip():
        return _form("kode", "verify.code_missing"), 422
    return redirect(url_for("verify.code", code=_spelled(typed)), 303)


@blueprint.get("/v/<code>")
def code(code: str) -> str | tuple[str, int]:
    """Say what the record knows of the agreement with that code. Raises TooMany."""
    parts = reach()
    with parts.store.write() as session:
        _count(session, "verify_code", LOOKS)
    with parts.store.read() as session:
        known = CODE.fullmatch(_spelled(code))
        found = papers.of_code(session, known[0], trial=parts.settings.trial) if known else papers.unknown()
    return _shown(found), 404 if found.status == papers.UNKNOWN else 200


@blueprint.post("/v/berkas")
def file() -> str | tuple[str, int]:
    """Judge an uploaded file and forget it. Raises TooLarge (10 MB), TooMany."""
    parts = reach()
    given = request.files.get("file")
    if given is None or not given.filename:
        return _form("file", "verify.file_missing"), 422
    with parts.store.write() as session:
        _count(session, "verify_file", FILES)
    pdf = given.stream.read(LARGEST + 1)
    if len(pdf) > LARGEST:
        raise TooLarge("verify.too_large", megabytes=LARGEST // 1024 // 1024)
    return _shown(files.judge(parts.store, pdf, _roots(parts.settings)))


@blueprint.get("/v/berkas")
def no_file() -> Response:
    """Lead whoever comes back to the address of the form to the form."""
    return redirect(url_for("verify.ask"), 303)


@blueprint.get("/v/segel.pem")
def certificate() -> Response:
    """Give the certificates our seals lead to, so that anybody can verify without us. Raises NotFound without one."""
    pem = b"".join(_roots(reach().settings))
    if not pem:
        raise NotFound("verify.no_seal_yet")
    disposition = 'attachment; filename="segel.pem"'
    return Response(pem, mimetype="application/x-pem-file", headers={"Content-Disposition": disposition})


@blueprint.get("/privasi")
def privacy() -> str:
    """Say what is kept about whom, why, and whom to ask."""
    return render_template("verify/privacy.html")


def _roots(settings: Settings) -> list[bytes]:
    return keys.own_certificates(settings.keys, settings.seal_file, settings.seal_secret)


def _spelled(typed: str) -> str:
    """Give a code as it is printed; spaces, small letters and a missing "K-" are forgiven."""
    plain = "".join(typed[:80].split()).upper()
    found = CODE.fullmatch(plain)
    return f"K-{found[1]}-{found[2]}" if found else "-"


def _count(session: Session, kind: str, limit: int) -> None:
    now, who = reach().now(), request.remote_addr or ""
    access.require_below(session, kind, who, limit, WINDOW, now)
    access.count(session, kind, who, WINDOW, now)


def _form(place: str = "", problem: str = "") -> str:
    errors = (Mistake(place, sentence(problem, {})),) if problem else ()
    return render_template("verify/ask.html", errors=errors, megabytes=LARGEST // 1024 // 1024)


def _shown(found: Finding) -> str:
    return render_template("verify/finding.html", found=found, title=text(f"verify.status.{found.status}"))

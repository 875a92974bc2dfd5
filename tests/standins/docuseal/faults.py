"""Faults a test may plan for the next answers."""

from __future__ import annotations

import time
from typing import Any

from flask import Response, jsonify, redirect

FAULTS = ("401", "403", "404", "429", "500", "hang", "truncated", "not_json", "stale", "newer", "redirect", "not_pdf")


def play(fault: str) -> Any:
    """Give the answer of a fault that needs no true answer, or None."""
    if fault == "hang":
        time.sleep(20)
    words = {
        "401": "Not authenticated",
        "403": "Not authorized",
        "404": "Not found",
        "429": "Too many requests",
        "500": "Internal error",
        "hang": "Too late",
    }
    if fault in words:
        answer = jsonify({"error": words[fault]})
        answer.status_code = int(fault) if fault.isdigit() else 500
        if fault == "429":
            answer.headers["Retry-After"] = "17"
        return answer
    return redirect("http://192.0.2.1/", 302) if fault == "redirect" else None


def alter(fault: str, answer: Any) -> Any:
    """Give the answer as the fault spoils it."""
    if fault == "truncated":
        whole = answer.get_data()
        half = Response(whole[: len(whole) // 2], mimetype=answer.mimetype)
        half.headers["Content-Length"] = str(len(whole))
        half.automatically_set_content_length = False
        return half
    if fault == "not_json":
        return Response("<html>halaman lain</html>", mimetype="text/html")
    if fault == "stale":
        facts = answer.get_json()
        facts.update(status="pending", completed_at=None, documents=[])
        for one in facts["submitters"]:
            one.update(status="sent", completed_at=None, declined_at=None)
        return jsonify(facts)
    return answer

"""The shapes of DocuSeal's answers and callbacks, field by field."""

from __future__ import annotations

from typing import Any

from tests.standins.docuseal.store import Store


def template_of(submission: dict[str, Any]) -> dict[str, Any]:
    """Give the template part of every body."""
    return {
        "id": submission["id"] + 100_000,
        "name": submission["name"],
        "created_at": submission["created_at"],
        "updated_at": submission["created_at"],
        "external_id": None,
        "folder_name": "Default",
    }


def documents_of(submission: dict[str, Any], base: str) -> list[dict[str, str]]:
    """Give name and address of the file: the stamped one after completion, before it a preview of what was sent."""
    kind = "berkas" if submission["status"] == "completed" else "pratinjau"
    return [{"name": submission["name"], "url": f"{base}/{kind}/{submission['id']}-{submission['key']}.pdf"}]


HIDDEN = ("order", "fields")


def submitter_facts(one: dict[str, Any], submission: dict[str, Any], base: str) -> dict[str, Any]:
    """Give a submitter as the API serialises it inside a submission."""
    done = one["status"] == "completed"
    values = [{"field": name, "value": f"Tiruan: {one['name']}"} for name in one["fields"]] if done else []
    return {
        **{name: value for name, value in one.items() if name not in HIDDEN},
        "application_key": one["external_id"],
        "values": values,
        "documents": documents_of(submission, base) if done else [],
        "preferences": {"send_email": False, "send_sms": False},
    }


def submission_facts(submission: dict[str, Any], base: str) -> dict[str, Any]:
    """Give a submission as the API and the submission callbacks serialise it."""
    completed = submission["status"] == "completed"
    names = ("id", "name", "slug", "source", "submitters_order", "expire_at", "created_at", "updated_at", "archived_at")
    return {
        **{name: submission[name] for name in names},
        "submitters": [submitter_facts(one, submission, base) for one in submission["submitters"]],
        "template": template_of(submission),
        "created_by_user": {"id": 1, "email": "uji@docuseal.example", "first_name": "Tiruan", "last_name": "Uji"},
        "variables": {},
        "submission_events": submission["submission_events"],
        "documents": documents_of(submission, base) if completed else [],
        "audit_log_url": None,
        "combined_document_url": None,
        "status": submission["status"],
        "completed_at": submission["completed_at"],
    }


def form_facts(one: dict[str, Any], submission: dict[str, Any], base: str) -> dict[str, Any]:
    """Give the `data` of a form callback."""
    facts = submitter_facts(one, submission, base)
    for name in ("slug", "uuid"):
        facts.pop(name)
    reasons = [
        event["data"]["reason"]
        for event in submission["submission_events"]
        if event["event_type"] == "decline_form" and event["submitter_id"] == one["id"]
    ]
    address = f"{base}/e/{submission['slug']}"
    return {
        **facts,
        "ua": "Mozilla/5.0 (uji)",
        "ip": "192.0.2.7",
        "decline_reason": reasons[0] if reasons else None,
        "audit_log_url": None,
        "submission_url": address,
        "template": template_of(submission),
        "submission": {
            "id": submission["id"],
            "audit_log_url": None,
            "combined_document_url": None,
            "status": submission["status"],
            "url": address,
            "variables": {},
            "created_at": submission["created_at"],
        },
    }


def callback_body(store: Store, callback: dict[str, Any]) -> dict[str, Any]:
    """Give the body of a callback as the record stands now; the event's time stays."""
    submission = store.data["submissions"][callback["submission"]]
    base = store.data["base"]
    if callback["event"] == "submission.archived":
        data = {"id": submission["id"], "archived_at": submission["archived_at"]}
    elif callback["submitter"] is None:
        data = submission_facts(submission, base)
    else:
        one = next(one for one in submission["submitters"] if one["id"] == callback["submitter"])
        data = form_facts(one, submission, base)
    return {"event_type": callback["event"], "timestamp": callback["timestamp"], "data": data}

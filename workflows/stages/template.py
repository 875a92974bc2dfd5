"""Samples of an uploaded template, printed one by one so that the page can show how far it is; then nothing is owed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from kdmp_core import store, templates
from kdmp_core.errors import TryLater
from kdmp_core.files import Files
from kdmp_core.lifecycle import Actor
from kdmp_core.records import Template, TemplateState
from mou_templates import samples, typeset
from mou_templates.office import OfficeFailed, OfficeMissing
from mou_templates.samples import Sample
from workflows.stages.work import NOTHING, Done, Tools


def do(tools: Tools, template_id: int) -> Done:
    """Print the next sample of a version that waits for a second person."""
    with tools.store.read() as session:
        template = session.get(Template, template_id)
        if template is None or (name := _next(template)) is None:
            return NOTHING
        data, kind = tools.files.get(template.sha256), template.kind
    sample = tools.outside("libreoffice", lambda: _print(tools, data, kind, name))
    row = _kept(tools.files, sample)
    layout = _measured(tools, sample) if name == samples.MEASURED and sample.pdf else None
    with tools.store.write() as session:
        template = store.locked(session, Template, template_id)
        if template is None or _next(template) != name:
            return NOTHING
        last, now = name == samples.SAMPLES[-1], tools.now()
        templates.keep_sample(session, template, row, layout, last=last, by=tools.by(Actor.SYSTEM), now=now)
        return Done(f"print_{name}", template.due_at)


def number(session: Session, template_id: int) -> str:
    """Name the run of a template: kind and version."""
    template = session.get_one(Template, template_id)
    return f"{template.kind}/{template.number}"


def _next(template: Template) -> str | None:
    """Give the first sample that is not there yet, while there is something to decide."""
    if template.state is not TemplateState.UPLOADED:
        return None
    printed = {sample["name"] for sample in template.samples}
    return next((name for name in samples.SAMPLES if name not in printed), None)


def _print(tools: Tools, data: bytes, kind: str, name: str) -> Sample:
    try:
        return samples.print_sample(data, kind, name, tools.office(), tools.settings.review_stamp)
    except (OfficeMissing, OfficeFailed) as trouble:
        raise TryLater(f"work.{trouble.code}") from trouble


def _measured(tools: Tools, sample: Sample) -> dict[str, Any]:
    """Give where the lines stand, with the stamp they were printed under."""
    return {"legal_review": tools.settings.review_stamp, **typeset.as_json(typeset.layout(sample.pdf))}


def _kept(files: Files, sample: Sample) -> dict[str, Any]:
    """Keep the bytes of a sample and give what its row says of it."""
    pictures = [
        {"page": one.page, "width": one.width, "height": one.height, "sha256": files.put(one.png)}
        for one in sample.pictures
    ]
    return {
        "name": sample.name,
        "pdf": files.put(sample.pdf) if sample.pdf else None,
        "pages": sample.pages,
        "pictures": pictures,
        "refused": sample.refused,
        "values": dict(sample.values),
    }

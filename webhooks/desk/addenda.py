"""An addendum to an agreement in force: articles as they were signed, and what they become."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from sqlalchemy.orm import Session

from kdmp_core.agreements import documents, following, proposals
from kdmp_core.agreements.following import Change
from kdmp_core.errors import NotFound
from kdmp_core.lifecycle import State
from kdmp_core.records import Agreement, Document
from mou_templates.articles import Article, articles_of
from webhooks.context import by_staff, reach
from webhooks.desk import forms, frame, places
from webhooks.desk.room import blueprint
from webhooks.pages.shapes import Mistake

LONGEST_PARAGRAPH = 2_000
LONGEST_REASON = 1_000
BY_HAND = range(3)
"""Articles that can be typed from a paper whose words are not here."""


@dataclass(frozen=True)
class Chosen:
    """An article on the form: where its fields are, what it said, what stands in the box."""

    place: str
    article: Article | None
    new_text: str


@blueprint.get("/meja/naskah/<code>/adendum")
def addendum_page(code: str) -> str:
    """Ask which articles change; then show each as it stands, to be rewritten."""
    return _page(code, [])


@blueprint.post("/meja/naskah/<code>/adendum")
def addendum(code: str) -> forms.Answer:
    """Propose the addendum; what was not changed is left out."""

    def act(session: Session) -> str:
        parent = places.agreement_here(session, code)
        reason = forms.line("reason", most=LONGEST_REASON, needed=True)
        effective_on = forms.day("effective_on")
        standing = {str(article.number): article for article in standing_articles(session, parent)}
        chosen = request.form.getlist("pasal")
        changes = [_change(standing[name]) for name in chosen if name in standing] if standing else _typed_changes()
        with forms.refused_at("reason"):
            made = following.propose_addendum(session, parent, reason, changes, effective_on, by_staff(), reach().now())
        return url_for("desk.agreement", code=made.code)

    return forms.answer(act, lambda errors: _page(code, errors))


def standing_articles(session: Session, parent: Agreement) -> tuple[Article, ...]:
    """Give an agreement's articles as they are in force: its Word file, changed by its addenda in their order.

    Empty where the words are not here: signed on paper elsewhere, or brought by a partner.
    """
    try:
        word = session.get(Document, documents.round_of(session, parent).word_id or 0)
    except NotFound:
        word = None
    if word is None:
        return ()
    found = {article.number: article for article in articles_of(reach().files.get(word.sha256))}
    for amended in following.addenda(session, parent):
        for change in amended.terms["changes"]:
            found[change["article"]] = Article(change["article"], change["heading"], tuple(change["new_text"]))
    return tuple(found[number] for number in sorted(found))


def _change(article: Article) -> Change:
    return Change(article.number, article.heading, article.paragraphs, _paragraphs(f"new-{article.number}"))


def _typed_changes() -> list[Change]:
    return [_typed_change(f"row-{place}") for place in BY_HAND if forms.typed(f"row-{place}-article")]


def _typed_change(place: str) -> Change:
    return Change(
        forms.whole(f"{place}-article", least=1, most=200),
        forms.line(f"{place}-heading", needed=True).upper(),
        _paragraphs(f"{place}-old"),
        _paragraphs(f"{place}-new"),
    )


def _paragraphs(name: str) -> tuple[str, ...]:
    found = tuple(line for line in (" ".join(part.split()) for part in forms.typed(name).splitlines()) if line)
    if any(len(line) > LONGEST_PARAGRAPH for line in found):
        raise forms.wrong(name, "desk.long", most=LONGEST_PARAGRAPH)
    return found


def _page(code: str, errors: list[Mistake]) -> str:
    with reach().store.read() as session:
        parent = places.agreement_here(session, code)
        if parent.state is not State.IN_FORCE or parent.kind in proposals.TERMLESS:
            raise NotFound("desk.no_page")
        articles = standing_articles(session, parent)
        chosen = [_chosen(article) for article in articles if str(article.number) in request.values.getlist("pasal")]
        return frame.page(
            session,
            "addendum",
            "agreements",
            agreement=parent,
            articles=articles,
            chosen=chosen,
            by_hand=() if articles else tuple(f"row-{place}" for place in BY_HAND),
            errors=errors,
        )


def _chosen(article: Article) -> Chosen:
    place = f"new-{article.number}"
    return Chosen(place, article, request.form.get(place, "\n".join(article.paragraphs)))

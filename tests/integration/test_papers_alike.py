"""Generated papers with hostile names, shortened: `python -m bench.papers_alike` prints a thousand of all kinds."""

from __future__ import annotations

from pathlib import Path

from bench import papers_alike
from mou_templates import equality, reading
from mou_templates.kinds import KINDS, parties
from mou_templates.press import shipped
from tests import generated

PRINTED, READ = 30, 200


def test_papers_of_all_kinds_with_hostile_names_say_the_same_in_word_on_the_phone_and_in_pdf(tmp_path: Path) -> None:
    tally = papers_alike.run(generated.papers(PRINTED, 90_000), tmp_path)
    assert tally.alarms == []
    assert tally.papers == PRINTED
    assert set(tally.kinds) == set(KINDS)


def test_no_word_is_lost_between_facts_word_file_and_phone() -> None:
    for paper in generated.papers(READ, 50_000):
        words, pictures = shipped(paper.kind).sampled(paper.words)
        draft = reading.draft(shipped(paper.kind), words, pictures)
        shown = equality.bare(equality.html_text(reading.to_html(draft.reading)))
        assert shown == equality.bare(reading.plain_text(draft.reading)), (paper.kind, paper.seed)


def test_the_generator_reaches_what_it_promises() -> None:
    made = list(generated.papers(600, 0))
    rosters = [len(parties(paper.kind, paper.facts)) for paper in made]
    said = "\n".join(str(paper.facts) for paper in made)
    assert max(rosters) > generated.LONG_LIST
    assert min(rosters) == 1
    assert all(name.strip() in said for name in ("{{ 7*7 }}", "Sejahtera-Sejahtera-", "PASAL 9", "ﬁnal", "Suharti"))
    assert {paper.kind for paper in made} == set(KINDS)

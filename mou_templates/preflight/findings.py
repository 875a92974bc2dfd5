"""What preflight says: a code, how grave it is, where it stands, and what fills the sentence of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Level = Literal["error", "warning"]

CODES: Mapping[str, tuple[str, ...]] = {
    "old_word": (),
    "password": (),
    "not_word": (),
    "zip_broken": (),
    "member_twice": ("name",),
    "members_many": ("count", "most"),
    "too_large": ("size", "most"),
    "zip_bomb": ("name",),
    "doctype": ("part",),
    "unreadable": ("part",),
    "macro": ("part",),
    "embedded_object": ("part",),
    "activex": ("part",),
    "alt_chunk": ("part",),
    "outside_link": ("kind", "target"),
    "live_field": ("field",),
    "tracked_changes": ("author",),
    "tracking_on": (),
    "comments": ("count",),
    "hidden_text": (),
    "white_text": (),
    "text_box": (),
    "paper_size": ("width", "height"),
    "font_missing": ("font",),
    "auto_hyphenation": (),
    "automatic_numbers": (),
    "half_tag": ("found",),
    "tag_in_deleted": ("found",),
    "properties_tag": ("field",),
    "cell_loop": ("tag",),
    "rich_text": ("tag",),
    "row_tag_outside": ("tag",),
    "words_beside": ("tag", "words"),
    "block_unclosed": ("tag",),
    "block_crossed": ("tag", "opened"),
    "block_mixed": ("tag", "opened"),
    "loops_deep": ("most",),
    "language": ("found",),
    "word_unknown": ("name", "suggestion"),
    "word_unused": ("name",),
    "element_missing": ("element",),
    "article_order": ("expected", "found"),
    "render_failed": ("found",),
    "value_lost": ("place", "value"),
    "limits": (),
}
"""Every code with the names of its values, so that the catalogue can be tested to be complete."""

WARNINGS = frozenset({"comments", "tracking_on", "properties_tag"})
"""They change nothing on the printed paper, yet somebody should look: a second person ticks them. All else is an error
unless the check itself says why not (a stand-in of the same widths, a word too short to be missed)."""

SENTENCE_LIMIT, VALUE_LIMIT, SAME_LIMIT = 200, 120, 20


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: `part` is the zip member or "", `paragraph` counts the body from 1, `sentence` its text.

    `values` has exactly the names `CODES` lists for `code`.
    """

    code: str
    level: Level
    part: str = ""
    paragraph: int | None = None
    sentence: str = ""
    values: Mapping[str, str] = field(default_factory=dict, hash=False)

    def as_json(self) -> dict[str, Any]:
        """Give plain data for `json.dumps`."""
        return {**asdict(self), "values": dict(self.values)}

    @classmethod
    def of_json(cls, row: Mapping[str, Any]) -> Finding:
        """Read what `as_json` gave; raises KeyError or TypeError for anything else."""
        return cls(row["code"], row["level"], row["part"], row["paragraph"], row["sentence"], dict(row["values"]))


@dataclass(frozen=True)
class Place:
    """Where something stands; the paragraph is counted in the body only."""

    part: str = ""
    paragraph: int | None = None
    sentence: str = ""


NOWHERE = Place()


def finding(code: str, place: Place = NOWHERE, /, *, level: Level | None = None, **values: str) -> Finding:
    """Make a finding of the level its code has unless one is given; long values are cut."""
    cut = {name: value[:VALUE_LIMIT] for name, value in values.items()}
    grave: Level = level or ("warning" if code in WARNINGS else "error")
    return Finding(code, grave, place.part, place.paragraph, place.sentence[:SENTENCE_LIMIT], cut)


def sorted_out(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give each finding once, errors first, and of one code no more than a person reads."""
    kept: dict[str, list[Finding]] = {}
    for entry in found:
        same = kept.setdefault(entry.code, [])
        if len(same) < SAME_LIMIT and entry not in same:
            same.append(entry)
    return tuple(sorted((entry for same in kept.values() for entry in same), key=lambda entry: entry.level))


def errors(found: Iterable[Finding]) -> bool:
    """Say whether an error is among them."""
    return any(entry.level == "error" for entry in found)

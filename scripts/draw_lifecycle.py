"""Draw docs/reference/lifecycle.md from the tables of kdmp_core.lifecycle; a test redraws it and compares."""

from __future__ import annotations

from pathlib import Path

from kdmp_core import lifecycle
from kdmp_core.lifecycle import Actor, Move, SignatoryState, State

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "lifecycle.md"
OPENING = """\
# The life of an agreement

*Drawn from the tables in `kdmp_core/lifecycle.py` by `python scripts/draw_lifecycle.py`; do not edit it here.*

An agreement moves only by the rows below. Permission, buttons, links of the API, due work and deadlines are read
from the same rows. A move whose state stays writes a step into the audit chain and changes nothing else.

Actors are a closed list. A **coordinator**, **reviewer**, **ministry** user or **pendamping** acts by a grant over
the place. The **drafter** is everyone who edited the words; the **second** is another member of staff over the place
who neither drafted nor sent; **staff** is anyone with a grant there. A **party**, a **signatory** and a **provider**
act through their own doors. The **system** and the **clock** are the worker.

"""
SIGNATORIES = """\
## Signatories of a round

Nothing more is awaited from a signatory who is {answered}. A round ends when all have answered, or at its deadline.
The deadline is an exclusive instant: at that instant the round is over.

"""


def page() -> str:
    """Give the whole page as Markdown."""
    picture, signatories = lifecycle.diagram().split("\n\n", 1)
    parts = [OPENING, picture, "\n\n## Who owes what\n\n", *map(_state, State)]
    answered = _listed([state.value for state in SignatoryState if state in lifecycle.ANSWERED])
    return "".join([*parts, SIGNATORIES.format(answered=answered), signatories])


def _state(state: State) -> str:
    rows = lifecycle.from_state(state)
    if not rows:
        return f"### `{state.value}`\n\nThis is an end: no move leads from here.\n\n"
    lines = [f"### `{state.value}`\n\n{_owed(state)}\n\n| move | by | to |\n|---|---|---|\n"]
    lines += [f"| `{row.name}`{_asks(row)} | {_named(row.actors)} | {_target(row)} |\n" for row in rows]
    return "".join([*lines, "\n"])


def _owed(state: State) -> str:
    main = [row for row in lifecycle.from_state(state) if row.main]
    if not main:
        return "Nobody owes a move: it rests here until somebody has a reason or a date comes."
    return " ".join(f"`{row.name}` is owed by the {_named(row.actors)}." for row in main)


def _asks(row: Move) -> str:
    asked = [words for given, words in ((row.reason, "with a reason"), (row.new_round, "opens a new round")) if given]
    return f" ({', '.join(asked)})" if asked else ""


def _target(row: Move) -> str:
    return f"`{row.target.value}`" if row.target else "stays"


def _named(actors: frozenset[Actor]) -> str:
    return _listed([actor.value for actor in Actor if actor in actors])


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), "utf-8")

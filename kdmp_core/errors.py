"""The names of everything kdmp refuses, drawn as a tree.

Refusal                 a person or a system asked for something that cannot be
├── NotSignedIn         nobody known is asking
├── NotAllowed          known, but not for this
├── NotFound            there is no such thing (or not for this person)
├── InvalidInput        what was given cannot be used; `problems` names each place
├── TooLarge            more than the door takes
├── TooMany             too often; `retry_after` seconds
├── Conflict            true a moment ago, not any more
│   ├── MoveRefused     the table of moves has no such row from here
│   └── Stale           somebody else changed it first
├── Gone                it was here and has ended (a link, a code)
└── Unsafe              the paper would not say what was meant
Trouble                 a part outside failed; trying later may help
└── TryLater            `retry_after` seconds, if the part named them

A refusal carries a `code` (a key of the catalogue under `errors.`) and the values of its sentence.
It knows nothing of HTTP; one map at the door (`webhooks/problems.py`) gives it a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One place in an input that cannot be used.

    `code` is a catalogue key under `errors.`; `place` is a JSON pointer, a form field's name or a
    sheet address; `values` fill the sentence.
    """

    code: str
    place: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


class KdmpError(Exception):
    """The root: `code` names the sentence, `values` fill it. `str()` gives the code, never personal data."""

    def __init__(self, code: str, /, **values: object) -> None:
        """Keep the code and the values of the sentence; nothing is worded here."""
        super().__init__(code)
        self.code = code
        self.values = values


class Refusal(KdmpError):
    """A person or a system asked for something that cannot be."""


class NotSignedIn(Refusal):
    """Nobody known is asking."""


class NotAllowed(Refusal):
    """Known, but not for this."""


class NotFound(Refusal):
    """There is no such thing, or not for this person."""


class InvalidInput(Refusal):
    """What was given cannot be used."""

    def __init__(self, code: str, /, *, problems: Sequence[Problem] = (), **values: object) -> None:
        """Keep the single `problems`, each with its place."""
        super().__init__(code, **values)
        self.problems = tuple(problems)


class TooLarge(Refusal):
    """More than the door takes."""


class TooMany(Refusal):
    """Too often."""

    def __init__(self, code: str, /, *, retry_after: int, **values: object) -> None:
        """Say after how many seconds (`retry_after`) it may be tried again."""
        super().__init__(code, **values)
        self.retry_after = retry_after


class Conflict(Refusal):
    """True a moment ago, not any more."""


class MoveRefused(Conflict):
    """The table of moves has no such row from here, or a guard of the row says no."""


class Stale(Conflict):
    """Somebody else changed it first."""


class Gone(Refusal):
    """It was here and has ended."""


class Unsafe(Refusal):
    """The paper would not say what was meant."""


class Trouble(KdmpError):
    """A part outside failed."""


class TryLater(Trouble):
    """A part outside failed in a way that passes."""

    def __init__(self, code: str, /, *, retry_after: int | None = None, **values: object) -> None:
        """Say after how many seconds the part asked to be tried again, if it named them."""
        super().__init__(code, **values)
        self.retry_after = retry_after

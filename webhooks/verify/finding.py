"""What the page shows of a paper: one sentence, what is proven, what is not, facts that stand alone, who signed."""

from __future__ import annotations

from dataclasses import dataclass

from webhooks.pages.shapes import Fact, Tone


@dataclass(frozen=True)
class Signer:
    """One who signed, as the paper names him: name, office and party; when in words, and how sure that is."""

    name: str
    office: str
    when: str
    level: str


@dataclass(frozen=True)
class Finding:
    """A paper as a stranger sees it; every text is ready for people.

    `status` is a key under `verify.status`, `sentence` says it, `advice` what to do next. `proven` and `open` are the
    two lists. `missing`: parties that did not sign. `code` names the agreement, empty when it is not known.
    """

    status: str
    tone: Tone
    sentence: str
    advice: str = ""
    proven: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    signers: tuple[Signer, ...] = ()
    missing: tuple[str, ...] = ()
    code: str = ""
    sealed: bool = False

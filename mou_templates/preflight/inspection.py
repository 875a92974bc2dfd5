"""The floors in their order: bytes, package, XML, contents and looks and tags and names, text, press.

A floor that finds a form unfit to go on with ends it; the press sees only forms without an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mou_templates.preflight import package
from mou_templates.preflight.findings import Finding, errors, finding, sorted_out


def inspect(data: bytes, kind: str, *, families: frozenset[str] | None = None) -> tuple[Finding, ...]:
    """Say what is wrong with a form of `kind`, errors first; an empty tuple when nothing is.

    `families` are the fonts of the machine that prints, this one's when not given. Whatever the bytes, nothing is
    raised for them; raises `Refused("kind_unknown")`. Hostile bytes may take long: from outside call `check`.
    """
    from mou_templates.kinds import kind_of  # noqa: PLC0415 - see below

    kind_of(kind)
    try:
        return sorted_out(floors(data, kind, families))
    except (MemoryError, RecursionError):
        return (finding("limits"),)
    except Exception:  # noqa: BLE001 - the promise above; the tests hold `floors` to it without this net
        return (finding("unreadable", part=package.BODY),)


def floors(data: bytes, kind: str, families: frozenset[str] | None) -> Iterator[Finding]:
    """Give the findings floor by floor."""
    members, found = package.opened(data)
    yield from found
    if not errors(found):
        yield from _parts(members, data, kind, families)


def _parts(members: Mapping[str, bytes], data: bytes, kind: str, families: frozenset[str] | None) -> Iterator[Finding]:
    # Here and not above, so that bytes that are no package never cost the XML libraries.
    from mou_templates.preflight import blocks, contents, fonts, form, looks, names, printing, tags  # noqa: PLC0415

    taken, found = form.parsed(members)
    yield from found
    if errors(found):
        return
    read = tags.told(taken)
    judged = (
        *contents.judge(taken),
        *looks.judge(taken, fonts.installed() if families is None else families),
        *tags.judge(taken, read),
        *blocks.judge(read),
        *names.Names(kind).judge(read),
        *printing.judge(taken, data, kind),
    )
    yield from judged
    if not errors(judged):
        yield from printing.pressed(data, kind)

"""The small language of the forms: what a tag may say is decided on the parsed tree, before anything is compiled.

Jinja folds constants while compiling (`'x'*10**9` builds a gigabyte there), so a limit around rendering
would come too late. Allowed: names, item look-up, if, for, six filters, comparisons. Comments and raw text are gone
from the tree, so they are found among the tokens.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from mou_templates.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Template

ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.If, nodes.For),
    *(nodes.Filter, nodes.Compare, nodes.Operand, nodes.Const, nodes.Not, nodes.And, nodes.Or),
)
PRINTED = (nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Filter)
"""What a tag may print. Constants would slip past the check of printed values: Jinja escapes them first."""
FILTERED = (nodes.Name, nodes.Getattr, nodes.Filter)
DROPPED = {"comment_begin": "{#", "raw_begin": "raw"}
FILTERS = ("upper", "lower", "length", "join", "first", "last")
LOOPS_LIMIT = 2
BRACES_LIMIT = 2_000
"""Healing the tags of a part costs the square of their number: the largest shipped form opens 234."""
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)
BREAKS = {"\n": '</w:t><w:br/><w:t xml:space="preserve">', "\t": '</w:t><w:tab/><w:t xml:space="preserve">'}


def environment(printed: Callable[[object], object]) -> ImmutableSandboxedEnvironment:
    """Give a sandbox with nothing in it but six filters; every printed value passes `printed`."""
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True, finalize=printed)
    made.globals.clear()
    made.tests.clear()
    made.filters = dict(zip(FILTERS, (_upper, _lower, _length, _join, _first, _last), strict=True))
    return made


def compile_part(part: str, source: str) -> Template:
    """Check and compile the source of one part; raises `Refused` with `template_*` and the part's name."""
    made = WORD if part.startswith("word/") else PLAIN
    try:
        _refuse_dropped(made, part, source)
        tree = made.parse(source)
        _allow(tree, part, 0)
        code = made.compile(_by_item(tree))
    except TemplateSyntaxError as fault:
        raise Refused("template_language", part=part, found=str(fault.message)[:200]) from None
    except (RecursionError, MemoryError):
        raise Refused("template_language", part=part, found="nesting") from None
    return made.template_class.from_code(made, code, {})


def check_braces(part: str, source: str) -> None:
    """Refuse a part whose braces do not pair or are too many, before anybody looks for tags in it."""
    opened, closed = source.count("{"), source.count("}")
    if opened != closed or opened > BRACES_LIMIT:
        raise Refused("template_language", part=part, found=f"{opened} {{ {closed} }}")


def _refuse_dropped(made: ImmutableSandboxedEnvironment, part: str, source: str) -> None:
    for _, kind, _ in made.lex(source):
        if kind in DROPPED:
            raise Refused("template_language", part=part, found=DROPPED[kind])


def _allow(node: nodes.Node, part: str, loops: int) -> None:
    if not isinstance(node, ALLOWED) or (isinstance(node, nodes.Name) and node.ctx != "load" and not loops):
        raise Refused("template_language", part=part, found=type(node).__name__)
    if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.node is None):
        raise Refused("template_language", part=part, found=node.name)
    for inner in _not_words(node):
        raise Refused("template_language", part=part, found=type(inner).__name__)
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise Refused("template_language", part=part, found=node.attr)
    if isinstance(node, nodes.For):
        loops += 1
        if loops > LOOPS_LIMIT or node.recursive:
            raise Refused("template_loops", part=part, most=str(LOOPS_LIMIT))
    for child in node.iter_child_nodes():
        _allow(child, part, loops)


def _not_words(node: nodes.Node) -> list[nodes.Node | None]:
    """List what a node prints or filters though it is no word."""
    if isinstance(node, nodes.Output):
        return [printed for printed in node.nodes if not isinstance(printed, PRINTED)]
    return [node.node] if isinstance(node, nodes.Filter) and not isinstance(node.node, FILTERED) else []


def _by_item(node: nodes.Template) -> nodes.Template:
    """Turn `a.b` into `a['b']`: words are dicts, and item look-up skips a failed attribute first."""
    for parent in [node, *node.find_all(nodes.Node)]:
        for field, value in parent.iter_fields():
            if isinstance(value, nodes.Getattr):
                setattr(parent, field, _item(value))
            elif isinstance(value, list):
                value[:] = [_item(entry) if isinstance(entry, nodes.Getattr) else entry for entry in value]
    return node


def _item(node: nodes.Getattr) -> nodes.Getitem:
    inner = _item(node.node) if isinstance(node.node, nodes.Getattr) else node.node
    return nodes.Getitem(inner, nodes.Const(node.attr), node.ctx, lineno=node.lineno, environment=node.environment)


def _plain(value: object, *kinds: type) -> Any:
    """Give a value back that is exactly of one of these types; whatever else a filter is given is no word."""
    if isinstance(value, StrictUndefined):
        raise Refused("word_missing", name=str(value._undefined_name))  # noqa: SLF001 - jinja has no other name
    if type(value) not in kinds:
        raise Refused("value_refused", found=type(value).__name__)
    return value


def _upper(value: object) -> str:
    return str(_plain(value, str)).upper()


def _lower(value: object) -> str:
    return str(_plain(value, str)).lower()


def _length(value: object) -> int:
    return len(_plain(value, str, list, dict))


def _join(value: object, between: object = "") -> str:
    return str(_plain(between, str)).join(_plain(one, str) for one in _plain(value, list))


def _first(value: object) -> object:
    return _end(value, 0)


def _last(value: object) -> object:
    return _end(value, -1)


def _end(value: object, at: int) -> object:
    found = _plain(value, str, list)
    if not found:
        raise Refused("word_missing", name="first" if at == 0 else "last")
    return found[at]


def print_word(value: object) -> object:
    """Give a value as it may stand in a run of Word text; refuses whatever is not plain, printable text."""
    if type(value) is str:
        return _in_run(value)
    if type(value) in (Markup, int):  # the form's own constant text; a count (`length`)
        return value
    if isinstance(value, StrictUndefined):
        raise Refused("word_missing", name=str(value._undefined_name))  # noqa: SLF001 - jinja has no other name
    raise Refused("value_refused", found=type(value).__name__)


def print_plain(value: object) -> object:
    """Give a value for a part that is not Word text (properties): one line only."""
    if type(value) is str and ("\n" in value or "\t" in value):
        raise Refused("value_refused", found="line")
    return print_word(value)


def _in_run(text: str) -> str:
    if UNPRINTABLE.search(text):
        raise Refused("value_refused", found="character")
    if "\n" not in text and "\t" not in text:
        return text
    broken = str(escape(text))
    for sign, tag in BREAKS.items():
        broken = broken.replace(sign, tag)
    return Markup(broken)  # noqa: S704 - escaped three lines above


WORD = environment(print_word)
PLAIN = environment(print_plain)

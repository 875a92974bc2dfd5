"""What the ministry's staff must know before a Word form they edited is published: everything wrong with it, at once.

`check` looks at bytes from outside in a process of its own; `inspect` does the same here, for forms of our own.
"""

from mou_templates.preflight.findings import CODES, Finding
from mou_templates.preflight.inspection import inspect
from mou_templates.preflight.vocabulary import fields_of, required
from mou_templates.preflight.watched import check

__all__ = ["CODES", "Finding", "check", "fields_of", "inspect", "required"]

"""The public page that says what a paper proves and what it does not: by its printed code, or by the file itself."""

from __future__ import annotations

from webhooks.verify.views import blueprint

__all__ = ["blueprint"]

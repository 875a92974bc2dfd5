"""Signing providers: the port, and one file a provider. `registry` holds each by the name of its callback address."""

from __future__ import annotations

from kdmp_core.providers.docuseal import DocuSeal
from kdmp_core.providers.port import Provider

registry: dict[str, Provider] = {provider.name: provider for provider in (DocuSeal(),)}

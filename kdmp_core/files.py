"""Bytes by their content: what goes in never changes, the same bytes are kept once (fsspec, any store)."""

from __future__ import annotations

import hashlib
import secrets
from typing import cast

import fsspec

from kdmp_core.errors import NotFound


class Files:
    """A store of bytes under an fsspec address; keys are SHA-256 hex digests."""

    def __init__(self, address: str) -> None:
        """Open the store at an address; folders are made when first needed."""
        self._files, self._root = fsspec.core.url_to_fs(address)

    def put(self, data: bytes) -> str:
        """Keep bytes and give their SHA-256; written beside and moved into place, so none is ever half there."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        if not self._files.exists(path):
            self._files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            waiting = f"{path}.{secrets.token_hex(4)}.part"  # its own for each writer: two may bring the same bytes
            with self._files.open(waiting, "wb") as file:
                file.write(data)
            self._files.mv(waiting, path)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Give the bytes of a hash. Raises NotFound when they are not there or are not what their name says."""
        try:
            data = cast("bytes", self._files.cat_file(self._path(sha256)))
        except FileNotFoundError as missing:
            raise NotFound("files.missing", sha256=sha256[:12]) from missing
        if hashlib.sha256(data).hexdigest() != sha256:
            raise NotFound("files.altered", sha256=sha256[:12])
        return data

    def _path(self, sha256: str) -> str:
        return f"{self._root}/{sha256[:2]}/{sha256}"

"""References become addresses: no database, no request, so that cached bytes may hold them."""

from __future__ import annotations

from kit.schema.picture import REFERENCE


class Addresses:
    """`base` is where files are served, or a CDN in front of it; no slash at its end."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")

    def url(self, reference: str, *, variant: str | None = None) -> str:
        """The absolute address of a reference; an address and "" stay as they are."""
        if not reference.startswith(REFERENCE):
            return reference
        key = reference.removeprefix(REFERENCE)
        # Videos have no smaller sizes.
        if variant is None or key.endswith(".mp4"):
            return f"{self.base}/{key}"
        return f"{self.base}/{key}/{variant}"

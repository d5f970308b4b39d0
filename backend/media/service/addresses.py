"""References become addresses: no database, no request, so that cached bytes may hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from backend.media.domain.form import FORMS
from kit.schema.picture import REFERENCE

_KEY = r"([0-9a-f]{32}\.(?:" + "|".join(sorted(FORMS)) + "))"


class Addresses:
    """`base` is where files are served, or a CDN in front of it; no slash at its end."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self._mentions = re.compile(f"(?:{REFERENCE}|{re.escape(self.base)}/){_KEY}")
        self._pictures = re.compile(f'src="{REFERENCE}{_KEY}"')

    def url(self, reference: str, *, variant: str | None = None) -> str:
        """The absolute address of a reference; an address and "" stay as they are."""
        if not reference.startswith(REFERENCE):
            return reference
        key = reference.removeprefix(REFERENCE)
        # Videos have no smaller sizes.
        if variant is None or key.endswith(".mp4"):
            return f"{self.base}/{key}"
        return f"{self.base}/{key}/{variant}"

    def urls_in(self, html: str) -> str:
        """`html`, as a sanitiser writes it, with addresses in place of its pictures' references."""
        return self._pictures.sub(lambda found: f'src="{self.base}/{found[1]}"', html)

    def keys_in(self, texts: Iterable[str | None]) -> set[str]:
        """The keys that references, our own addresses and HTML with either of them mention."""
        return {key for text in texts if text for key in self._mentions.findall(text)}

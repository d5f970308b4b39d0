"""What is behind an address: the key tells everything but whether it is there. No SQL."""

from __future__ import annotations

from dataclasses import dataclass

from backend.media.domain.error import MediaNotFound
from backend.media.domain.file import MediaKind
from backend.media.domain.form import VARIANTS, form_of, variant_key
from kit.storage.port import NotStored, Storage


@dataclass(frozen=True)
class Served:
    """`stored_key` never changes its bytes, so it is the ETag. `final` is False while a variant is still to come."""

    stored_key: str
    mimetype: str
    size: int
    final: bool = True


class Serving:
    """Raises `MediaNotFound`, `StorageUnavailable`."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def find(self, key: str, variant: str | None = None) -> Served:
        """The file, or its variant, or the file itself until the variant is there."""
        form = form_of(key)
        if form is None or (variant is not None and (variant not in VARIANTS or form.kind is not MediaKind.IMAGE)):
            raise MediaNotFound
        if variant is not None:
            smaller = variant_key(key, variant)
            try:
                return Served(smaller, form.mimetype, self.storage.size(smaller))
            except NotStored:
                pass
        try:
            return Served(key, form.mimetype, self.storage.size(key), final=variant is None)
        except NotStored:
            raise MediaNotFound from None

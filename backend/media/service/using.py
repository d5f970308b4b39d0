"""Who uses which files: said by those who store references, inside their own transactions."""

from __future__ import annotations

from collections.abc import Collection

from backend.media.domain.error import UnknownMedia
from backend.media.repository.media import MediaRepository
from kit.db.error import RunAgain
from kit.service.transaction import transactional


class Using:
    """A use and a deletion meet at one row: whoever comes second finds it changed."""

    def __init__(self, files: MediaRepository) -> None:
        self.files = files

    @transactional
    def use(self, keys: Collection[str], *, user: str) -> None:
        """Replace what `user` uses. Raises `UnknownMedia` naming the keys; the caller's transaction must fail then."""
        wanted, current = set(keys), self.files.used_by(user)
        fresh = wanted - current.keys()
        if fresh:
            ready = self.files.ready(fresh)
            self._check(fresh, ready)
            if not self.files.take(ready.values(), user=user):
                # Deleted between the look and the update: the next run says which.
                raise RunAgain
        dropped = [file_id for key, file_id in current.items() if key not in wanted]
        if dropped:
            self.files.give_back(dropped, user=user)

    @transactional
    def keep(self, keys: Collection[str], *, user: str) -> None:
        """Add to what `user` uses; what cannot be used is passed over."""
        fresh = set(keys) - self.files.used_by(user, among=keys).keys() if keys else set[str]()
        ready = self.files.ready(fresh) if fresh else {}
        if ready and not self.files.take(ready.values(), user=user):
            raise RunAgain

    def check(self, keys: Collection[str]) -> None:
        """Raises `UnknownMedia` unless all of them can be used now; only `use` makes sure that they stay."""
        self._check(set(keys), self.files.ready(set(keys)))

    def _check(self, wanted: Collection[str], ready: Collection[str]) -> None:
        missing = sorted(set(wanted) - set(ready))
        if missing:
            raise UnknownMedia(keys=", ".join(missing), errors={"media": missing})

"""What other contexts and the workers may ask of media."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from backend.media.domain.error import UnknownMedia
from backend.media.wiring import services

__all__ = [
    "UnknownMedia",
    "check",
    "exists",
    "keep",
    "keys_in",
    "look_after",
    "make_variants",
    "resume",
    "sweep",
    "url",
    "urls_in",
    "use",
]


def url(reference: str, *, variant: str | None = None) -> str:
    """The absolute address of a stored reference; an http(s) address and "" come back as they are.

    `variant` (w200, w400, w800: pixels of width) is for pictures; addresses of others do not change. No SQL, and no
    request is needed: the answer may be cached as long as the settings stay.
    """
    return services().addresses.url(reference, variant=variant)


def urls_in(*, html: str) -> str:
    """HTML with the absolute addresses of the pictures that it names by reference. No SQL, as `url`."""
    return services().addresses.urls_in(html)


def keys_in(*, texts: Iterable[str | None]) -> set[str]:
    """The keys that are mentioned: by references, by addresses of this shop's own files, or by HTML with either.

    Addresses elsewhere, "" and None mention none. Whoever pasted an address instead of a reference uses the file too.
    """
    return services().addresses.keys_in(texts)


def use(*, keys: Collection[str], user: str) -> None:
    """`user` ("product:4150…") uses exactly these files from now on; none: no file at all.

    Joins the caller's transaction, which must fail when this raises `UnknownMedia`. Files in use are never deleted.
    """
    services().using.use(keys, user=user)


def keep(*, keys: Collection[str], user: str) -> None:
    """`user` uses these as well: pictures of what was bought, files of a change that waits. Those that are gone are
    passed over.
    """
    services().using.keep(keys, user=user)


def check(*, keys: Collection[str]) -> None:
    """Raises `UnknownMedia` naming those that cannot be used; `use` alone makes sure that they stay. One SQL."""
    services().using.check(keys)


def exists(*, key: str) -> bool:
    """True when the file can be used now."""
    try:
        services().using.check([key])
    except UnknownMedia:
        return False
    return True


def make_variants(*, file_id: int) -> None:
    """Make the smaller sizes of a picture; nothing happens when they are there. Opens transactions of its own."""
    services().shrinking.make(file_id=file_id)


def resume(*, now: datetime) -> int:
    """Ask again for files that were forgotten on their way; returns how many."""
    return services().shrinking.resume(now=now)


def look_after(*, file_id: int, now: datetime) -> None:
    """Bring one forgotten file to its end. Opens transactions of its own."""
    services().deleting.look_after(file_id=file_id, now=now)


def sweep(*, now: datetime) -> int:
    """Delete files that nobody has used for long; returns how many. Opens transactions of its own."""
    return services().deleting.sweep(now=now)

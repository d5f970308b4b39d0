"""What the sender saw and what there is now."""

from __future__ import annotations

from typing import Protocol

from backend.catalog.domain.error import StaleVersion


class Versioned(Protocol):
    """Anything that carries an optimistic version."""

    version: int


def check_version(entity: Versioned, sent: int | None) -> None:
    """Raises `StaleVersion` naming both versions; None: the sender did not look, so the last one wins."""
    compare(entity.version, sent)


def compare(current: int, sent: int | None) -> None:
    """As `check_version`, of the version alone."""
    if sent is not None and sent != current:
        both = {"sent": sent, "current": current}
        raise StaleVersion(**both, errors={"version": both})

"""Names that must differ: compared by a hash, so that no database's collation has a say."""

from __future__ import annotations

import hashlib


def name_key(name: str) -> str:
    """What two equal names share; upper and lower case are the same name."""
    return hashlib.sha256(name.strip().casefold().encode()).hexdigest()

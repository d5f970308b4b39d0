"""Values as people write them in a cell, and exactly: what the short form cannot say is written as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from backend.catalog.service.importing.fault import BadCell

V = TypeVar("V")


def exactly(value: V, short: str, parse: Callable[[str], V], plain: Any) -> str:
    """`short` when `parse` reads `value` from it, else `plain` (lists, texts) as JSON."""
    try:
        if parse(short) == value:
            return short
    except BadCell:
        pass
    return json.dumps(plain, ensure_ascii=False)


def pairs_in(cell: str) -> list[tuple[str, str]] | None:
    """The pairs of ``[["产地", "山东;烟台"]]``; None when it is not written so."""
    found = _list_in(cell)
    if found is None or not all(_is_texts(pair) and len(pair) == 2 for pair in found):
        return None
    return [(pair[0].strip(), pair[1].strip()) for pair in found]


def texts_in(cell: str) -> tuple[str, ...] | None:
    """The texts of ``["食品/饮料", "茶"]``; None when it is not written so."""
    found = _list_in(cell)
    return tuple(found) if found is not None and _is_texts(found) else None


def _list_in(cell: str) -> Sequence[Any] | None:
    if not cell.startswith("["):
        return None
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) and found else None


def _is_texts(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(text, str) for text in found)

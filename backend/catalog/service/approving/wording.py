"""Differences as people read them: names in place of ids, yuan in place of fen, both languages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from backend.approval import facade as approval
from backend.catalog.domain.error import CategoryNotFound
from backend.catalog.domain.spec import NamedValue
from backend.catalog.domain.status import ProductStatus
from backend.catalog.domain.tree import CategoryTree
from kit.domain.money import yuan_text

STATUS = {
    ProductStatus.DRAFT: "草稿 Draft",
    ProductStatus.ON_SALE: "在售 On sale",
    ProductStatus.OFF_SALE: "已下架 Off sale",
    ProductStatus.ARCHIVED: "已归档 Archived",
}
GONE = "已删除 Deleted"
_TAG = re.compile(r"<[^>]*>")
_SHOWN = 200


def change(field: str, zh: str, en: str, old: str | None, new: str | None) -> approval.Change:
    """A line of a difference."""
    return approval.Change(field=field, zh=zh, en=en, old=old, new=new)


def changed(lines: Iterable[approval.Change]) -> list[approval.Change]:
    """Those whose sides differ."""
    return [line for line in lines if line.old != line.new]


def percent_between(old_fen: int, new_fen: int) -> Decimal:
    """By how much a price goes up (> 0) or down. A price of 0 sold nothing: the first real one is no change."""
    return Decimal(new_fen - old_fen) * 100 / old_fen if old_fen else Decimal(0)


def repriced(old_fen: int, new_fen: int) -> str:
    """``11.61 (-10.00%)``."""
    if old_fen in (0, new_fen):
        return yuan_text(new_fen)
    return f"{yuan_text(new_fen)} ({percent_between(old_fen, new_fen):+.2f}%)"


def yuan(fen: int | None) -> str | None:
    """None: there is none."""
    return None if fen is None else yuan_text(fen)


def plain(value: Any) -> str | None:
    """Anything else; what is empty is not there."""
    return None if value is None or value == "" else str(value)


def pairs(values: Sequence[NamedValue]) -> str | None:
    """``产地: 山东; 净重: 5kg``."""
    return "; ".join(f"{name}: {value}" for name, value in values) or None


def path_of(tree: CategoryTree, category_id: int) -> str | None:
    """``生鲜/水果``; None for a category that was archived since."""
    try:
        return "/".join(tree.path(category_id))
    except CategoryNotFound:
        return None


def listed(values: Iterable[str]) -> str | None:
    """One per line."""
    return "\n".join(values) or None


def rich(detail: str) -> str | None:
    """The beginning of a detail without its markup, and how long it is: two that differ later differ here as well."""
    if not detail:
        return None
    text = html.unescape(" ".join(_TAG.sub(" ", detail).split()))
    return f"{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''} ({len(detail)} 字符 characters)"

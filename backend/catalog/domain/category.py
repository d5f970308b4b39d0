"""Categories: a tree of at most three levels."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code, UtcDateTime
from kit.domain.entity import Aggregate


class Category(Aggregate):
    """One node. Changed through `CategoryTree`, which knows its neighbours."""

    __tablename__ = "cat_category"

    parent_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("cat_category.id"))
    name: Mapped[str] = mapped_column(String(50))
    sort_order: Mapped[int] = mapped_column(Integer)
    image_url: Mapped[str] = mapped_column(String(500))
    # Hidden: customers see neither it nor what is below it in the tree; its products can still be found.
    shown: Mapped[bool] = mapped_column(Boolean, default=True)
    # Unique among live siblings: NULL, which never collides, once archived; a hash, so that no collation has a say.
    live_key: Mapped[str | None] = mapped_column(Code(64), unique=True)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def archive(self, *, at: datetime) -> None:
        """归档: `CategoryTree` and the service have made sure that nothing hangs on it."""
        self.archived_at = at
        self.live_key = None


def live_key(parent_id: int | None, name: str) -> str:
    """What two live siblings of the same name would share; upper and lower case are the same name."""
    return hashlib.sha256(f"{parent_id or 0}/{name.casefold()}".encode()).hexdigest()

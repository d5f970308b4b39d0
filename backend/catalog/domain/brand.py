"""Brands (品牌)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.naming import name_key
from kit.db.types import Code, UtcDateTime
from kit.domain.entity import Aggregate


class Brand(Aggregate):
    """Products carry its id, and its name as a snapshot that a renaming brings up to date."""

    __tablename__ = "cat_brand"

    name: Mapped[str] = mapped_column(String(60))
    # Unique among live brands: NULL, which never collides, once archived.
    live_key: Mapped[str | None] = mapped_column(Code(64), unique=True)
    logo: Mapped[str] = mapped_column(String(500), default="")
    description: Mapped[str] = mapped_column(String(1000), default="")
    sort_order: Mapped[int] = mapped_column(Integer, default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def called(cls, name: str) -> Brand:
        """A new brand of which only the name is known."""
        return cls(name=name, live_key=name_key(name))

    def describe(self, *, name: str, logo: str, description: str, sort_order: int) -> None:
        """Become what staff say."""
        self.name, self.live_key = name, name_key(name)
        self.logo, self.description, self.sort_order = logo, description, sort_order

    def archive(self, *, at: datetime) -> None:
        """归档: the service has made sure that no live product carries it."""
        self.archived_at = at
        self.live_key = None

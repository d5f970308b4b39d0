"""Brands (品牌)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.naming import name_key
from backend.catalog.domain.said import UNSAID, Unsaid, take_said
from kit.db.types import Code, UtcDateTime
from kit.domain.entity import Aggregate


@dataclass(frozen=True, kw_only=True)
class BrandFacts:
    """What staff say about a brand; UNSAID: stays as it is."""

    name: str
    logo: str | Unsaid = UNSAID
    description: str | Unsaid = UNSAID
    sort_order: int | Unsaid = UNSAID


class Brand(Aggregate):
    """Products carry its id, and its name as a snapshot that a renaming brings up to date."""

    __tablename__ = "cat_brand"
    __table_args__ = (Index("ix_cat_brand_sort_order", "sort_order", "id"),)

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

    def describe(self, facts: BrandFacts) -> None:
        """Become what staff say."""
        take_said(self, facts)
        self.live_key = name_key(facts.name)

    def archive(self, *, at: datetime) -> None:
        """归档: the service has made sure that no live product carries it."""
        self.archived_at = at
        self.live_key = None

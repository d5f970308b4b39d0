"""What customers searched for, and the words the shop offers them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import EnumText, ExactText, UtcDateTime
from kit.domain.entity import Entity, Identified

WORDS_LENGTH = 60


class SearchCount(Identified, Entity):
    """One question on one day (yyyymmdd in the shop's zone): how often, and how often without a hit."""

    __tablename__ = "cat_search_count"
    __table_args__ = (
        UniqueConstraint("day", "words"),
        CheckConstraint("times > 0 AND missed >= 0 AND missed <= times", name="counts_fit"),
        Index("ix_cat_search_count_missed", "day", "missed", "id"),
    )

    day: Mapped[int] = mapped_column(Integer)
    words: Mapped[str] = mapped_column(ExactText(WORDS_LENGTH))
    times: Mapped[int] = mapped_column(Integer)
    missed: Mapped[int] = mapped_column(Integer)
    # Hits on the first page when it was last asked.
    last_results: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WordKind(StrEnum):
    """Arranged by staff (热搜词), hidden by staff, or learned: a brand, a category, often searched for."""

    ARRANGED = "arranged"
    HIDDEN = "hidden"
    BRAND = "brand"
    CATEGORY = "category"
    SEARCHED = "searched"


LEARNED = (WordKind.BRAND, WordKind.CATEGORY, WordKind.SEARCHED)


class SearchWord(Identified, Entity):
    """A word to offer while somebody types, or before. `folded` is what its beginning is compared with."""

    __tablename__ = "cat_search_word"
    __table_args__ = (
        UniqueConstraint("kind", "folded"),
        Index("ix_cat_search_word_folded", "folded"),
        Index("ix_cat_search_word_rank", "kind", "weight", "id"),
    )

    kind: Mapped[WordKind] = mapped_column(EnumText(WordKind, "kind"))
    folded: Mapped[str] = mapped_column(ExactText(WORDS_LENGTH))
    word: Mapped[str] = mapped_column(String(WORDS_LENGTH))
    # How often it was searched in seven days; arranged words count down from the first.
    weight: Mapped[int] = mapped_column(Integer)

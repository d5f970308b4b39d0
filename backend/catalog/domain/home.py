"""The first screen as staff arrange it (首页装修)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalog.domain.error import SlotMalformed
from kit.db.types import BigId, EnumText, UtcDateTime
from kit.domain.entity import Aggregate
from kit.domain.words import Words

# Of one section.
MAX_SLOTS = 50


class HomeSection(StrEnum):
    """轮播图, 分类, 热卖, 新品, 推荐."""

    BANNERS = "banners"
    CATEGORIES = "categories"
    HOT = "hot"
    NEWEST = "newest"
    RECOMMENDED = "recommended"


class LinkTarget(StrEnum):
    """What a tap leads to: nowhere, a product, a category, or a page of the mini-program by its path."""

    NONE = "none"
    PRODUCT = "product"
    CATEGORY = "category"
    PAGE = "page"


# What may stand in a section; a banner may lead anywhere.
_TARGETS: dict[HomeSection, frozenset[LinkTarget]] = {
    HomeSection.BANNERS: frozenset(LinkTarget),
    HomeSection.CATEGORIES: frozenset({LinkTarget.CATEGORY}),
    HomeSection.HOT: frozenset({LinkTarget.PRODUCT}),
    HomeSection.NEWEST: frozenset({LinkTarget.PRODUCT}),
    HomeSection.RECOMMENDED: frozenset({LinkTarget.PRODUCT}),
}

_TARGET = Words("{section} 区块只能链接到：{targets}", "In {section}: {targets}.")
_TARGET_ID = Words("链接到商品或类目时必填，其他情况须为空", "Exactly for target product and category.")
_PAGE = Words("链接到页面时必填，其他情况须为空", "Exactly for target page.")
_IMAGE = Words("横幅必须有图片", "A banner is a picture; send one.")
_SHOWN_UNTIL = Words("须晚于 shown_from", "Must be after shown_from.")


@dataclass(frozen=True, kw_only=True)
class SlotFacts:
    """What staff say about a place. Raises `SlotMalformed`."""

    section: HomeSection
    target: LinkTarget
    position: int = 0
    title: str = ""
    image: str = ""
    target_id: int | None = None
    page: str = ""
    shown_from: datetime | None = None
    shown_until: datetime | None = None

    def __post_init__(self) -> None:
        flaws = dict(self._flaws())
        if flaws:
            raise SlotMalformed(errors=flaws)

    def _flaws(self) -> Iterator[tuple[str, list[Words]]]:
        if self.target not in _TARGETS[self.section]:
            yield "target", [_TARGET.format(section=self.section, targets=", ".join(sorted(_TARGETS[self.section])))]
        if (self.target in {LinkTarget.PRODUCT, LinkTarget.CATEGORY}) is not (self.target_id is not None):
            yield "target_id", [_TARGET_ID]
        if (self.target is LinkTarget.PAGE) is not bool(self.page):
            yield "page", [_PAGE]
        if self.section is HomeSection.BANNERS and not self.image:
            yield "image", [_IMAGE]
        if self.shown_from and self.shown_until and self.shown_from >= self.shown_until:
            yield "shown_until", [_SHOWN_UNTIL]


class HomeSlot(Aggregate):
    """One place in a section. `target_id` is a product's or a category's: no foreign key, what is gone is skipped."""

    __tablename__ = "cat_home_slot"
    __table_args__ = (
        Index("ix_cat_home_slot_section", "section", "position", "id"),
        Index("ix_cat_home_slot_due_at", "due_at"),
    )

    section: Mapped[HomeSection] = mapped_column(EnumText(HomeSection, "section"))
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(60), default="")
    image: Mapped[str] = mapped_column(String(500), default="")
    target: Mapped[LinkTarget] = mapped_column(EnumText(LinkTarget, "target"))
    target_id: Mapped[int | None] = mapped_column(BigId)
    page: Mapped[str] = mapped_column(String(300), default="")
    shown_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The next moment at which what customers see changes by itself; NULL: never.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def arrange(self, facts: SlotFacts, *, at: datetime) -> None:
        """Become what staff say."""
        for name, value in vars(facts).items():
            setattr(self, name, value)
        self.due_at = next_moment(self.shown_from, self.shown_until, at=at)


def next_moment(shown_from: datetime | None, shown_until: datetime | None, *, at: datetime) -> datetime | None:
    """When a slot comes or goes by itself the next time after `at`."""
    return min((moment for moment in (shown_from, shown_until) if moment is not None and moment > at), default=None)

"""Products (SPU): what customers look at, with the SKUs they buy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from backend.catalog.domain.error import (
    NotAllowedNow,
    NothingToSell,
    PriceMissing,
    PriceOutOfRange,
    SpecRepeated,
    TooManySkus,
    UnknownSku,
)
from backend.catalog.domain.facts import ProductFacts, SkuLine, check_matrix
from backend.catalog.domain.price_change import PriceChange
from backend.catalog.domain.pricing import PriceRule, Repriced
from backend.catalog.domain.said import UNSAID, said
from backend.catalog.domain.schedule import Scheduled
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.spec import MAX_SKUS, as_json, from_json
from backend.catalog.domain.status import TRANSITIONS, ProductStatus
from backend.catalog.domain.tag import ProductTag
from backend.catalog.events import ProductsChanged
from kit.db.types import BigId, Code, EnumText, Fen, LongText, Tally, UtcDateTime
from kit.domain.entity import Aggregate
from kit.domain.identity import new_id
from kit.domain.words import Words

_WOULD_COST = Words("算出的价格为 {fen} 分，请修改规则", "The price would be {fen} fen; change the rule.")

_EDITED, _MOVED = Words("编辑", "edited"), Words("移动类目", "moved")
_BECOMES = {
    ProductStatus.ON_SALE: Words("上架", "put on sale"),
    ProductStatus.OFF_SALE: Words("下架", "taken off sale"),
    ProductStatus.ARCHIVED: Words("归档", "archived"),
}


class Product(Scheduled, Aggregate):
    """A product and its SKUs change together, under one version."""

    __tablename__ = "cat_product"
    __table_args__ = (
        CheckConstraint("min_price_fen >= 0", name="min_price_not_negative"),
        Index("ix_cat_product_shelf", "status", "id"),
        Index("ix_cat_product_category_shelf", "category_id", "status", "id"),
        Index("ix_cat_product_brand_shelf", "brand_id", "status", "id"),
        Index("ix_cat_product_due_at", "due_at"),
        # Staff's lists, in every state.
        Index("ix_cat_product_category_id", "category_id", "id"),
        Index("ix_cat_product_brand_id", "brand_id", "id"),
        CheckConstraint("sales >= 0", name="sales_not_negative"),
    )

    code: Mapped[str] = mapped_column(Code(64), unique=True)
    category_id: Mapped[int] = mapped_column(BigId, ForeignKey("cat_category.id"))
    title: Mapped[str] = mapped_column(String(200))
    # The brand's name as it is today: renaming a brand brings it up to date in one statement.
    brand: Mapped[str] = mapped_column(String(60))
    brand_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("cat_brand.id"))
    selling_point: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20))
    image_url: Mapped[str] = mapped_column(String(500))
    gallery: Mapped[list[str]] = mapped_column(JSON)
    parameters: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    # Clean HTML; deferred, because lists and imports load products by the hundred.
    detail: Mapped[str] = mapped_column(LongText, default="", deferred=True)
    video: Mapped[str] = mapped_column(String(500), default="")
    origin: Mapped[str] = mapped_column(String(60), default="")
    freight_class: Mapped[str] = mapped_column(Code(30), default="")
    # Larger stands further in front.
    sort_weight: Mapped[int] = mapped_column(Integer, default=0)
    status: Mapped[ProductStatus] = mapped_column(EnumText(ProductStatus, "status"))
    # The lowest price of a live SKU, for lists; None without one.
    min_price_fen: Mapped[int | None] = mapped_column(Fen)
    # Projections, written by statements without a version: any live SKU is in stock; units sold, returns not counted.
    in_stock: Mapped[bool] = mapped_column(Boolean, default=False)
    sales: Mapped[int] = mapped_column(Tally, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    skus: Mapped[list[Sku]] = relationship(lazy="selectin", order_by=Sku.position, cascade="all, delete-orphan")
    tags: Mapped[list[ProductTag]] = relationship(cascade="all, delete-orphan")
    price_changes: WriteOnlyMapped[PriceChange] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @classmethod
    def draft(cls, code: str, facts: ProductFacts, lines: Sequence[SkuLine], *, by: str, at: datetime) -> Product:
        """A new product, not on sale yet."""
        product = cls(id=new_id(), code=code, status=ProductStatus.DRAFT, created_at=at)
        product.edit(facts, lines, by=by, at=at)
        return product

    def live_skus(self) -> list[Sku]:
        """The SKUs that are part of the product now, in order of display."""
        return sorted((sku for sku in self.skus if sku.is_live), key=lambda sku: sku.position)

    def facts(self) -> ProductFacts:
        """What is known of it, as a value."""
        return ProductFacts(
            category_id=self.category_id,
            title=self.title,
            brand=self.brand,
            selling_point=self.selling_point,
            unit=self.unit,
            image_url=self.image_url,
            gallery=tuple(self.gallery),
            parameters=from_json(self.parameters),
            brand_id=self.brand_id,
            detail=self.detail,
            video=self.video,
            origin=self.origin,
            freight_class=self.freight_class,
            sort_weight=self.sort_weight,
            tag_ids=frozenset(worn.tag_id for worn in self.tags),
        )

    def lines(self) -> list[SkuLine]:
        """Its live SKUs as an edit that changes nothing would name them."""
        return [SkuLine(sku_id=sku.id, facts=sku.facts()) for sku in self.live_skus()]

    def can_edit(self) -> bool:
        """Archived is for good."""
        return self.status is not ProductStatus.ARCHIVED

    def edit(self, facts: ProductFacts, lines: Sequence[SkuLine], *, by: str, at: datetime, reason: str = "") -> bool:
        """Become what `facts` and `lines` say; SKUs without a line are archived. False when nothing changed.

        Every price that becomes another is remembered, with who did it and the `reason`.

        Raises `NotAllowedNow`, `UnknownSku`, `SpecRepeated`, `SpecNamesDiffer`; on sale also `NothingToSell`,
        `PriceMissing`.
        """
        self._check_editable(_EDITED)
        check_matrix(lines)
        before = self._prices()
        changed = [self._describe(facts), self._wear(facts), self._arrange(lines, at)]
        if not any(changed):
            return False
        self._settle(before, by=by, at=at, reason=reason)
        return True

    def add_skus(self, fresh: Sequence[SkuLine], *, by: str, at: datetime) -> bool:
        """Those of `fresh` whose spec no live SKU has, behind the others; what is there stays. False: all were there.

        Raises `NotAllowedNow`, `TooManySkus`, `SpecNamesDiffer`; on sale also `PriceMissing`.
        """
        self._check_editable(_EDITED)
        known = {sku.spec_key for sku in self.live_skus()}
        missing = [line for line in fresh if line.facts.spec.key not in known]
        if not missing:
            return False
        lines = [*self.lines(), *missing]
        if len(lines) > MAX_SKUS:
            raise TooManySkus(maximum=MAX_SKUS, wanted=len(lines))
        check_matrix(lines)
        before = self._prices()
        self._arrange(lines, at)
        self._settle(before, by=by, at=at, reason="")
        return True

    def reprice(self, rule: PriceRule, *, by: str, at: datetime, reason: str) -> list[Repriced]:
        """The price of every live SKU becomes what `rule` says; what changed and what did not.

        Raises `NotAllowedNow`, `PriceOutOfRange`; on sale also `PriceMissing`.
        """
        self._check_editable(_EDITED)
        before = self._prices()
        repriced = [
            Repriced(
                sku_id=sku.id,
                sku_code=sku.code,
                spec_text=sku.spec_text,
                old_price_fen=sku.price_fen,
                new_price_fen=rule.price_of(sku.price_fen),
            )
            for sku in self.live_skus()
        ]
        wrong = {
            item.sku_code: [_WOULD_COST.format(fen=item.new_price_fen)] for item in repriced if not item.is_possible
        }
        if wrong:
            raise PriceOutOfRange(errors=wrong)
        if any(item.changes for item in repriced):
            for sku, item in zip(self.live_skus(), repriced, strict=True):
                sku.price_fen = item.new_price_fen
            self._settle(before, by=by, at=at, reason=reason)
        return repriced

    def move_to(self, category_id: int, *, at: datetime) -> None:
        """Into another category, which the service holds. Raises `NotAllowedNow`."""
        self._check_editable(_MOVED)
        if self.category_id != category_id:
            self.category_id = category_id
            self._touch(at)

    def _check_editable(self, wanted: Words) -> None:
        if not self.can_edit():
            raise NotAllowedNow(status=self.status, wanted=wanted)

    def _settle(self, before: Mapping[int, tuple[int, int | None]], *, by: str, at: datetime, reason: str) -> None:
        if self.status is ProductStatus.ON_SALE:
            self._check_sellable()
        self.min_price_fen = min((sku.price_fen for sku in self.live_skus()), default=None)
        self._touch(at)
        self._remember_prices(before, by=by, at=at, reason=reason)

    def can_put_on_sale(self) -> bool:
        """Draft or off sale, with something to sell at a price."""
        live = self.live_skus()
        return self._may_become(ProductStatus.ON_SALE) and bool(live) and all(sku.price_fen > 0 for sku in live)

    def put_on_sale(self, *, at: datetime) -> None:
        """上架. Raises `NotAllowedNow`, `NothingToSell`, `PriceMissing`."""
        self._check_may_become(ProductStatus.ON_SALE)
        self._check_sellable()
        self._become(ProductStatus.ON_SALE, at)
        self._schedule(None, self.off_sale_at)

    def can_take_off_sale(self) -> bool:
        """Only what is on sale."""
        return self._may_become(ProductStatus.OFF_SALE)

    def take_off_sale(self, *, at: datetime) -> None:
        """下架. Raises `NotAllowedNow`."""
        self._become(ProductStatus.OFF_SALE, at)
        self._schedule(self.on_sale_at, None)

    def can_archive(self) -> bool:
        """Anything that is not on sale."""
        return self._may_become(ProductStatus.ARCHIVED)

    def archive(self, *, at: datetime) -> None:
        """归档: gone for customers and staff, kept for old orders. Raises `NotAllowedNow`."""
        self._become(ProductStatus.ARCHIVED, at)
        self._schedule(None, None)
        for sku in self.skus:
            sku.bar_code = None

    def can_erase(self) -> bool:
        """What is on the shelf no more, and was never sold; inventory says whether it was ever ordered."""
        return self.status is not ProductStatus.ON_SALE and self.sales == 0

    def _may_become(self, status: ProductStatus) -> bool:
        return status in TRANSITIONS[self.status]

    def _check_may_become(self, status: ProductStatus) -> None:
        if not self._may_become(status):
            raise NotAllowedNow(status=self.status, wanted=_BECOMES[status])

    def _become(self, status: ProductStatus, at: datetime) -> None:
        self._check_may_become(status)
        self.status = status
        self._touch(at)

    def _touch(self, at: datetime) -> None:
        self.updated_at = at
        self.record(ProductsChanged(product_ids=(self.id,)), at=at)

    def _check_sellable(self) -> None:
        live = self.live_skus()
        if not live:
            raise NothingToSell
        if any(sku.price_fen == 0 for sku in live):
            raise PriceMissing.naming(*(sku.code for sku in live if sku.price_fen == 0))

    def _describe(self, facts: ProductFacts) -> bool:
        wanted = said(facts) | {"gallery": list(facts.gallery), "parameters": as_json(facts.parameters)}
        wanted.pop("tag_ids", None)
        changed = {name: value for name, value in wanted.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        return bool(changed)

    def _wear(self, facts: ProductFacts) -> bool:
        if facts.tag_ids is UNSAID:
            return False
        worn = {worn.tag_id: worn for worn in self.tags}
        for tag_id in worn.keys() - facts.tag_ids:
            self.tags.remove(worn[tag_id])
        fresh = sorted(facts.tag_ids - worn.keys())
        self.tags.extend(ProductTag(product_id=self.id, tag_id=tag_id) for tag_id in fresh)
        return worn.keys() != facts.tag_ids

    def _arrange(self, lines: Sequence[SkuLine], at: datetime) -> bool:
        left_over = {sku.id: sku for sku in self.live_skus()}
        archived = {sku.spec_key: sku for sku in self.skus if not sku.is_live}
        changed = False
        for position, line in enumerate(lines, start=1):
            namesake = archived.get(line.facts.spec.key)
            if line.sku_id is None:
                sku = namesake or self._new_sku()
            elif namesake is not None:
                raise SpecRepeated(text=line.facts.spec.text)
            elif (known := left_over.pop(line.sku_id, None)) is not None:
                sku = known
            else:
                raise UnknownSku(sku_id=line.sku_id)
            changed = sku.take(line.facts, position=position) or changed
        for sku in left_over.values():
            sku.archive(at=at)
        return changed or bool(left_over)

    def _prices(self) -> dict[int, tuple[int, int | None]]:
        """Archived SKUs too: one that comes back has had a price."""
        return {sku.id: (sku.price_fen, sku.list_price_fen) for sku in self.skus}

    def _remember_prices(
        self, before: Mapping[int, tuple[int, int | None]], *, by: str, at: datetime, reason: str
    ) -> None:
        for sku in self.skus:
            old = before.get(sku.id)
            if old is not None and old != (sku.price_fen, sku.list_price_fen):
                change = PriceChange(
                    product_id=self.id,
                    sku_id=sku.id,
                    old_price_fen=old[0],
                    new_price_fen=sku.price_fen,
                    old_list_price_fen=old[1],
                    new_list_price_fen=sku.list_price_fen,
                    actor=by,
                    reason=reason,
                    at=at,
                )
                self.price_changes.add(change)

    def _new_sku(self) -> Sku:
        number = 1 + max((sku.running_number for sku in self.skus), default=0)
        sku = Sku(id=new_id(), code=f"{self.code}-{number}", in_stock=False)
        self.skus.append(sku)
        return sku

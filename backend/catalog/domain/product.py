"""Products (SPU): what customers look at, with the SKUs they buy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.catalog.domain.error import NotAllowedNow, NothingToSell, PriceMissing, SpecRepeated, UnknownSku
from backend.catalog.domain.facts import ProductFacts, SkuLine, check_matrix
from backend.catalog.domain.sku import Sku
from backend.catalog.domain.spec import as_json
from backend.catalog.domain.status import TRANSITIONS, ProductStatus
from kit.db.types import BigId, Code, EnumText, Fen, UtcDateTime
from kit.domain.entity import Aggregate
from kit.domain.identity import new_id


class Product(Aggregate):
    """A product and its SKUs change together, under one version."""

    __tablename__ = "cat_product"
    __table_args__ = (
        CheckConstraint("min_price_fen >= 0", name="min_price_not_negative"),
        Index("ix_cat_product_shelf", "status", "id"),
        Index("ix_cat_product_category_shelf", "category_id", "status", "id"),
    )

    code: Mapped[str] = mapped_column(Code(64), unique=True)
    category_id: Mapped[int] = mapped_column(BigId, ForeignKey("cat_category.id"))
    title: Mapped[str] = mapped_column(String(200))
    brand: Mapped[str] = mapped_column(String(60))
    selling_point: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20))
    image_url: Mapped[str] = mapped_column(String(500))
    gallery: Mapped[list[str]] = mapped_column(JSON)
    parameters: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    status: Mapped[ProductStatus] = mapped_column(EnumText(ProductStatus, "status"))
    # The lowest price of a live SKU, for lists; None without one.
    min_price_fen: Mapped[int | None] = mapped_column(Fen)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    skus: Mapped[list[Sku]] = relationship(lazy="selectin", order_by=Sku.position, cascade="all, delete-orphan")

    @classmethod
    def draft(cls, code: str, facts: ProductFacts, lines: Sequence[SkuLine], *, at: datetime) -> Product:
        """A new product, not on sale yet."""
        product = cls(id=new_id(), code=code, status=ProductStatus.DRAFT, created_at=at)
        product.edit(facts, lines, at=at)
        return product

    def live_skus(self) -> list[Sku]:
        """The SKUs that are part of the product now, in order of display."""
        return sorted((sku for sku in self.skus if sku.is_live), key=lambda sku: sku.position)

    def can_edit(self) -> bool:
        """Archived is for good."""
        return self.status is not ProductStatus.ARCHIVED

    def edit(self, facts: ProductFacts, lines: Sequence[SkuLine], *, at: datetime) -> bool:
        """Become what `facts` and `lines` say; SKUs without a line are archived. False when nothing changed.

        Raises `NotAllowedNow`, `UnknownSku`, `SpecRepeated`, `SpecNamesDiffer`; on sale also `NothingToSell`,
        `PriceMissing`.
        """
        if not self.can_edit():
            raise NotAllowedNow(status=self.status, wanted="edited")
        check_matrix(lines)
        changed = [self._describe(facts), self._arrange(lines, at)]
        if not any(changed):
            return False
        if self.status is ProductStatus.ON_SALE:
            self._check_sellable()
        self.min_price_fen = min((sku.price_fen for sku in self.live_skus()), default=None)
        self.updated_at = at
        return True

    def can_put_on_sale(self) -> bool:
        """Draft or off sale, with something to sell at a price."""
        live = self.live_skus()
        return self._may_become(ProductStatus.ON_SALE) and bool(live) and all(sku.price_fen > 0 for sku in live)

    def put_on_sale(self, *, at: datetime) -> None:
        """上架. Raises `NotAllowedNow`, `NothingToSell`, `PriceMissing`."""
        self._become(ProductStatus.ON_SALE, at)
        self._check_sellable()

    def can_take_off_sale(self) -> bool:
        """Only what is on sale."""
        return self._may_become(ProductStatus.OFF_SALE)

    def take_off_sale(self, *, at: datetime) -> None:
        """下架. Raises `NotAllowedNow`."""
        self._become(ProductStatus.OFF_SALE, at)

    def can_archive(self) -> bool:
        """Anything that is not on sale."""
        return self._may_become(ProductStatus.ARCHIVED)

    def archive(self, *, at: datetime) -> None:
        """归档: gone for customers and staff, kept for old orders. Raises `NotAllowedNow`."""
        self._become(ProductStatus.ARCHIVED, at)

    def _may_become(self, status: ProductStatus) -> bool:
        return status in TRANSITIONS[self.status]

    def _become(self, status: ProductStatus, at: datetime) -> None:
        if not self._may_become(status):
            raise NotAllowedNow(status=self.status, wanted=status)
        self.status = status
        self.updated_at = at

    def _check_sellable(self) -> None:
        live = self.live_skus()
        if not live:
            raise NothingToSell
        if any(sku.price_fen == 0 for sku in live):
            raise PriceMissing(errors={sku.code: ["price_fen"] for sku in live if sku.price_fen == 0})

    def _describe(self, facts: ProductFacts) -> bool:
        wanted = vars(facts) | {"gallery": list(facts.gallery), "parameters": as_json(facts.parameters)}
        changed = {name: value for name, value in wanted.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        return bool(changed)

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
            sku.archived_at = at
        return changed or bool(left_over)

    def _new_sku(self) -> Sku:
        number = 1 + max((sku.running_number for sku in self.skus), default=0)
        sku = Sku(id=new_id(), code=f"{self.code}-{number}", in_stock=False)
        self.skus.append(sku)
        return sku

"""Stock per SKU and location, with the database as last word on what can be there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Index, Integer, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.types import BigId, Code, Fen, UtcDateTime
from kit.domain.entity import Entity

DEFAULT_LOCATION = 1
MAX_QUANTITY = 1_000_000_000
# 10 trillion yuan in one row: sums over any shop stay within BIGINT.
MAX_VALUE_FEN = 1_000_000_000_000_000


class StockItem(Entity):
    """A SKU as inventory knows it: id, and a snapshot of its code and title for people who read the ledger.

    `product_id` is what the SKUs of one product have in common; None for one that is no product's.
    """

    __tablename__ = "inv_item"
    __table_args__ = (Index("ix_inv_item_product_id", "product_id", "sku_id"),)

    sku_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    sku_code: Mapped[str] = mapped_column(Code(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    product_id: Mapped[int | None] = mapped_column(BigId)
    # Dated goods: every unit belongs to a batch.
    tracked: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False, server_default=false())


def _updated_at(context: object) -> datetime:
    moment: datetime = context.get_current_parameters()["updated_at"]  # type: ignore[attr-defined]  # SQLAlchemy types it not
    return moment


class Stock(Entity):
    """How much of a SKU is at a location. Moved by conditional updates or under its row lock (ADR 0005, ADR 0012).

    No version and no foreign key: one from the ledger onto these rows deadlocked 1,172 of 1,600 transactions.
    `sellable` and `tracked` are copies of the location's and the SKU's, so that an order asks no second table.
    """

    __tablename__ = "inv_stock"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("reserved <= on_hand", name="reserved_is_there"),
        CheckConstraint("expired >= 0", name="expired_not_negative"),
        CheckConstraint("expired <= on_hand", name="expired_is_there"),
        CheckConstraint("value_fen >= 0", name="value_not_negative"),
        CheckConstraint("minimum <= maximum", name="minimum_below_maximum"),
    )

    sku_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    location_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    on_hand: Mapped[int] = mapped_column(Integer)
    reserved: Mapped[int] = mapped_column(Integer)
    # On hand, past their date: booked by the sweep or by whoever comes first after `next_expiry_at`.
    expired: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    # What the goods here have cost, exactly; the moving average cost is value_fen / on_hand.
    value_fen: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    minimum: Mapped[int | None] = mapped_column(Integer)
    maximum: Mapped[int | None] = mapped_column(Integer)
    shelf: Mapped[str] = mapped_column(String(40), default="", server_default="")
    # The version of minimum, maximum and shelf: how often staff have set them. Goods that move leave it alone.
    arranged: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    sellable: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=True, server_default=true())
    tracked: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False, server_default=false())
    # available <= minimum, on_hand > maximum: kept so that the lists need no arithmetic over all rows.
    low: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False, server_default=false())
    over: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False, server_default=false())
    # Sum and number of all corrections (adjustments, posted counts): what a count needs to correct nothing twice.
    corrected: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    corrections: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    next_expiry_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    # The last time goods left for good, or came where there were none.
    idle_since: Mapped[datetime] = mapped_column(UtcDateTime, default=_updated_at)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"confirm_deleted_rows": False}


Index("ix_inv_stock_location_id", Stock.location_id, Stock.sku_id)
Index("ix_inv_stock_low", Stock.location_id, Stock.low, Stock.sku_id)
Index("ix_inv_stock_over", Stock.location_id, Stock.over, Stock.sku_id)
Index("ix_inv_stock_shelf", Stock.location_id, Stock.shelf, Stock.sku_id)
Index("ix_inv_stock_idle", Stock.location_id, Stock.idle_since, Stock.sku_id)

"""Staff routes of statistics."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from backend.inventory.domain.error import PeriodInvalid
from backend.inventory.permission import InventoryPermission
from backend.inventory.schema.statistics import (
    DaysSchema,
    DeadStockArguments,
    DeadStockSchema,
    LocationPageArguments,
    OperatorsSchema,
    PeriodArguments,
    ProductPeriodArguments,
    ProductsSchema,
    SkuCostSchema,
    SkuPeriodArguments,
    SkusSchema,
    TurnoverArguments,
    TurnoverSchema,
    ValueSchema,
)
from backend.inventory.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import requires

statistics = StaffBlueprint(
    "stock_statistics",
    __name__,
    description="库存统计 What moved, and what it is worth",
    tag="库存统计 Stock Statistics",
)


@statistics.route("/stock/statistics/days", methods=["GET"])
@requires(InventoryPermission.READ)
@raises(PeriodInvalid)
@statistics.arguments(SkuPeriodArguments, location="query")
@statistics.response(200, DaysSchema)
def count_stock_by_day(period: dict[str, Any]) -> Any:
    """In, out and corrected per day of the shop."""
    return {"items": services().statistics.by_day(**period, now=utc_now())}


@statistics.route("/stock/statistics/skus", methods=["GET"])
@requires(InventoryPermission.READ)
@raises(PeriodInvalid)
@statistics.arguments(ProductPeriodArguments, location="query")
@statistics.response(200, SkusSchema)
def count_stock_by_sku(period: dict[str, Any]) -> Any:
    """In, out and corrected per SKU: the 100 of which most left."""
    return {"items": services().statistics.by_sku(**period, now=utc_now())}


@statistics.route("/stock/statistics/products", methods=["GET"])
@requires(InventoryPermission.READ)
@raises(PeriodInvalid)
@statistics.arguments(PeriodArguments, location="query")
@statistics.response(200, ProductsSchema)
def count_stock_by_product(period: dict[str, Any]) -> Any:
    """In, out and corrected per product: the 100 of which most left."""
    return {"items": services().statistics.by_product(**period, now=utc_now())}


@statistics.route("/stock/statistics/operators", methods=["GET"])
@requires(InventoryPermission.READ)
@raises(PeriodInvalid)
@statistics.arguments(PeriodArguments, location="query")
@statistics.response(200, OperatorsSchema)
def count_stock_by_operator(period: dict[str, Any]) -> Any:
    """In, out and corrected per operator."""
    return {"items": services().statistics.by_operator(**period, now=utc_now())}


@statistics.route("/stock/statistics/turnover", methods=["GET"])
@requires(InventoryPermission.READ)
@raises(PeriodInvalid)
@statistics.arguments(TurnoverArguments, location="query")
@statistics.response(200, TurnoverSchema)
def show_stock_turnover(period: dict[str, Any]) -> Any:
    """How often the stock of a location, or of one SKU there, went (周转)."""
    turnover = services().statistics.turnover(**period, now=utc_now())
    both = {"turns_percent": turnover.turns_percent, "days_on_hand": turnover.days_on_hand}
    return asdict(turnover) | both


@statistics.route("/stock/statistics/value", methods=["GET"])
@requires(InventoryPermission.COST)
@statistics.response(200, ValueSchema)
def show_stock_value() -> Any:
    """What the stock has cost, per location (库存金额)."""
    return {"items": services().statistics.value()}


@statistics.route("/stock/statistics/costs", methods=["GET"])
@requires(InventoryPermission.COST)
@statistics.arguments(LocationPageArguments, location="query")
@statistics.response(200, page_of(SkuCostSchema))
def list_stock_costs(filters: dict[str, Any]) -> Any:
    """Worth and moving average cost per SKU, newest SKU first."""
    return services().statistics.costs(**filters)


@statistics.route("/stock/statistics/dead-stock", methods=["GET"])
@requires(InventoryPermission.READ)
@statistics.arguments(DeadStockArguments, location="query")
@statistics.response(200, page_of(DeadStockSchema))
def list_dead_stock(filters: dict[str, Any]) -> Any:
    """What is there and of which nothing has left for long (滞销), newest SKU first."""
    return services().statistics.dead(**filters, now=utc_now())

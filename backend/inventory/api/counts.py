"""Staff routes of stock-takes."""

from __future__ import annotations

from typing import Any

from backend.approval.facade import NobodyCanDecide
from backend.inventory.domain.error import (
    BatchNeeded,
    BatchNotTracked,
    CountIncomplete,
    CountLineNotFound,
    CountNotFound,
    CountNotOpen,
    GoodsPromised,
    LocationArchived,
    LocationNotFound,
    NothingCounted,
    NothingToCount,
    OutOfStock,
    QuantityTooLarge,
    UnknownSku,
    ValueTooLarge,
)
from backend.inventory.permission import InventoryPermission
from backend.inventory.schema.count import (
    CountArguments,
    CountFiguresSchema,
    CountLineArguments,
    CountLineSchema,
    CountSchema,
    NewCountSchema,
    PostingSchema,
)
from backend.inventory.schema.document import DocumentDetailSchema
from backend.inventory.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.idempotency import idempotent
from kit.api.raises import raises
from kit.api.waiting import answer_or_wait
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

counts = StaffBlueprint("stock_counts", __name__, description="盘点 Count sheets and posting", tag="盘点 Stocktakes")

_COUNT = "/stock/counts/<id:count_id>"


@counts.route("/stock/counts", methods=["GET"])
@requires(InventoryPermission.READ)
@counts.arguments(CountArguments, location="query")
@counts.response(200, page_of(CountSchema))
def list_counts(filters: dict[str, Any]) -> Any:
    """Count sheets (盘点单), newest first."""
    return services().papers.counts(**filters)


@counts.route("/stock/counts", methods=["POST"])
@requires(InventoryPermission.COUNT)
@raises(LocationNotFound, LocationArchived, NothingToCount)
@idempotent
@counts.arguments(NewCountSchema)
@counts.response(201, CountSchema)
def open_count(sheet: dict[str, Any]) -> Any:
    """Open a count sheet (盘点单): of some SKUs, of a shelf, or of a location. The books' figures are frozen on it."""
    return services().papers.count(services().counting.open(**sheet, operator=current_subject().actor, now=utc_now()))


@counts.route(_COUNT, methods=["GET"])
@requires(InventoryPermission.READ)
@raises(CountNotFound)
@counts.response(200, CountSchema)
def show_count(count_id: int) -> Any:
    """A count sheet (盘点单)."""
    return services().papers.count(count_id)


@counts.route(f"{_COUNT}/lines", methods=["GET"])
@requires(InventoryPermission.READ)
@raises(CountNotFound)
@counts.arguments(CountLineArguments, location="query")
@counts.response(200, page_of(CountLineSchema))
def list_count_lines(filters: dict[str, Any], count_id: int) -> Any:
    """Lines of a sheet in their order; differing=true shows the differences (盘点差异)."""
    return services().papers.count_lines(count_id, **filters)


@counts.route(f"{_COUNT}/lines", methods=["PUT"])
@requires(InventoryPermission.COUNT)
@raises(CountNotFound, CountNotOpen, CountLineNotFound, UnknownSku)
@idempotent
@counts.arguments(CountFiguresSchema)
@counts.response(204)
def enter_count(figures: dict[int, int], count_id: int) -> None:
    """Enter what was counted (录入盘点数), by the line numbers of the sheet.

    Each figure is held against the books of this moment: enter it where you count. A repetition with the same key, by
    a network that lost the answer, enters nothing again.
    """
    services().counting.enter(count_id, figures, operator=current_subject().actor, now=utc_now())


@counts.route(f"{_COUNT}/posting", methods=["POST"])
@requires(InventoryPermission.POST_COUNT)
@raises(
    CountNotFound,
    CountNotOpen,
    CountIncomplete,
    NothingCounted,
    UnknownSku,
    LocationArchived,
    GoodsPromised,
    OutOfStock,
    QuantityTooLarge,
    ValueTooLarge,
    BatchNeeded,
    BatchNotTracked,
    NobodyCanDecide,
)
@idempotent
@counts.arguments(PostingSchema)
@counts.may_wait
@counts.response(201, DocumentDetailSchema)
def post_count(posting: dict[str, Any], count_id: int) -> Any:
    """Book the differences (过账), once. Goods that moved since they were counted are taken into account.

    Rules about adjustments govern the differences as well and may make it wait: 202. Until somebody decides the sheet
    stays open; another figure outdates the request.
    """
    asked = services().counting.ask(count_id, **posting, operator=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, services().papers.document)


@counts.route(_COUNT, methods=["DELETE"])
@requires(InventoryPermission.COUNT)
@raises(CountNotFound, CountNotOpen)
@counts.response(204)
def cancel_count(count_id: int) -> None:
    """Give an open sheet up (作废); nothing is booked."""
    services().counting.cancel(count_id, operator=current_subject().actor, now=utc_now())

"""Staff routes of documents: whatever moves goods, and what was written."""

from __future__ import annotations

from typing import Any

from backend.approval.facade import NobodyCanDecide
from backend.inventory.domain.error import (
    BatchDatesCrossed,
    BatchMismatch,
    BatchNeeded,
    BatchNeverLeft,
    BatchNotFound,
    BatchNotTracked,
    DocumentNotFound,
    ExpiredOnArrival,
    GoodsPromised,
    LineRepeated,
    LocationArchived,
    LocationNotFound,
    MovementRepeated,
    NothingExpired,
    OutOfStock,
    QuantityTooLarge,
    ReturnedTooMuch,
    SameLocation,
    UnknownSku,
    ValueTooLarge,
    WrongLocation,
)
from backend.inventory.domain.paper import Paper
from backend.inventory.permission import InventoryPermission
from backend.inventory.schema.document import (
    AdjustmentSchema,
    DocumentArguments,
    DocumentDetailSchema,
    DocumentSchema,
    ExpiredSchema,
    InboundSchema,
    OutboundSchema,
    ReturnSchema,
    TransferSchema,
    WriteOffSchema,
)
from backend.inventory.service.returning import ReturnPaper
from backend.inventory.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.idempotency import idempotent
from kit.api.raises import raises
from kit.api.waiting import answer_or_wait
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

documents = StaffBlueprint(
    "stock_documents", __name__, description="库存单据 What staff did to the stock", tag="库存单据 Stock Documents"
)

# What any line can be refused for.
_ANY = (UnknownSku, LocationNotFound, LocationArchived, LineRepeated, BatchNotTracked, MovementRepeated)
_INCOMING = (*_ANY, BatchNeeded, BatchDatesCrossed, BatchMismatch, QuantityTooLarge, ValueTooLarge)
_OUTGOING = (*_ANY, BatchNotFound, OutOfStock)


def _paper(written: dict[str, Any]) -> Paper:
    """Signed by whoever sends it."""
    lines = tuple(written.pop("lines", ()))
    return Paper(lines=lines, operator=current_subject().actor, at=utc_now(), **written)


@documents.route("/stock/documents", methods=["GET"])
@requires(InventoryPermission.READ)
@documents.arguments(DocumentArguments, location="query")
@documents.response(200, page_of(DocumentSchema))
def list_stock_documents(filters: dict[str, Any]) -> Any:
    """All documents (库存单据), newest first."""
    return services().papers.documents(**filters)


@documents.route("/stock/documents/<id:document_id>", methods=["GET"])
@requires(InventoryPermission.READ)
@raises(DocumentNotFound)
@documents.response(200, DocumentDetailSchema)
def show_stock_document(document_id: int) -> Any:
    """A document with its lines; each line is a row of the movement log."""
    return services().papers.document(document_id)


@documents.route("/stock/inbound", methods=["POST"])
@requires(InventoryPermission.RECEIVE)
@raises(*_INCOMING, ExpiredOnArrival)
@idempotent
@documents.arguments(InboundSchema)
@documents.response(201, DocumentDetailSchema)
def book_inbound(inbound: dict[str, Any]) -> Any:
    """Goods come in (入库), with what they have cost and, where batches are tracked, their batch and dates."""
    return services().papers.document(services().documents.inbound(_paper(inbound)))


@documents.route("/stock/outbound", methods=["POST"])
@requires(InventoryPermission.ISSUE)
@raises(*_OUTGOING)
@idempotent
@documents.arguments(OutboundSchema)
@documents.response(201, DocumentDetailSchema)
def book_outbound(outbound: dict[str, Any]) -> Any:
    """Goods leave without an order (出库). Of dated goods the first to expire leave; expired ones never do."""
    return services().papers.document(services().documents.outbound(_paper(outbound)))


@documents.route("/stock/transfers", methods=["POST"])
@requires(InventoryPermission.TRANSFER)
@raises(*_OUTGOING, SameLocation, GoodsPromised, BatchMismatch, QuantityTooLarge, ValueTooLarge)
@idempotent
@documents.arguments(TransferSchema)
@documents.response(201, DocumentDetailSchema)
def book_transfer(transfer: dict[str, Any]) -> Any:
    """Goods go from one location to another (调拨), with their batches and their worth."""
    return services().papers.document(services().documents.transfer(_paper(transfer)))


@documents.route("/stock/adjustments", methods=["POST"])
@requires(InventoryPermission.ADJUST)
@raises(*_INCOMING, BatchNotFound, OutOfStock, GoodsPromised, NobodyCanDecide)
@idempotent
@documents.arguments(AdjustmentSchema)
@documents.may_wait
@documents.response(201, DocumentDetailSchema)
def book_adjustment(payload: dict[str, Any]) -> Any:
    """The books are put right (调整), by what is there minus what they say. Approval rules may make it wait: 202."""
    asked = services().adjusting.ask(payload, operator=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, services().papers.document)


@documents.route("/stock/write-offs", methods=["POST"])
@requires(InventoryPermission.WRITE_OFF)
@raises(*_OUTGOING, BatchNeeded, GoodsPromised, NobodyCanDecide)
@idempotent
@documents.arguments(WriteOffSchema)
@documents.may_wait
@documents.response(201, DocumentDetailSchema)
def book_write_off(payload: dict[str, Any]) -> Any:
    """Goods are broken, lost or past their date (报损). Dated goods name their batch.

    Rules about adjustments govern it as well and may make it wait: 202. `/stock/write-offs/expired` takes what has
    expired, and never waits.
    """
    asked = services().writing_off.ask(payload, operator=current_subject().actor, now=utc_now())
    return answer_or_wait(asked, services().papers.document)


@documents.route("/stock/write-offs/expired", methods=["POST"])
@requires(InventoryPermission.WRITE_OFF)
@raises(LocationNotFound, LocationArchived, NothingExpired, MovementRepeated, OutOfStock, GoodsPromised)
@idempotent
@documents.arguments(ExpiredSchema)
@documents.response(201, DocumentDetailSchema)
def write_off_expired(written: dict[str, Any]) -> Any:
    """Write off what has expired at a location (过期报损), up to 200 batches; what is promised stays."""
    return services().papers.document(services().documents.write_off_expired(_paper(written)))


@documents.route("/stock/returns", methods=["POST"])
@requires(InventoryPermission.RETURN)
@raises(*_INCOMING, ReturnedTooMuch, BatchNeverLeft, WrongLocation)
@idempotent
@documents.arguments(ReturnSchema)
@documents.response(201, DocumentDetailSchema)
def book_return(written: dict[str, Any]) -> Any:
    """Goods of an order come back (退货入库): what really came, sellable or damaged, never more than had left."""
    lines = tuple(written.pop("lines"))
    paper = ReturnPaper(lines=lines, operator=current_subject().actor, at=utc_now(), **written)
    return services().papers.document(services().returning.accept(paper))

"""Shapes of receipts and refunds for staff."""

from __future__ import annotations

from marshmallow import fields

from backend.payment.domain.receipt import Verdict
from backend.payment.domain.refund import RefundState
from kit.schema.base import OutputSchema
from kit.schema.fields import CodeLine, Id, Timestamp
from kit.schema.page import PageArguments


class ReceiptArguments(PageArguments):
    """Filters of the receipts."""

    verdict = fields.Enum(Verdict, by_value=True, load_default=None)
    subject = CodeLine(64, load_default=None, metadata={"example": "order:2611200830004821567890"})


class RefundArguments(PageArguments):
    """Filters of the refunds."""

    state = fields.Enum(RefundState, by_value=True, load_default=None)


class ReceiptSchema(OutputSchema):
    """Money that arrived."""

    id = Id()
    transaction_id = fields.String(
        metadata={"description": "WeChat's number (微信支付单号)", "example": "4200002618202611201234567890"}
    )
    out_trade_no = fields.String(metadata={"example": "2611201630004821567890-1"})
    subject = fields.String(allow_none=True, metadata={"example": "order:2611201630004821567890"})
    amount_fen = fields.Integer(metadata={"example": 3380})
    refunded_fen = fields.Integer(metadata={"description": "Of it, asked back so far", "example": 0})
    verdict = fields.Enum(Verdict, by_value=True, metadata={"description": "fits, or why it was refunded at once"})
    source = fields.String(metadata={"description": "notice or query", "example": "notice"})
    paid_at = Timestamp()
    created_at = Timestamp()


class RefundSchema(OutputSchema):
    """Money on its way back."""

    id = Id()
    reference = fields.String(metadata={"example": "receipt:4200002618202611201234567890"})
    subject = fields.String(allow_none=True, metadata={"example": "order:2611201630004821567890"})
    out_refund_no = fields.String(metadata={"example": "R41503612345679872-1"})
    transaction_id = fields.String(metadata={"example": "4200002618202611201234567890"})
    amount_fen = fields.Integer(metadata={"example": 3380})
    reason = fields.String(metadata={"example": "order closed"})
    state = fields.Enum(RefundState, by_value=True)
    last_answer = fields.String(allow_none=True, metadata={"example": "PROCESSING"})
    created_at = Timestamp()
    finished_at = Timestamp(allow_none=True)

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
    transaction_id = fields.String(metadata={"description": "WeChat's number (微信支付单号)"})
    out_trade_no = fields.String()
    subject = fields.String(allow_none=True)
    amount_fen = fields.Integer()
    refunded_fen = fields.Integer(metadata={"description": "Of it, asked back so far"})
    verdict = fields.Enum(Verdict, by_value=True, metadata={"description": "fits, or why it was refunded at once"})
    source = fields.String(metadata={"description": "notice or query"})
    paid_at = Timestamp()
    created_at = Timestamp()


class RefundSchema(OutputSchema):
    """Money on its way back."""

    id = Id()
    reference = fields.String()
    subject = fields.String(allow_none=True)
    out_refund_no = fields.String()
    transaction_id = fields.String()
    amount_fen = fields.Integer()
    reason = fields.String()
    state = fields.Enum(RefundState, by_value=True)
    last_answer = fields.String(allow_none=True)
    created_at = Timestamp()
    finished_at = Timestamp()

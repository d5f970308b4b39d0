"""Refunds: accepted as PROCESSING, finished later as SUCCESS, ABNORMAL or CLOSED. Amounts in fen."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kit.wechat.simulator.clock import rfc3339
from kit.wechat.simulator.errors import ControlError, PayError
from kit.wechat.simulator.transactions import Transaction

FINAL = ("SUCCESS", "ABNORMAL", "CLOSED")
MOST_PARTIAL_REFUNDS = 50
REFUNDABLE = timedelta(days=365)


@dataclass
class Refund:
    """`payer_refund` is the user's share; the rest of `refund` goes back to the voucher."""

    out_refund_no: str
    refund_id: str
    transaction: Transaction
    refund: int
    payer_refund: int
    notify_url: str
    create_time: datetime
    status: str = "PROCESSING"
    success_time: datetime | None = None

    def finish(self, state: str, now: datetime) -> None:
        """An ABNORMAL refund can still be put right; SUCCESS and CLOSED are final."""
        if state not in FINAL:
            raise ControlError(f"a refund ends as one of {', '.join(FINAL)}")
        if self.status not in ("PROCESSING", "ABNORMAL"):
            raise ControlError(f"refund {self.out_refund_no} is already {self.status}", 409)
        self.status = state
        self.success_time = now if state == "SUCCESS" else None

    def answer(self) -> dict[str, Any]:
        paid = self.transaction
        return self._common() | {
            "channel": "ORIGINAL",
            "create_time": rfc3339(self.create_time),
            "status": self.status,
            "funds_account": "AVAILABLE",
            "promotion_detail": [],
            "amount": {
                "total": paid.total,
                "refund": self.refund,
                "from": [],
                "payer_total": paid.payer_total,
                "payer_refund": self.payer_refund,
                "settlement_refund": self.refund,
                "settlement_total": paid.total,
                "discount_refund": self.refund - self.payer_refund,
                "currency": "CNY",
            },
        }

    def resource(self) -> dict[str, Any]:
        """The callback's: it has a mchid, `refund_status` for `status`, and a shorter amount."""
        paid = self.transaction
        return self._common() | {
            "mchid": paid.mchid,
            "refund_status": self.status,
            "amount": {
                "total": paid.total,
                "refund": self.refund,
                "payer_total": paid.payer_total,
                "payer_refund": self.payer_refund,
            },
        }

    def _common(self) -> dict[str, Any]:
        common: dict[str, Any] = {
            "refund_id": self.refund_id,
            "out_refund_no": self.out_refund_no,
            "transaction_id": self.transaction.transaction_id,
            "out_trade_no": self.transaction.out_trade_no,
            "user_received_account": "支付用户零钱",
        }
        return common | ({"success_time": rfc3339(self.success_time)} if self.success_time else {})


def accept(transaction: Transaction, earlier: list[Refund], body: dict[str, Any], now: datetime) -> Refund:
    """A new refund of `transaction`, or PayError. `earlier` are all its refunds so far."""
    asked = body["amount"]["refund"]
    standing = [refund for refund in earlier if refund.status != "CLOSED"]
    refunded = sum(refund.refund for refund in standing)
    if not transaction.paid or transaction.success_time is None:
        raise PayError("INVALID_REQUEST", "订单状态不允许退款")
    if body["amount"]["total"] != transaction.total:
        raise PayError("INVALID_REQUEST", "订单金额与支付时不一致")
    if refunded + asked > transaction.total:
        raise PayError("INVALID_REQUEST", "申请退款金额大于订单可退金额")
    if len(standing) >= MOST_PARTIAL_REFUNDS:
        raise PayError("INVALID_REQUEST", f"退款次数超过{MOST_PARTIAL_REFUNDS}次")
    if now - transaction.success_time > REFUNDABLE:
        raise PayError("INVALID_REQUEST", "订单已超过可退款期限")
    payer_refund = asked * transaction.payer_total // transaction.total
    if refunded + asked == transaction.total:
        # The last part takes what rounding left over, so that the user gets back exactly what they paid.
        payer_refund = transaction.payer_total - sum(refund.payer_refund for refund in standing)
    transaction.state = "REFUND"
    return Refund(
        out_refund_no=body["out_refund_no"],
        refund_id=f"503000{secrets.randbelow(10**5):05d}{now:%Y%m%d}{secrets.randbelow(10**10):010d}",
        transaction=transaction,
        refund=asked,
        payer_refund=payer_refund,
        notify_url=body.get("notify_url", ""),
        create_time=now,
    )

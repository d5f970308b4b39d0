"""A channel inside the process: for tests, and for development without WeChat's keys. Takes no real money."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from backend.payment.domain.port import (
    ChannelNotice,
    ChannelPayment,
    ChannelRefund,
    ChannelSaysNo,
    ForgedNotice,
    Identity,
    NoSuchOrder,
    Standing,
)
from kit.service.transaction import assert_no_transaction

T = TypeVar("T")


class MemoryChannel:
    """Keeps orders and refunds in dictionaries. `fail_next` makes the next call fail, before or after its effect."""

    def __init__(self, *, appid: str = "") -> None:
        self.identity = Identity(appid=appid, mchid="1900000001")
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.orders: dict[str, ChannelPayment] = {}
        self.refunds: dict[str, ChannelRefund] = {}
        self.calls: list[str] = []
        self._failures: list[tuple[Exception, bool]] = []

    def fail_next(self, error: Exception, *, after_effect: bool = False) -> None:
        """Queue a failure for the next call."""
        self._failures.append((error, after_effect))

    def pay(self, out_trade_no: str, *, amount_fen: int, transaction_id: str, paid_at: datetime) -> ChannelPayment:
        """Play the user who pays."""
        known = self.orders.get(out_trade_no) or self._order(out_trade_no)
        self.orders[out_trade_no] = replace(
            known, standing=Standing.PAID, amount_fen=amount_fen, transaction_id=transaction_id, paid_at=paid_at
        )
        return self.orders[out_trade_no]

    def prepay(
        self, *, out_trade_no: str, description: str, amount_fen: int, payer_openid: str, time_expire: datetime
    ) -> str:
        def place() -> str:
            self.orders.setdefault(out_trade_no, self._order(out_trade_no))
            return f"prepay-{out_trade_no}"

        return self._call("prepay", place)

    def payment_parameters(self, prepay_id: str) -> dict[str, str]:
        return {
            "appId": self.identity.appid,
            "timeStamp": "0",
            "nonceStr": "memory",
            "package": f"prepay_id={prepay_id}",
            "signType": "RSA",
            "paySign": "memory",
        }

    def query(self, out_trade_no: str) -> ChannelPayment:
        return self._call("query", lambda: self._known(out_trade_no))

    def close(self, out_trade_no: str) -> None:
        def close() -> None:
            known = self._known(out_trade_no)
            if known.standing in (Standing.PAID, Standing.REFUNDED):
                raise ChannelSaysNo("ORDERPAID", "the order is paid")
            self.orders[out_trade_no] = replace(known, standing=Standing.CLOSED)

        self._call("close", close)

    def submit_refund(
        self, *, out_refund_no: str, transaction_id: str, amount_fen: int, total_fen: int, reason: str
    ) -> ChannelRefund:
        def accept() -> ChannelRefund:
            fresh = ChannelRefund(out_refund_no=out_refund_no, status="PROCESSING")
            return self.refunds.setdefault(out_refund_no, fresh)

        return self._call("submit_refund", accept)

    def query_refund(self, out_refund_no: str) -> ChannelRefund:
        def find() -> ChannelRefund:
            if out_refund_no not in self.refunds:
                raise NoSuchOrder("RESOURCE_NOT_EXISTS", "unknown refund")
            return self.refunds[out_refund_no]

        return self._call("query_refund", find)

    def open_notice(self, headers: Mapping[str, str], body: bytes) -> ChannelNotice:
        raise ForgedNotice("the channel in memory sends no callbacks")

    def payment_in(self, notice: ChannelNotice) -> ChannelPayment:
        resource = dict(notice.resource)
        paid_at = datetime.fromisoformat(resource.pop("paid_at"))
        return ChannelPayment(**resource | {"standing": Standing(resource["standing"]), "paid_at": paid_at})

    def refund_in(self, notice: ChannelNotice) -> ChannelRefund:
        return ChannelRefund(**notice.resource)

    def _order(self, out_trade_no: str) -> ChannelPayment:
        return ChannelPayment(
            out_trade_no=out_trade_no, standing=Standing.UNPAID, appid=self.identity.appid, mchid=self.identity.mchid
        )

    def _known(self, out_trade_no: str) -> ChannelPayment:
        if out_trade_no not in self.orders:
            raise NoSuchOrder("ORDER_NOT_EXIST", "unknown order")
        return self.orders[out_trade_no]

    def _call(self, name: str, effect: Callable[[], T]) -> T:
        assert_no_transaction()
        self.calls.append(name)
        error, after_effect = self._failures.pop(0) if self._failures else (None, False)
        if error is not None and not after_effect:
            raise error
        answer = effect()
        if error is not None:
            raise error
        return answer


def as_resource(payment: ChannelPayment) -> dict[str, object]:
    """A payment as the resource of a notice: JSON-ready."""
    fields = payment.__dict__ | {"paid_at": payment.paid_at.isoformat() if payment.paid_at else None}
    resource: dict[str, object] = json.loads(json.dumps(fields))
    return resource

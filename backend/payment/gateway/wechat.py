"""WeChat Pay v3 as our payment channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from backend.payment.domain.port import (
    ChannelNotice,
    ChannelPayment,
    ChannelRefund,
    ChannelSaysNo,
    ChannelSilent,
    ForgedNotice,
    Identity,
    NoSuchOrder,
    Standing,
)
from kit.service.transaction import assert_no_transaction
from kit.wechat.pay.client import PrepayOrder, RefundOrder, WechatPayClient
from kit.wechat.pay.error import NoticeRefused, OutcomeUnknown, Refused
from kit.wechat.pay.notice import open_notice
from kit.wechat.pay.resource import Refund, Transaction, read_refund, read_transaction

T = TypeVar("T")

_UNKNOWN_NUMBER = ("ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS")
_STANDINGS = {
    "SUCCESS": Standing.PAID,
    "REFUND": Standing.REFUNDED,
    "CLOSED": Standing.CLOSED,
    "REVOKED": Standing.CLOSED,
}


class WechatPayChannel:
    """Translates between our words and WeChat's; nothing else."""

    def __init__(self, client: WechatPayClient, *, payment_notify_url: str, refund_notify_url: str) -> None:
        self._client = client
        self._payment_notify_url = payment_notify_url
        self._refund_notify_url = refund_notify_url
        self.identity = Identity(appid=client.merchant.appid, mchid=client.merchant.mchid)

    def prepay(
        self, *, out_trade_no: str, description: str, amount_fen: int, payer_openid: str, time_expire: datetime
    ) -> str:
        order = PrepayOrder(
            out_trade_no=out_trade_no,
            description=description,
            amount_fen=amount_fen,
            payer_openid=payer_openid,
            time_expire=time_expire,
            notify_url=self._payment_notify_url,
        )
        return _asked(lambda: self._client.prepay(order))

    def payment_parameters(self, prepay_id: str) -> dict[str, str]:
        return self._client.payment_parameters(prepay_id)

    def query(self, out_trade_no: str) -> ChannelPayment:
        return _payment(_asked(lambda: self._client.query(out_trade_no)))

    def close(self, out_trade_no: str) -> None:
        _asked(lambda: self._client.close(out_trade_no))

    def submit_refund(
        self, *, out_refund_no: str, transaction_id: str, amount_fen: int, total_fen: int, reason: str
    ) -> ChannelRefund:
        order = RefundOrder(
            out_refund_no=out_refund_no,
            transaction_id=transaction_id,
            refund_fen=amount_fen,
            total_fen=total_fen,
            reason=reason,
            notify_url=self._refund_notify_url,
        )
        return _refund(_asked(lambda: self._client.refund(order)))

    def query_refund(self, out_refund_no: str) -> ChannelRefund:
        return _refund(_asked(lambda: self._client.query_refund(out_refund_no)))

    def open_notice(self, headers: Mapping[str, str], body: bytes) -> ChannelNotice:
        try:
            notice = open_notice(headers, body, keys=self._client.keys, apiv3_key=self._client.merchant.apiv3_key)
        except NoticeRefused as error:
            raise ForgedNotice(str(error)) from None
        return ChannelNotice(notice_id=notice.id, event_type=notice.event_type, resource=notice.resource)

    def payment_in(self, notice: ChannelNotice) -> ChannelPayment:
        return _payment(read_transaction(notice.resource))

    def refund_in(self, notice: ChannelNotice) -> ChannelRefund:
        return _refund(read_refund(notice.resource))


def _asked(call: Callable[[], T]) -> T:
    assert_no_transaction()
    try:
        return call()
    except OutcomeUnknown as error:
        raise ChannelSilent(str(error)) from error
    except Refused as error:
        kind = NoSuchOrder if error.code in _UNKNOWN_NUMBER else ChannelSaysNo
        raise kind(error.code, str(error)) from error


def _payment(transaction: Transaction) -> ChannelPayment:
    return ChannelPayment(
        out_trade_no=transaction.out_trade_no,
        standing=_STANDINGS.get(transaction.trade_state, Standing.UNPAID),
        appid=transaction.appid,
        mchid=transaction.mchid,
        transaction_id=transaction.transaction_id or "",
        amount_fen=transaction.total_fen or 0,
        currency=transaction.currency,
        paid_at=transaction.success_time,
    )


def _refund(refund: Refund) -> ChannelRefund:
    return ChannelRefund(out_refund_no=refund.out_refund_no, status=refund.status)

"""Stands in for WeChat Pay while its keys are missing in production: nothing is paid, and nothing is believed.

Commands such as ``flask db upgrade`` run with it; serving processes refuse to start (task.readiness).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn

from backend.payment.domain.port import ChannelNotice, ChannelPayment, ChannelRefund, ChannelSilent, Identity


class UnconfiguredChannel:
    """Every call ends with nobody knowing; a callback fails, so that WeChat sends it again later."""

    def __init__(self, reason: str) -> None:
        self.identity = Identity(appid="", mchid="")
        self._reason = reason

    def prepay(
        self, *, out_trade_no: str, description: str, amount_fen: int, payer_openid: str, time_expire: datetime
    ) -> str:
        self._fail()

    def payment_parameters(self, prepay_id: str) -> dict[str, str]:
        self._fail()

    def query(self, out_trade_no: str) -> ChannelPayment:
        self._fail()

    def close(self, out_trade_no: str) -> None:
        self._fail()

    def submit_refund(
        self, *, out_refund_no: str, transaction_id: str, amount_fen: int, total_fen: int, reason: str
    ) -> ChannelRefund:
        self._fail()

    def query_refund(self, out_refund_no: str) -> ChannelRefund:
        self._fail()

    def open_notice(self, headers: Mapping[str, str], body: bytes) -> ChannelNotice:
        self._fail()

    def payment_in(self, notice: ChannelNotice) -> ChannelPayment:
        self._fail()

    def refund_in(self, notice: ChannelNotice) -> ChannelRefund:
        self._fail()

    def _fail(self) -> NoReturn:
        raise ChannelSilent(self._reason)

"""WeChat's resources are read strictly: what is missing or mistyped is refused, never guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kit.wechat.pay.resource import BadResource, Refund, Transaction, read_refund, read_transaction

PAID: dict[str, Any] = {
    "appid": "wx1",
    "mchid": "1900000001",
    "out_trade_no": "2611201530451234560042-1",
    "transaction_id": "4200002456202611201234567890",
    "trade_state": "SUCCESS",
    "success_time": "2026-11-20T16:00:00+08:00",
    "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
    "amount": {"total": 899, "payer_total": 899, "currency": "CNY"},
}
REFUNDED: dict[str, Any] = {
    "out_refund_no": "R1",
    "out_trade_no": "2611201530451234560042-1",
    "transaction_id": "4200002456202611201234567890",
    "refund_id": "5030",
    "status": "SUCCESS",
    "success_time": "2026-11-20T16:00:00+08:00",
    "amount": {"total": 899, "refund": 899},
}


def test_paid_transaction_is_read() -> None:
    assert read_transaction(PAID) == Transaction(
        appid="wx1",
        mchid="1900000001",
        out_trade_no="2611201530451234560042-1",
        trade_state="SUCCESS",
        transaction_id="4200002456202611201234567890",
        total_fen=899,
        currency="CNY",
        payer_openid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        success_time=datetime(2026, 11, 20, 8, tzinfo=UTC),
    )


def test_unpaid_transaction_needs_neither_amount_nor_time() -> None:
    unpaid = {key: PAID[key] for key in ("appid", "mchid", "out_trade_no")} | {"trade_state": "NOTPAY"}
    read = read_transaction(unpaid)
    assert (read.trade_state, read.transaction_id, read.total_fen, read.success_time) == ("NOTPAY", None, None, None)


@pytest.mark.parametrize(
    "over",
    [
        {"appid": None},
        {"mchid": 1900000001},
        {"out_trade_no": ""},
        {"out_trade_no": "x" * 129},
        {"trade_state": None},
        {"transaction_id": None},
        {"amount": None},
        {"amount": [899]},
        {"amount": {}},
        {"amount": {"total": "899"}},
        {"amount": {"total": 899.0}},
        {"amount": {"total": True}},
        {"amount": {"total": -1}},
        {"amount": {"total": 2**53}},
        {"amount": {"total": 899, "currency": 1}},
        {"payer": "oUpF"},
        {"payer": {"openid": 7}},
        {"success_time": None},
        {"success_time": "yesterday"},
        {"success_time": "2026-11-20T16:00:00"},
    ],
)
def test_paid_transaction_with_anything_missing_or_mistyped_is_refused(over: dict[str, Any]) -> None:
    with pytest.raises(BadResource):
        read_transaction(PAID | over)


def test_refund_is_read_from_an_answer() -> None:
    assert read_refund(REFUNDED) == Refund(
        out_refund_no="R1",
        out_trade_no="2611201530451234560042-1",
        transaction_id="4200002456202611201234567890",
        refund_id="5030",
        status="SUCCESS",
        refund_fen=899,
        total_fen=899,
        success_time=datetime(2026, 11, 20, 8, tzinfo=UTC),
    )


def test_refund_is_read_from_a_notice() -> None:
    notice = {key: value for key, value in REFUNDED.items() if key not in ("status", "success_time")}
    read = read_refund(notice | {"refund_status": "ABNORMAL"})
    assert (read.status, read.success_time) == ("ABNORMAL", None)


@pytest.mark.parametrize("over", [{"amount": {"total": 899}}, {"refund_id": None}, {"status": None}, {"amount": None}])
def test_refund_with_anything_missing_is_refused(over: dict[str, Any]) -> None:
    with pytest.raises(BadResource):
        read_refund(REFUNDED | over)

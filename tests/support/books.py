"""What must hold in the database of a shop after any day, whatever happened in it."""

from __future__ import annotations

from typing import Any

from kit.wechat.simulator.client import SimulatorControl
from tests.support.processes import until
from tests.support.shop import Shop

_MONEY = """
SELECT (SELECT COALESCE(SUM(amount_fen), 0) FROM pay_receipt) AS arrived,
       (SELECT COALESCE(SUM(payable_fen), 0) FROM ord_order WHERE paid_at IS NOT NULL) AS kept,
       (SELECT COALESCE(SUM(amount_fen), 0) FROM pay_refund WHERE state = 'success') AS returned
"""
_STOCK = """
SELECT stock.sku_id, stock.on_hand, stock.reserved,
       COALESCE((SELECT SUM(on_hand_delta) FROM inv_ledger WHERE inv_ledger.sku_id = stock.sku_id
                 AND inv_ledger.location_id = stock.location_id), 0) AS moved,
       COALESCE((SELECT SUM(quantity) FROM inv_reservation
                 WHERE inv_reservation.sku_id = stock.sku_id
                   AND inv_reservation.location_id = stock.location_id AND state = 'open'), 0) AS promised
FROM inv_stock AS stock
"""
_UNDELIVERED = "SELECT id, kind, name, consumer, attempt, due_at, last_error FROM kit_outbox WHERE delivered_at IS NULL"


def assert_money_adds_up(shop: Shop) -> None:
    """Every fen that arrived is on a paid order or back with its payer."""
    (money,) = shop.rows(_MONEY)
    assert money["arrived"] == money["kept"] + money["returned"], money


def assert_stock_adds_up(shop: Shop) -> None:
    """On hand is what the ledger says, reserved is what open reservations promise."""
    wrong = [row for row in shop.rows(_STOCK) if (row["on_hand"], row["reserved"]) != (row["moved"], row["promised"])]
    assert wrong == []


def wait_until_delivered(shop: Shop) -> None:
    """No message waits in the outbox any more."""
    until(lambda: shop.rows(_UNDELIVERED) == [], what="every outbox row delivered")


def assert_books_agree(shop: Shop, wechat: SimulatorControl) -> None:
    """WeChat's books and ours: the same payments, the same refunds, to the fen."""
    paid = {row["transaction_id"]: row["amount"]["total"] for row in wechat.transactions() if _was_paid(row)}
    ours = shop.rows("SELECT transaction_id, amount_fen FROM pay_receipt")
    assert {row["transaction_id"]: row["amount_fen"] for row in ours} == paid
    returned = {row["out_refund_no"]: row["amount"]["refund"] for row in wechat.refunds() if row["status"] == "SUCCESS"}
    refunds = shop.rows("SELECT out_refund_no, amount_fen FROM pay_refund WHERE state = 'success'")
    assert {row["out_refund_no"]: row["amount_fen"] for row in refunds} == returned


def _was_paid(transaction: dict[str, Any]) -> bool:
    return transaction["trade_state"] in ("SUCCESS", "REFUND")

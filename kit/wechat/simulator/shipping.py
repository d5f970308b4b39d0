"""Shipping reports (发货信息录入): once for a payment, or in parts, and one correction after that."""

from dataclasses import dataclass, field
from typing import Any

from kit.wechat.simulator.books import Books
from kit.wechat.simulator.clock import rfc3339
from kit.wechat.simulator.errors import MiniProgramError
from kit.wechat.simulator.transactions import Transaction

EXPRESS, TOGETHER, SPLIT = 1, 1, 2
NOT_FOUND, FINISHED, CORRECTED, NOT_SHIPPABLE, NO_SPLIT, NEEDS_ALL, BAD, UNCHANGED, WRONG_PAYER = (
    10060001,
    10060002,
    10060003,
    10060004,
    10060006,
    10060007,
    10060014,
    10060023,
    10060031,
)


@dataclass
class Shipment:
    """All that was reported for one payment; `corrections` counts reports after it was complete."""

    transaction: Transaction
    complete: bool = False
    corrections: int = 0
    reports: list[dict[str, Any]] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        names = {"out_trade_no": self.transaction.out_trade_no, "transaction_id": self.transaction.transaction_id}
        return names | {"complete": self.complete, "corrections": self.corrections, "reports": self.reports}


class Shipping:
    """`managed`: WeChat withholds the money of this mini-program until goods are reported as shipped."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._shipments: dict[str, Shipment] = {}
        self.managed = True

    def upload(self, body: dict[str, Any]) -> None:
        """`body` has passed its shape. Refuses with MiniProgramError, else the report is kept."""
        with self._books.lock:
            transaction = self._paid_by(body["order_key"])
            if body["payer"]["openid"] != transaction.openid:
                raise MiniProgramError(WRONG_PAYER)
            if self._fully_refunded(transaction):
                raise MiniProgramError(NOT_SHIPPABLE)
            check_delivery(body)
            shipment = self._shipments.get(transaction.out_trade_no) or Shipment(transaction)
            told = {name: value for name, value in body.items() if name != "upload_time"}
            if shipment.reports and shipment.reports[-1]["body"] == told:
                raise MiniProgramError(UNCHANGED)
            if shipment.complete and shipment.corrections:
                raise MiniProgramError(CORRECTED)
            shipment.corrections += shipment.complete
            shipment.complete = body["delivery_mode"] == TOGETHER or body["is_all_delivered"] or shipment.complete
            moments = {"at": rfc3339(self._books.clock()), "upload_time": body["upload_time"]}
            shipment.reports.append(moments | {"body": told})
            self._shipments[transaction.out_trade_no] = shipment

    def all(self) -> list[dict[str, Any]]:
        with self._books.lock:
            return [shipment.summary() for shipment in self._shipments.values()]

    def reset(self) -> None:
        self._shipments.clear()
        self.managed = True

    def _paid_by(self, key: dict[str, Any]) -> Transaction:
        """By transaction_id (type 2) or by mchid and out_trade_no (type 1)."""
        named = "transaction_id" if key["order_number_type"] == 2 else "out_trade_no"
        for transaction in self._books.transactions():
            shown = transaction.answer()
            ours = named == "transaction_id" or shown["mchid"] == key.get("mchid")
            if transaction.paid and ours and shown[named] == key.get(named):
                return transaction
        raise MiniProgramError(NOT_FOUND)

    def _fully_refunded(self, transaction: Transaction) -> bool:
        mine = [refund for refund in self._books.refunds() if refund.transaction is transaction]
        return sum(refund.refund for refund in mine if refund.status == "SUCCESS") >= transaction.total


def check_delivery(body: dict[str, Any]) -> None:
    parcels, express = body["shipping_list"], body["logistics_type"] == EXPRESS
    if body["delivery_mode"] == SPLIT and not express:
        raise MiniProgramError(NO_SPLIT)
    if body["delivery_mode"] == SPLIT and "is_all_delivered" not in body:
        raise MiniProgramError(NEEDS_ALL)
    most = 10 if body["delivery_mode"] == SPLIT else 1
    if not 1 <= len(parcels) <= most:
        raise MiniProgramError(BAD, "shipping_list")
    for parcel in parcels:
        if express and not (parcel.get("tracking_no") and parcel.get("express_company")):
            raise MiniProgramError(BAD, "tracking_no, express_company")
        if parcel.get("express_company") == "SF" and not any(parcel.get("contact", {}).values()):
            raise MiniProgramError(BAD, "contact")

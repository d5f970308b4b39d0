"""Shapes of WeChat's answers and notices, read strictly: anything missing or mistyped is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


class BadResource(ValueError):
    """A verified body that does not have the documented shape."""


@dataclass(frozen=True)
class Transaction:
    """A payment as WeChat knows it. Amounts in fen; `total_fen` is what the merchant asked for."""

    appid: str
    mchid: str
    out_trade_no: str
    trade_state: str
    transaction_id: str | None
    total_fen: int | None
    currency: str
    payer_openid: str | None
    success_time: datetime | None


@dataclass(frozen=True)
class Refund:
    """A refund as WeChat knows it. `status`: SUCCESS, CLOSED, PROCESSING or ABNORMAL."""

    out_refund_no: str
    out_trade_no: str
    transaction_id: str
    refund_id: str
    status: str
    refund_fen: int
    total_fen: int
    success_time: datetime | None


def read_transaction(data: Mapping[str, Any]) -> Transaction:
    """From a query's answer or a TRANSACTION.* notice. Raises `BadResource`."""
    state = _text(data, "trade_state")
    paid = state in ("SUCCESS", "REFUND")
    amount = _mapping(data, "amount", required=paid)
    return Transaction(
        appid=_text(data, "appid"),
        mchid=_text(data, "mchid"),
        out_trade_no=_text(data, "out_trade_no"),
        trade_state=state,
        transaction_id=_text(data, "transaction_id") if paid else None,
        total_fen=_fen(amount, "total") if "total" in amount or paid else None,
        currency=_text(amount, "currency") if "currency" in amount else "CNY",
        payer_openid=_optional_text(_mapping(data, "payer", required=False), "openid"),
        success_time=_moment(data, "success_time") if paid else None,
    )


def read_refund(data: Mapping[str, Any]) -> Refund:
    """From an answer (`status`) or a REFUND.* notice (`refund_status`). Raises `BadResource`."""
    amount = _mapping(data, "amount", required=True)
    status = _text(data, "refund_status") if "refund_status" in data else _text(data, "status")
    return Refund(
        out_refund_no=_text(data, "out_refund_no"),
        out_trade_no=_text(data, "out_trade_no"),
        transaction_id=_text(data, "transaction_id"),
        refund_id=_text(data, "refund_id"),
        status=status,
        refund_fen=_fen(amount, "refund"),
        total_fen=_fen(amount, "total"),
        success_time=_moment(data, "success_time") if data.get("success_time") else None,
    )


# WeChat documents 32 for its own numbers; whoever stores them has room for these.
_LONGEST = {"transaction_id": 64, "refund_id": 64, "out_refund_no": 64, "currency": 16}


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.isascii() or not 0 < len(value) <= _LONGEST.get(name, 128):
        raise BadResource(f"{name} is not a text of the documented length")
    return value


def _optional_text(data: Mapping[str, Any], name: str) -> str | None:
    return _text(data, name) if data.get(name) else None


def _mapping(data: Mapping[str, Any], name: str, *, required: bool) -> Mapping[str, Any]:
    value = data.get(name)
    if value is None and not required:
        return {}
    if not isinstance(value, dict):
        raise BadResource(f"{name} is not an object")
    return value


def _fen(data: Mapping[str, Any], name: str) -> int:
    value = data.get(name)
    if type(value) is not int or not 0 <= value < 2**53:
        raise BadResource(f"{name} is not an amount in fen")
    return value


def _moment(data: Mapping[str, Any], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(data, name))
    except ValueError:
        raise BadResource(f"{name} is not a time") from None
    if moment.tzinfo is None:
        raise BadResource(f"{name} has no offset")
    return moment.astimezone(UTC)

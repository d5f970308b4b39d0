"""What payment needs of a channel, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class ChannelSilent(Exception):
    """Nobody knows whether the channel did it."""


class ChannelSaysNo(Exception):
    """A verified refusal. `code` is the channel's."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{code}: {message}")


class NoSuchOrder(ChannelSaysNo):
    """The channel verifiably does not know the number."""


class ForgedNotice(Exception):
    """A callback that does not prove where it comes from, or cannot be read."""


class Standing(StrEnum):
    """How an order stands at the channel."""

    UNPAID = "unpaid"
    PAID = "paid"
    REFUNDED = "refunded"  # paid, and at least partly given back
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class ChannelPayment:
    """An order as the channel knows it. The four last are set when it was paid."""

    out_trade_no: str
    standing: Standing
    appid: str
    mchid: str
    transaction_id: str = ""
    amount_fen: int = 0
    currency: str = "CNY"
    paid_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ChannelRefund:
    """A refund as the channel knows it. `status`: SUCCESS, PROCESSING, ABNORMAL, CLOSED."""

    out_refund_no: str
    status: str


@dataclass(frozen=True, kw_only=True)
class ChannelNotice:
    """A callback that is proven to come from the channel."""

    notice_id: str
    event_type: str
    resource: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who we are at the channel; every payment is compared with it."""

    appid: str
    mchid: str


class PaymentChannel(Protocol):
    """Calls raise `ChannelSilent` or `ChannelSaysNo` and must be made with no transaction open."""

    identity: Identity

    def prepay(
        self, *, out_trade_no: str, description: str, amount_fen: int, payer_openid: str, time_expire: datetime
    ) -> str:
        """Place the order; returns the prepay id."""

    def payment_parameters(self, prepay_id: str) -> dict[str, str]:
        """What the client needs to pay, signed; no call."""

    def query(self, out_trade_no: str) -> ChannelPayment:
        """Ask how an order stands. Raises `NoSuchOrder`."""

    def close(self, out_trade_no: str) -> None:
        """Ask that nobody can pay it any more. The truth comes from a following query."""

    def submit_refund(
        self, *, out_refund_no: str, transaction_id: str, amount_fen: int, total_fen: int, reason: str
    ) -> ChannelRefund:
        """Ask for a refund, or repeat the asking with the same number."""

    def query_refund(self, out_refund_no: str) -> ChannelRefund:
        """Ask how a refund stands. Raises `NoSuchOrder`."""

    def open_notice(self, headers: Mapping[str, str], body: bytes) -> ChannelNotice:
        """Verify and decrypt a callback; no call. Raises `ForgedNotice`."""

    def payment_in(self, notice: ChannelNotice) -> ChannelPayment:
        """The payment a TRANSACTION.* notice reports. Raises ValueError."""

    def refund_in(self, notice: ChannelNotice) -> ChannelRefund:
        """The refund a REFUND.* notice reports. Raises ValueError."""

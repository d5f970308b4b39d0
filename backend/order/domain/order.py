"""The order: verbs that move it along one table, and a question for each verb."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from backend.order.domain.error import ActionNotAllowed, NothingToPay, PaymentDeadlineOver
from backend.order.domain.line import OrderHistory, OrderLine
from backend.order.domain.number import subject_of
from backend.order.domain.pricing import PricedLine, Quote
from backend.order.domain.status import TRANSITIONS, OrderAction, OrderStatus, allows
from backend.order.events import OrderClosed, OrderCompleted, OrderPaid, OrderPlaced, OrderShipped
from kit.db.types import BigId, Code, EnumText, Fen, UtcDateTime
from kit.domain.entity import Aggregate

DEFAULT_STORE = 1
FOLLOW_UP = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Where an order goes: a snapshot of the buyer's address."""

    receiver: str
    phone: str
    province: str
    city: str
    district: str
    detail: str


class Order(Aggregate):
    """Amounts, lines and recipient are fixed when it is placed. `due_at` is set while payment is awaited."""

    __tablename__ = "ord_order"
    __table_args__ = (
        CheckConstraint("payable_fen = goods_fen + freight_fen", name="payable_adds_up"),
        CheckConstraint("goods_fen >= 0 AND freight_fen >= 0", name="amounts_not_negative"),
        Index("ix_ord_order_buyer", "buyer_id", "id"),
        Index("ix_ord_order_buyer_status", "buyer_id", "status", "id"),
        Index("ix_ord_order_status", "status", "id"),
        Index("ix_ord_order_due", "due_at"),
        Index("ix_ord_order_placed", "placed_at", "id"),
        Index("ix_ord_order_follow_up", "follow_up_at"),
    )

    no: Mapped[str] = mapped_column(Code(32), unique=True)
    buyer_id: Mapped[int] = mapped_column(BigId)
    store_id: Mapped[int] = mapped_column(BigId, default=DEFAULT_STORE)
    status: Mapped[OrderStatus] = mapped_column(EnumText(OrderStatus, "status"))
    goods_fen: Mapped[int] = mapped_column(Fen)
    freight_fen: Mapped[int] = mapped_column(Fen)
    payable_fen: Mapped[int] = mapped_column(Fen)
    item_count: Mapped[int] = mapped_column(Integer)
    receiver: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(20))
    province: Mapped[str] = mapped_column(String(40))
    city: Mapped[str] = mapped_column(String(40))
    district: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(200))
    remark: Mapped[str] = mapped_column(String(200))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # While closing: when to ask after it, should the word of payment have been lost on its way.
    follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    payment_attempts: Mapped[int] = mapped_column(Integer, default=0)
    transaction_id: Mapped[str | None] = mapped_column(Code(64))
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    express_company: Mapped[str | None] = mapped_column(String(40))
    tracking_no: Mapped[str | None] = mapped_column(Code(40))
    shipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    close_reason: Mapped[str | None] = mapped_column(String(200))

    lines: Mapped[list[OrderLine]] = relationship(order_by=OrderLine.position, lazy="raise")
    # Verbs add to it without reading it.
    history: WriteOnlyMapped[OrderHistory] = relationship(order_by=OrderHistory.id, passive_deletes=True)

    @classmethod
    def place(
        cls, *, no: str, buyer_id: int, quote: Quote, recipient: Recipient, remark: str, due_at: datetime, at: datetime
    ) -> Order:
        """A new order that awaits payment until `due_at`."""
        order = cls(
            no=no,
            buyer_id=buyer_id,
            store_id=DEFAULT_STORE,
            status=OrderStatus.PENDING_PAYMENT,
            goods_fen=quote.goods_fen,
            freight_fen=quote.freight_fen,
            payable_fen=quote.payable_fen,
            item_count=sum(line.quantity for line in quote.lines),
            remark=remark,
            placed_at=at,
            due_at=due_at,
            payment_attempts=0,
            lines=[_line(position, line) for position, line in enumerate(quote.lines, start=1)],
            **asdict(recipient),
        )
        order._write_history(OrderAction.PLACE, None, f"member:{buyer_id}", "", at)
        order.record(OrderPlaced(order_no=no, buyer_id=buyer_id, payable_fen=quote.payable_fen), at=at)
        return order

    @property
    def payment_subject(self) -> str:
        """How payment and inventory refer to this order."""
        return subject_of(self.no)

    def can_pay(self, *, at: datetime) -> bool:
        """True while the buyer may start paying."""
        return self.status is OrderStatus.PENDING_PAYMENT and self.due_at is not None and at < self.due_at

    def check_payable(self, *, at: datetime) -> None:
        """Raises ActionNotAllowed, PaymentDeadlineOver or NothingToPay."""
        if not allows(self.status, OrderAction.PAY) or self.status is OrderStatus.CLOSING:
            raise ActionNotAllowed(status=self.status, action=OrderAction.PAY)
        if not self.can_pay(at=at):
            raise PaymentDeadlineOver
        if self.payable_fen == 0:
            raise NothingToPay

    def begin_payment(self) -> None:
        """A new payment attempt was opened: a cancellation at the same moment must notice (the version moves)."""
        self.payment_attempts += 1

    def has_accepted(self, transaction_id: str) -> bool:
        """True when this very payment made it paid: being told again changes nothing."""
        return self.transaction_id == transaction_id

    def can_accept_payment(self, amount_fen: int) -> bool:
        """True when this money keeps the order alive; else it goes back."""
        return allows(self.status, OrderAction.PAY) and amount_fen == self.payable_fen

    def accept_payment(self, *, transaction_id: str, paid_at: datetime, at: datetime) -> None:
        """The money is there."""
        self._move(OrderAction.PAY, OrderStatus.PAID, "system:payment", transaction_id, at)
        self.transaction_id, self.paid_at = transaction_id, paid_at
        self.due_at = self.follow_up_at = None
        fact = OrderPaid(
            order_no=self.no,
            buyer_id=self.buyer_id,
            payable_fen=self.payable_fen,
            transaction_id=transaction_id,
            paid_at=paid_at.isoformat(),
        )
        self.record(fact, at=at)

    def can_cancel(self) -> bool:
        """True while it is unpaid and not being closed."""
        return allows(self.status, OrderAction.CANCEL)

    def request_cancel(self, *, by: str, reason: str, must_wait: bool, at: datetime) -> None:
        """The buyer (or staff) does not want it. `must_wait`: WeChat must confirm first that nobody can pay."""
        self._stop(OrderAction.CANCEL, by=by, reason=reason, must_wait=must_wait, at=at)

    def can_expire(self, *, at: datetime) -> bool:
        """True when the time to pay is over."""
        return allows(self.status, OrderAction.EXPIRE) and self.due_at is not None and at >= self.due_at

    def expire(self, *, must_wait: bool, at: datetime) -> None:
        """The time to pay is over."""
        reason = "payment deadline"
        self._stop(OrderAction.EXPIRE, by="system:deadline", reason=reason, must_wait=must_wait, at=at)

    def wait_on(self, *, at: datetime) -> None:
        """Still no word from payment: ask after it in a while."""
        self.follow_up_at = at + FOLLOW_UP

    def can_close(self) -> bool:
        """True while WeChat's word is awaited."""
        return allows(self.status, OrderAction.CLOSE)

    def close(self, *, at: datetime) -> None:
        """WeChat has confirmed that nobody can pay it."""
        self._move(OrderAction.CLOSE, OrderStatus.CLOSED, "system:payment", self.close_reason or "", at)
        self.follow_up_at = None
        self._report_closed(at)

    def can_ship(self) -> bool:
        """True when it is paid and not shipped."""
        return allows(self.status, OrderAction.SHIP)

    def ship(self, *, by: str, express_company: str, tracking_no: str, at: datetime) -> None:
        """The goods leave."""
        note = f"{express_company} {tracking_no}"
        self._move(OrderAction.SHIP, OrderStatus.SHIPPED, by, note, at)
        self.express_company, self.tracking_no, self.shipped_at = express_company, tracking_no, at
        fact = OrderShipped(
            order_no=self.no, buyer_id=self.buyer_id, express_company=express_company, tracking_no=tracking_no
        )
        self.record(fact, at=at)

    def can_confirm_receipt(self) -> bool:
        """True when it is under way."""
        return allows(self.status, OrderAction.CONFIRM_RECEIPT)

    def confirm_receipt(self, *, by: str, at: datetime) -> None:
        """The buyer has the goods."""
        self._move(OrderAction.CONFIRM_RECEIPT, OrderStatus.COMPLETED, by, "", at)
        self.completed_at = at
        self.record(OrderCompleted(order_no=self.no, buyer_id=self.buyer_id), at=at)

    def _stop(self, action: OrderAction, *, by: str, reason: str, must_wait: bool, at: datetime) -> None:
        target = OrderStatus.CLOSING if must_wait else OrderStatus.CLOSED
        self._move(action, target, by, reason, at)
        self.close_reason, self.due_at = reason, None
        if must_wait:
            self.wait_on(at=at)
        else:
            self._report_closed(at)

    def _report_closed(self, at: datetime) -> None:
        self.closed_at = at
        self.record(OrderClosed(order_no=self.no, buyer_id=self.buyer_id, reason=self.close_reason or ""), at=at)

    def _move(self, action: OrderAction, to: OrderStatus, by: str, note: str, at: datetime) -> None:
        if to not in TRANSITIONS.get((self.status, action), ()):
            raise ActionNotAllowed(status=self.status, action=action)
        before, self.status = self.status, to
        self._write_history(action, before, by, note, at)

    def _write_history(self, action: OrderAction, before: OrderStatus | None, by: str, note: str, at: datetime) -> None:
        entry = OrderHistory(
            action=action, from_status=before, to_status=self.status, operator=by, note=note[:200], at=at
        )
        self.history.add(entry)


def _line(position: int, line: PricedLine) -> OrderLine:
    return OrderLine(position=position, amount_fen=line.amount_fen, **asdict(line))

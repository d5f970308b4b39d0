"""Orders in every state, made through the real services over the channel in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.order.domain.order import Order
from backend.order.service.placement import Wanted
from backend.order.wiring import services as order_services
from backend.payment.domain.attempt import PaymentAttempt
from backend.payment.domain.port import ChannelPayment
from backend.payment.gateway.memory import MemoryChannel
from backend.payment.wiring import services as payment_services
from kit.domain.clock import utc_now
from tests.factories.catalog import ProductFixture, make_product
from tests.factories.user import make_address, make_customer
from tests.support.outbox import settle


@dataclass(frozen=True)
class Buyer:
    """A customer who can order and pay."""

    id: int
    address_id: int


def make_buyer() -> Buyer:
    """A customer with an address, known to the channel in memory."""
    customer_id = make_customer(appid=channel().identity.appid)
    return Buyer(customer_id, make_address(customer_id))


def channel() -> MemoryChannel:
    """The payment channel of the running application."""
    found = payment_services().channel
    assert isinstance(found, MemoryChannel)
    return found


def place(
    buyer: Buyer, product: ProductFixture | None = None, *, quantity: int = 1, now: datetime | None = None
) -> Order:
    """A pending order of `quantity` of the product's first SKU."""
    product = product or make_product(price_fen=5000, stock=10)
    quantities = {product.sku_id: quantity}
    payable = order_services().quoting.quote(quantities).payable_fen
    wanted = Wanted(quantities=quantities, address_id=buyer.address_id, confirmed_payable_fen=payable, remark="")
    return order_services().placement.place(buyer_id=buyer.id, wanted=wanted, now=now or utc_now())


def prepay(buyer: Buyer, order: Order, *, now: datetime | None = None) -> str:
    """The buyer presses pay; returns out_trade_no."""
    order_services().paying.start(buyer_id=buyer.id, order_no=order.no, now=now or utc_now())
    return f"{order.no}-1"


def arrive(out_trade_no: str, amount_fen: int, *, transaction_id: str = "", source: str = "notice") -> ChannelPayment:
    """The user pays at the channel and its notice is applied; consumers have not heard of it yet."""
    payment = channel().pay(
        out_trade_no, amount_fen=amount_fen, transaction_id=transaction_id or f"4200{out_trade_no}", paid_at=utc_now()
    )
    payment_services().settlement.apply(payment, source=source, now=utc_now())
    return payment


def paid_order(buyer: Buyer, product: ProductFixture | None = None, *, quantity: int = 1) -> Order:
    """An order that was prepaid, paid, and accepted."""
    order = place(buyer, product, quantity=quantity)
    arrive(prepay(buyer, order), order.payable_fen)
    settle()
    return order


def attempt_of(out_trade_no: str) -> PaymentAttempt:
    """The attempt as it is in the database."""
    found = payment_services().checking.attempts.of_number(out_trade_no)
    assert found is not None
    return found

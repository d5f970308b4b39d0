"""The facts of an order, as the words of a message."""

from __future__ import annotations

from backend.notification.domain.delivery import Kind
from backend.notification.domain.wording import WORDINGS, OrderFacts
from backend.order import facade as order


def words_of(kind: Kind, order_no: str) -> dict[str, str]:
    """What `kind` says of this order; joins the caller's transaction. Raises `OrderNotFound`."""
    card = order.card(order_no=order_no)
    facts = OrderFacts(
        order_no=card.order_no,
        payable_fen=card.payable_fen,
        item_count=card.item_count,
        first_title=card.first_title,
        paid_at=card.paid_at,
        express_company=card.express_company,
        tracking_no=card.tracking_no,
        shipped_at=card.shipped_at,
    )
    return WORDINGS[kind](facts)

"""What a message says: from an order's snapshots to words that fit WeChat's fields. Pure; one function per kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from backend.notification.domain.delivery import Kind
from backend.notification.domain.fitting import characters, thing
from kit.domain.money import yuan_text

SHOP_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, kw_only=True)
class OrderFacts:
    """What was true of an order. Amount in fen; times aware."""

    order_no: str
    payable_fen: int
    item_count: int
    first_title: str
    paid_at: datetime | None
    express_company: str | None
    tracking_no: str | None
    shipped_at: datetime | None


def paid(order: OrderFacts) -> dict[str, str]:
    """The words of ORDER_PAID: order_no, amount, goods, paid_at. Raises ValueError for an unpaid order."""
    return {
        "order_no": characters(order.order_no),
        "amount": f"{yuan_text(order.payable_fen)}元",
        "goods": goods(order),
        "paid_at": shop_time(order.paid_at),
    }


def shipped(order: OrderFacts) -> dict[str, str]:
    """The words of ORDER_SHIPPED: order_no, goods, express_company, tracking_no, shipped_at. ValueError unshipped."""
    return {
        "order_no": characters(order.order_no),
        "goods": goods(order),
        "express_company": thing(order.express_company or "", otherwise="快递"),
        "tracking_no": characters(order.tracking_no or ""),
        "shipped_at": shop_time(order.shipped_at),
    }


WORDINGS: dict[Kind, Callable[[OrderFacts], dict[str, str]]] = {Kind.ORDER_PAID: paid, Kind.ORDER_SHIPPED: shipped}


def goods(order: OrderFacts) -> str:
    """``东北大米``, or ``东北大米等 3 件``: the first line's title, cut so that the number of pieces stays readable."""
    number = f"等 {order.item_count} 件" if order.item_count > 1 else ""
    return thing(order.first_title, otherwise="商品", ending=number)


def shop_time(moment: datetime | None) -> str:
    """``2026年11月20日 16:30`` in the shop's time zone: fits fields of the kinds time and date."""
    if moment is None:
        raise ValueError("the order has not come that far")
    local = moment.astimezone(SHOP_ZONE)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"

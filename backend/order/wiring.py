"""Builds order's services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from backend.order.domain.pricing import FlatFreight
from backend.order.repository.order import OrderRepository
from backend.order.service.cancellation import Cancellation
from backend.order.service.fulfilment import Fulfilment
from backend.order.service.paying import Paying
from backend.order.service.placement import Placement
from backend.order.service.query import OrderQuery
from backend.order.service.quoting import Quoting
from backend.order.service.reaction import Reaction
from backend.order.service.streaming import OrderStreaming
from conf.settings import Settings
from kit.context.wiring import Wired


@dataclass(frozen=True)
class OrderServices:
    """One object per capability."""

    quoting: Quoting
    placement: Placement
    paying: Paying
    cancellation: Cancellation
    fulfilment: Fulfilment
    reaction: Reaction
    query: OrderQuery
    streaming: OrderStreaming


services: Wired[OrderServices] = Wired("order")


def wire(app: Flask, settings: Settings) -> None:
    """Install the services into `app`."""
    shop = settings.shop
    orders = OrderRepository()
    quoting = Quoting(FlatFreight(flat_fen=shop.freight_fen, free_from_fen=shop.free_freight_from_fen))
    services.install(
        app,
        OrderServices(
            quoting=quoting,
            placement=Placement(
                orders,
                quoting,
                time_to_pay=timedelta(minutes=shop.payment_minutes),
                max_unpaid=shop.max_unpaid_orders,
            ),
            paying=Paying(orders, shop.name),
            cancellation=Cancellation(orders),
            fulfilment=Fulfilment(orders),
            reaction=Reaction(orders),
            query=OrderQuery(),
            streaming=OrderStreaming(),
        ),
    )

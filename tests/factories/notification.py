"""A shop that has templates, over the messenger in memory, and what the database says of its deliveries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select

from backend.notification.domain.delivery import Channel, Delivery, Kind
from backend.notification.gateway.memory import MemoryMessenger
from backend.notification.service.mailing import Mailing
from backend.notification.service.outlet import Outlet, openid_in
from backend.notification.wiring import NotificationServices, build, plans_of, services
from conf.settings import NotificationSettings
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.identity import new_id
from kit.event.bus import Bus
from kit.event.bus import Delivery as EventDelivery
from kit.mail.memory import MemoryMailer
from tests.support.fresh import fresh_session

TEMPLATES = NotificationSettings(template_order_paid="tpl-paid", template_order_shipped="tpl-shipped")
BUYER = 41503612345679872
KEEP = timedelta(days=180)


@dataclass(frozen=True)
class Desk:
    """The services in use, and the messenger behind them."""

    services: NotificationServices
    messenger: MemoryMessenger
    mailer: MemoryMailer

    @property
    def messages(self) -> list[dict[str, str]]:
        """The fields of every message that went out."""
        return [dict(message.fields) for message in self.messenger.sent]


@contextmanager
def open_desk(app: Flask, settings: NotificationSettings = TEMPLATES) -> Iterator[Desk]:
    """The application's services over these templates, until the block ends."""
    before, messenger, mailer = services(), MemoryMessenger(), MemoryMailer()
    mailing = Mailing(mailer, shop_name="小店", public_url="http://shop")
    made = build(plans_of(settings), {Channel.WECHAT: Outlet(messenger, openid_in(""))}, mailing, keep=KEEP)
    services.install(app, made)
    try:
        yield Desk(made, messenger, mailer)
    finally:
        services.install(app, before)


def book(order_no: str, *, kind: Kind = Kind.ORDER_PAID, recipient_id: int = BUYER) -> None:
    """What a consumer does."""
    services().booking.tell(kind, order_no=order_no, recipient_id=recipient_id)


def deliver(consumer: str, event: str, payload: dict[str, Any], *, event_id: int | None = None) -> bool:
    """An event reaches its consumer, as a message of the broker's; a new one unless `event_id` is given."""
    bus: Bus = current_app.extensions["qiyuan_bus"]
    message = EventDelivery(consumer=consumer, event_id=event_id or new_id(), name=event, payload=payload)
    return bus.deliver(message, now=utc_now())


def deliveries(order_no: str) -> list[Delivery]:
    """The order's deliveries as they are in the database, oldest first."""
    fresh_session()
    found = list(db.session.scalars(select(Delivery).where(Delivery.order_no == order_no).order_by(Delivery.id)))
    db.session.expunge_all()  # what is loaded later does not change them
    return found


def the_delivery(order_no: str) -> Delivery:
    """The only one."""
    (delivery,) = deliveries(order_no)
    return delivery

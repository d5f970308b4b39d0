"""Builds notification's services and chooses the messenger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from backend.notification.domain.delivery import Channel, Delivery, Kind
from backend.notification.domain.notice import Notice
from backend.notification.domain.plan import Plan, fields_of
from backend.notification.domain.port import Messenger
from backend.notification.gateway.memory import MemoryMessenger
from backend.notification.gateway.unconfigured import UnconfiguredMessenger
from backend.notification.gateway.wechat import WechatMessenger
from backend.notification.repository.delivery import DeliveryRepository
from backend.notification.repository.notice import NoticeRepository
from backend.notification.service.booking import Booking
from backend.notification.service.composing import Composing
from backend.notification.service.mailing import Mailing
from backend.notification.service.noticing import Noticing
from backend.notification.service.outlet import Outlet, openid_in
from backend.notification.service.query import DeliveryQuery, NoticeQuery
from backend.notification.service.sending import Sending
from backend.notification.service.stock_noticing import StockNoticing
from backend.notification.service.subscribing import Subscribing
from backend.notification.service.sweeping import Sweeping
from backend.notification.service.telling import Telling
from conf.settings import NotificationSettings, Settings
from kit.cache.redis import redis_client
from kit.context.wiring import Wired
from kit.mail.making import make_mailer
from kit.wechat.miniprogram.client import MiniProgramClient


@dataclass(frozen=True)
class NotificationServices:
    """One object per capability."""

    booking: Booking
    sending: Sending[Delivery]
    noticing: Noticing
    stock_noticing: StockNoticing
    mailing: Sending[Notice]
    query: DeliveryQuery
    subscribing: Subscribing
    notices: NoticeQuery
    sweeping: Sweeping


services: Wired[NotificationServices] = Wired("notification")


def wire(app: Flask, settings: Settings) -> None:
    """Install the services into `app`."""
    outlet = Outlet(make_messenger(app, settings), openid_in(settings.wechat.appid))
    mailer = make_mailer(settings.mail, sender_name=settings.shop.name)
    mailing = Mailing(mailer, shop_name=settings.shop.name, public_url=settings.http.public_url)
    keep = timedelta(days=settings.retention.notifications_days)
    services.install(app, build(plans_of(settings.notification), {Channel.WECHAT: outlet}, mailing, keep=keep))


def build(
    plans: Mapping[Kind, Plan], outlets: Mapping[Channel, Outlet], mailing: Mailing, *, keep: timedelta
) -> NotificationServices:
    """The services over these plans and outlets, and a post for staff; `keep` is for what was sent."""
    deliveries, notices = DeliveryRepository(), NoticeRepository()
    telling = Telling(notices, mailing.mailer)
    return NotificationServices(
        booking=Booking(deliveries, plans),
        sending=Sending(deliveries, Composing(plans, outlets).prepare),
        noticing=Noticing(notices, telling),
        stock_noticing=StockNoticing(telling),
        mailing=Sending(notices, mailing.prepare),
        query=DeliveryQuery(),
        subscribing=Subscribing(plans),
        notices=NoticeQuery(),
        sweeping=Sweeping(deliveries, notices, keep=keep),
    )


def plans_of(settings: NotificationSettings) -> dict[Kind, Plan]:
    """How each kind of news is sent."""
    templates = {
        Kind.ORDER_PAID: (settings.template_order_paid, settings.fields_order_paid),
        Kind.ORDER_SHIPPED: (settings.template_order_shipped, settings.fields_order_shipped),
    }
    return {
        kind: Plan(channel=Channel.WECHAT, template_id=template, page=settings.page, fields=fields_of(fields))
        for kind, (template, fields) in templates.items()
    }


def make_messenger(app: Flask, settings: Settings) -> Messenger:
    """WeChat itself once there is an account; else a stand-in where it is asked for, never in production."""
    wechat = settings.wechat
    if wechat.appid and wechat.app_secret:
        with app.app_context():
            redis = redis_client()
        return WechatMessenger(MiniProgramClient(wechat.appid, wechat.app_secret, wechat.api_url, redis))
    if wechat.stand_in and not settings.is_production:
        return MemoryMessenger()
    return UnconfiguredMessenger()

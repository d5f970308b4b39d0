"""Builds payment's services and chooses the channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from loguru import logger

from backend.payment.domain.port import PaymentChannel
from backend.payment.gateway.memory import MemoryChannel
from backend.payment.gateway.unconfigured import UnconfiguredChannel
from backend.payment.gateway.wechat import WechatPayChannel
from backend.payment.repository.attempt import AttemptRepository
from backend.payment.repository.notice import NoticeRepository
from backend.payment.repository.receipt import ReceiptRepository
from backend.payment.repository.refund import RefundRepository
from backend.payment.service.checking import Checking
from backend.payment.service.closing import Closing
from backend.payment.service.noticing import Noticing
from backend.payment.service.query import MoneyQuery
from backend.payment.service.refunding import Refunding
from backend.payment.service.requesting import PaymentRequesting
from backend.payment.service.settlement import Settlement
from conf.settings import Settings
from kit.context.wiring import Wired
from kit.wechat.pay.client import WechatPayClient
from kit.wechat.pay.keys import load_merchant, load_wechat_keys

PAYMENT_NOTIFY_PATH = "/callback/wechat/payment"
REFUND_NOTIFY_PATH = "/callback/wechat/refund"


@dataclass(frozen=True)
class PaymentServices:
    """One object per capability."""

    channel: PaymentChannel
    requesting: PaymentRequesting
    closing: Closing
    settlement: Settlement
    checking: Checking
    refunding: Refunding
    noticing: Noticing
    query: MoneyQuery


services: Wired[PaymentServices] = Wired("payment")


def wire(app: Flask, settings: Settings) -> None:
    """Install the services into `app`."""
    keep = timedelta(days=settings.retention.payment_notices_days)
    services.install(app, build(make_channel(settings), keep=keep))


def build(channel: PaymentChannel, *, keep: timedelta) -> PaymentServices:
    """The services over `channel`; `keep` is for applied notices."""
    attempts, receipts, refunds = AttemptRepository(), ReceiptRepository(), RefundRepository()
    refunding = Refunding(refunds, receipts, channel)
    settlement = Settlement(attempts, receipts, refunding, channel.identity)
    return PaymentServices(
        channel=channel,
        requesting=PaymentRequesting(attempts, channel),
        closing=Closing(attempts),
        settlement=settlement,
        checking=Checking(attempts, settlement, channel),
        refunding=refunding,
        noticing=Noticing(NoticeRepository(), settlement, refunding, channel, keep=keep),
        query=MoneyQuery(),
    )


def make_channel(settings: Settings) -> PaymentChannel:
    """WeChat Pay when a merchant is configured; a channel in memory where it is asked for, never in production."""
    if settings.wechat.stand_in and not settings.is_production and not settings.wechat_pay.mchid:
        return MemoryChannel(appid=settings.wechat.appid)
    try:
        client = _client(settings)
    except (OSError, ValueError) as error:
        if settings.wechat_pay.mchid:
            logger.error("WeChat Pay is not configured: {}", error)
        return UnconfiguredChannel(f"WeChat Pay is not configured: {error}")
    public_url = settings.http.public_url.rstrip("/")
    return WechatPayChannel(
        client,
        payment_notify_url=public_url + PAYMENT_NOTIFY_PATH,
        refund_notify_url=public_url + REFUND_NOTIFY_PATH,
    )


def _client(settings: Settings) -> WechatPayClient:
    pay = settings.wechat_pay
    merchant = load_merchant(
        appid=settings.wechat.appid,
        mchid=pay.mchid,
        cert_serial=pay.cert_serial,
        private_key_file=pay.private_key_file,
        apiv3_key=pay.apiv3_key,
    )
    keys = load_wechat_keys(
        public_key_file=pay.public_key_file,
        public_key_id=pay.public_key_id,
        platform_cert_file=pay.platform_cert_file,
    )
    return WechatPayClient(url=pay.url, merchant=merchant, keys=keys, max_calls=pay.max_calls)

"""Order numbers (订单号): shop time yyMMddHHmmss, six random digits, and the buyer's id modulo 10,000.

The last four digits tell where a buyer's orders are, should the tables ever be sharded.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Asia/Shanghai")
SUBJECT_PREFIX = "order:"


def new_order_no(*, buyer_id: int, now: datetime) -> str:
    """22 digits. Chance may give one out twice: the database refuses, and placing runs again."""
    return f"{now.astimezone(SHOP_ZONE):%y%m%d%H%M%S}{secrets.randbelow(1_000_000):06d}{buyer_id % 10_000:04d}"


def is_order_no(text: str) -> bool:
    """True for what can be a number. MySQL fails on comparing other than ASCII, and ignores a space at the end."""
    return text.isascii() and text.isdigit()


def subject_of(order_no: str) -> str:
    """How payment and inventory refer to an order."""
    return SUBJECT_PREFIX + order_no


def order_no_of(subject: str) -> str | None:
    """The order number in a subject; None when the subject is not an order."""
    return subject.removeprefix(SUBJECT_PREFIX) if subject.startswith(SUBJECT_PREFIX) else None

"""The shop's clock on the wall."""

from __future__ import annotations

from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Asia/Shanghai")

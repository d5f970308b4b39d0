"""The shop's clock on the wall."""

from __future__ import annotations

from datetime import timedelta, timezone

# China has one time, and no summer time.
SHOP_ZONE = timezone(timedelta(hours=8), "CST")

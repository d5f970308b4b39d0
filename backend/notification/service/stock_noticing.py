"""Goods ran low, or there are too many of them: whoever sees to the stock is told, once for each fact."""

from __future__ import annotations

from collections.abc import Sequence

from backend.inventory import facade as inventory
from backend.inventory.facade import Alert
from backend.notification.domain.fitting import one_line, shortened
from backend.notification.domain.notice import NoticeKind
from backend.notification.service.telling import Telling
from kit.domain.identity import new_id
from kit.service.transaction import transactional

# Of the 400 characters of a notice, beside the longest name of a location and the largest numbers.
MAX_NAMED = 4
MAX_TITLE = 20
MAX_CODE = 20


class StockNoticing:
    """Facts may come late: told is what is still so, in one notice that names the first few."""

    def __init__(self, telling: Telling) -> None:
        self.telling = telling

    @transactional
    def tell_low(self, location_id: int, sku_ids: Sequence[int]) -> None:
        """These fell to their minimum; nobody hears of what was refilled meanwhile."""
        alerts = [one for one in inventory.alerts(location_id=location_id, sku_ids=sku_ids) if one.low]
        named = [(one, f"{one.available} ≤ {one.minimum}") for one in alerts]
        self._tell(NoticeKind.LOW_STOCK, location_id, named)

    @transactional
    def tell_over(self, location_id: int, sku_ids: Sequence[int]) -> None:
        """These rose above their maximum."""
        alerts = [one for one in inventory.alerts(location_id=location_id, sku_ids=sku_ids) if one.over]
        named = [(one, f"{one.on_hand} > {one.maximum}") for one in alerts]
        self._tell(NoticeKind.OVERSTOCK, location_id, named)

    def _tell(self, kind: NoticeKind, location_id: int, named: Sequence[tuple[Alert, str]]) -> None:
        if not named:
            return
        shown = [f"{_name(alert)} {level}" for alert, level in named[:MAX_NAMED]]
        more = len(named) - len(shown)
        self.telling.tell(
            kind,
            inventory.alerted(),
            # The same goods may run low again tomorrow: that a fact is told once, the inbox of events sees to.
            occasion=f"{location_id}:{new_id()}",
            reference=f"stock_location:{location_id}",
            words={
                "place": one_line(named[0][0].location),
                "zh": "；".join(shown) + (f"；等共 {len(named)} 种" if more else ""),
                "en": "; ".join(shown) + (f"; and {more} more" if more else ""),
            },
        )


def _name(alert: Alert) -> str:
    return f"{shortened(one_line(alert.title), MAX_TITLE)} [{shortened(alert.code, MAX_CODE)}]"

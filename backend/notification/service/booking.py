"""Something happened to an order: its buyer is to be told, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from loguru import logger

from backend.notification.domain.delivery import Delivery, Kind
from backend.notification.domain.plan import Plan
from backend.notification.domain.trying import DeliveryState
from backend.notification.repository.delivery import DeliveryRepository
from kit.domain.clock import utc_now
from kit.event.outbox import enqueue
from kit.service.transaction import transactional

SEND = "notification.send"


class Booking:
    """Writes the delivery and asks for its sending, in the transaction of the consumer."""

    def __init__(
        self, deliveries: DeliveryRepository, plans: Mapping[Kind, Plan], clock: Callable[[], datetime] = utc_now
    ) -> None:
        self.deliveries = deliveries
        self.plans = plans
        self.clock = clock

    @transactional
    def tell(self, kind: Kind, *, order_no: str, recipient_id: int) -> None:
        """Book one delivery per kind, order and recipient; to be told again changes nothing."""
        now, plan = self.clock(), self.plans[kind]
        delivery = Delivery.book(kind, plan.channel, order_no=order_no, recipient_id=recipient_id, at=now)
        if not plan.is_configured():
            delivery.take_answer(DeliveryState.SKIPPED, "no template configured", at=now)
        if not self.deliveries.book(delivery):
            logger.info("{} of order {} was booked before", kind.value, order_no)
        elif delivery.is_open():
            enqueue(SEND, delivery_id=delivery.id)

"""Deliveries to buyers."""

from __future__ import annotations

from backend.notification.domain.delivery import Delivery
from backend.notification.repository.trying import TryingRepository


class DeliveryRepository(TryingRepository[Delivery]):
    """One for each kind, order and recipient."""

    entity = Delivery

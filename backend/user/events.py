"""Facts of user that others may hear."""

from dataclasses import dataclass

from kit.domain.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CustomerRegistered(DomainEvent):
    """Somebody logged in for the first time."""

    name = "user.customer_registered"

    customer_id: int

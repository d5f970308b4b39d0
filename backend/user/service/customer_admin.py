"""Staff block customers and serve them again."""

from __future__ import annotations

from datetime import datetime

from backend.user.domain.customer import Customer, CustomerStatus
from backend.user.domain.session import EndReason, SessionKind
from backend.user.repository.customer import CustomerRepository
from backend.user.repository.session import SessionRepository
from kit.service.transaction import transactional


class CustomerAdmin:
    """What staff may change about a customer."""

    def __init__(self, customers: CustomerRepository, sessions: SessionRepository) -> None:
        self.customers = customers
        self.sessions = sessions

    @transactional
    def set_status(self, customer_id: int, status: CustomerStatus, *, now: datetime) -> Customer:
        """Block, which ends every session, or serve again. Raises `CustomerNotFound`."""
        customer = self.customers.get(customer_id)
        customer.set_status(status)
        if not customer.can_log_in():
            self.sessions.end_all(SessionKind.MEMBER, customer_id, EndReason.BLOCKED, at=now)
        return customer

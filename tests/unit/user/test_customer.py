from datetime import UTC, datetime

import pytest

from backend.user.domain.customer import Customer, CustomerStatus
from backend.user.domain.error import CustomerBlocked
from backend.user.events import CustomerRegistered

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_registering_is_a_fact_others_hear_of() -> None:
    customer = Customer.register(at=NOW)

    (recorded,) = customer.take_recorded()

    assert recorded == (CustomerRegistered(customer_id=customer.id), NOW)
    assert (customer.nickname, customer.status) == ("微信用户", CustomerStatus.ACTIVE)


def test_a_blocked_customer_cannot_log_in_until_served_again() -> None:
    customer = Customer.register(at=NOW)

    customer.set_status(CustomerStatus.BLOCKED)
    with pytest.raises(CustomerBlocked):
        customer.log_in()
    customer.set_status(CustomerStatus.ACTIVE)

    customer.log_in()

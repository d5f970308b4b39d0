from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from backend.user import facade
from backend.user.domain.address import CustomerAddress
from backend.user.domain.error import TooManyAddresses
from backend.user.repository.customer import CustomerRepository
from backend.user.wiring import services
from kit.db.extension import db
from kit.domain.identity import new_id
from tests.factories.user import make_address, make_customer
from tests.support.threads import at_once


def defaults(customer_id: int) -> list[int]:
    db.session.rollback()
    query = select(CustomerAddress.id).where(
        CustomerAddress.customer_id == customer_id, CustomerAddress.is_default.is_(True)
    )
    return list(db.session.scalars(query))


def test_exactly_one_is_the_default_whatever_happens(app: Flask) -> None:
    customer = make_customer()
    first, second, third = (make_address(customer) for _ in range(3))
    keeping = services().address_keeping

    assert defaults(customer) == [first]
    keeping.make_default(customer, second)
    assert defaults(customer) == [second]
    keeping.remove(customer, second)
    assert defaults(customer) == [third]
    keeping.remove(customer, first)
    keeping.remove(customer, third)
    assert defaults(customer) == []


def test_the_twenty_first_is_refused(app: Flask) -> None:
    customer = make_customer()
    for _ in range(20):
        make_address(customer)

    with pytest.raises(TooManyAddresses):
        make_address(customer)

    assert len(services().addresses.book(customer).addresses) == 20


def add_at_once(app: Flask, customer: int, times: int) -> list[Any]:
    results = at_once(app, [lambda: make_address(customer)] * times)
    return [result for result in results if isinstance(result, Exception)]


@pytest.mark.commits
def test_first_addresses_added_at_once_leave_one_default(app: Flask) -> None:
    customer = make_customer()

    assert add_at_once(app, customer, 5) == []
    assert len(defaults(customer)) == 1
    assert len(services().addresses.book(customer).addresses) == 5


@pytest.mark.commits
def test_without_the_lock_they_would_leave_several(
    app: Flask, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above."""
    if database_kind == "sqlite":
        pytest.skip("SQLite locks the whole database at BEGIN")
    customer, meet = make_customer(), threading.Barrier(5)
    book = services().addresses.book

    def book_together(customer_id: int) -> Any:
        found = book(customer_id)
        meet.wait(timeout=5)
        return found

    monkeypatch.setattr(CustomerRepository, "lock", lambda *_: None)
    monkeypatch.setattr(services().addresses, "book", book_together)

    add_at_once(app, customer, 5)

    assert len(defaults(customer)) > 1


def test_the_facade_tells_an_address_to_its_owner_alone(app: Flask) -> None:
    owner, stranger = make_customer(), make_customer()
    address_id = make_address(owner, region_code=None, phone="0571 87654321")

    assert facade.address(customer_id=owner, address_id=address_id) == facade.Address(
        id=address_id,
        receiver="林小满",
        phone="0571-87654321",
        province="浙江省",
        city="杭州市",
        district="西湖区",
        detail="文三路 90 号",
        region_code=None,
    )
    for customer_id, wanted in ((stranger, address_id), (owner, new_id())):
        with pytest.raises(facade.AddressNotFound):
            facade.address(customer_id=customer_id, address_id=wanted)


def test_the_facade_knows_the_openid_in_one_mini_program(app: Flask) -> None:
    customer = make_customer(appid="wx1", openid="oAbC")

    assert facade.openid(customer_id=customer, appid="wx1") == "oAbC"
    for customer_id, appid in ((customer, "wx2"), (new_id(), "wx1")):
        with pytest.raises(facade.OpenidUnknown):
            facade.openid(customer_id=customer_id, appid=appid)


def test_the_facade_shows_masked_cards(app: Flask) -> None:
    with_phone, without = make_customer(phone="13800138000", nickname="小林"), make_customer()

    assert facade.customers(ids=[with_phone, without, new_id()]) == {
        with_phone: facade.CustomerCard(id=with_phone, nickname="小林", phone="138****8000"),
        without: facade.CustomerCard(id=without, nickname="微信用户", phone=None),
    }
    assert facade.customers(ids=[]) == {}

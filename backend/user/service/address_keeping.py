"""Customers keep their addresses."""

from __future__ import annotations

from datetime import datetime

from backend.user.domain.address import AddressBook, AddressDetails, CustomerAddress
from backend.user.repository.address import AddressRepository
from backend.user.repository.customer import CustomerRepository
from kit.service.transaction import transactional


class AddressKeeping:
    """Every change locks the customer's row first: two at once could leave two defaults, or a twenty-first address."""

    def __init__(self, customers: CustomerRepository, addresses: AddressRepository) -> None:
        self.customers = customers
        self.addresses = addresses

    @transactional
    def add(self, customer_id: int, details: AddressDetails, *, now: datetime) -> CustomerAddress:
        """A new address. Raises `TooManyAddresses`, `PhoneInvalid`."""
        return self.addresses.add(self._open_book(customer_id).add(customer_id, details, at=now))

    @transactional
    def rewrite(self, customer_id: int, address_id: int, details: AddressDetails) -> CustomerAddress:
        """Other details for an address. Raises `AddressNotFound`, `PhoneInvalid`."""
        address = self.addresses.of_customer(customer_id, address_id)
        address.rewrite(details)
        return address

    @transactional
    def make_default(self, customer_id: int, address_id: int) -> CustomerAddress:
        """This one from now on. Raises `AddressNotFound`."""
        book = self._open_book(customer_id)
        address = self.addresses.of_customer(customer_id, address_id)
        book.make_default(address)
        return address

    @transactional
    def remove(self, customer_id: int, address_id: int) -> None:
        """Forget an address; the newest of the others becomes the default if need be. Raises `AddressNotFound`."""
        book = self._open_book(customer_id)
        address = self.addresses.of_customer(customer_id, address_id)
        book.remove(address)
        self.addresses.remove(address)

    def _open_book(self, customer_id: int) -> AddressBook:
        self.customers.lock(customer_id)
        return self.addresses.book(customer_id)

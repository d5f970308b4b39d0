"""Addresses: every look-up takes the customer, so that nobody's can be reached by its number alone."""

from __future__ import annotations

from sqlalchemy import select

from backend.user.domain.address import AddressBook, CustomerAddress
from backend.user.domain.error import AddressNotFound
from kit.repository.base import Repository


class AddressRepository(Repository[CustomerAddress]):
    """Addresses of a customer."""

    entity = CustomerAddress

    def of_customer(self, customer_id: int, address_id: int) -> CustomerAddress:
        """One address. Raises `AddressNotFound`, for somebody else's too."""
        query = select(CustomerAddress).where(
            CustomerAddress.id == address_id, CustomerAddress.customer_id == customer_id
        )
        address = self.first(query)
        if address is None:
            raise AddressNotFound
        return address

    def book(self, customer_id: int) -> AddressBook:
        """All of them, the default one first, then the newest."""
        query = (
            select(CustomerAddress)
            .where(CustomerAddress.customer_id == customer_id)
            .order_by(CustomerAddress.is_default.desc(), CustomerAddress.id.desc())
        )
        return AddressBook(self.all(query))

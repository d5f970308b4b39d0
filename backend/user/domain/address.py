"""Addresses of customers (收货地址)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.user.domain.error import TooManyAddresses
from backend.user.domain.phone import contact_phone
from kit.db.types import BigId, Code, UtcDateTime
from kit.domain.entity import Entity, Identified

MAX_ADDRESSES = 20


@dataclass(frozen=True, kw_only=True)
class AddressDetails:
    """Where a parcel goes, as the customer typed it. `region_code` is the official code of the district, if known."""

    receiver: str
    phone: str
    province: str
    city: str
    district: str
    detail: str
    region_code: str | None = None


class CustomerAddress(Identified, Entity):
    """One address. Orders keep a copy of it, so changing or deleting it changes no order."""

    __tablename__ = "usr_address"
    __table_args__ = (Index("ix_usr_address_customer_id", "customer_id", "id"),)

    customer_id: Mapped[int] = mapped_column(BigId, ForeignKey("usr_customer.id"))
    receiver: Mapped[str] = mapped_column(String(30))
    phone: Mapped[str] = mapped_column(Code(24))
    province: Mapped[str] = mapped_column(String(40))
    city: Mapped[str] = mapped_column(String(40))
    district: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(120))
    region_code: Mapped[str | None] = mapped_column(Code(12))
    is_default: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def rewrite(self, details: AddressDetails) -> None:
        """Take new details. Raises `PhoneInvalid`; then nothing has changed."""
        self.phone = contact_phone(details.phone)
        self.receiver = details.receiver
        self.province, self.city, self.district = details.province, details.city, details.district
        self.detail, self.region_code = details.detail, details.region_code


class AddressBook:
    """All addresses of one customer: exactly one of them is the default, unless there is none."""

    def __init__(self, addresses: Sequence[CustomerAddress]) -> None:
        self.addresses = list(addresses)

    def can_add(self) -> bool:
        """False when the book is full."""
        return len(self.addresses) < MAX_ADDRESSES

    def add(self, customer_id: int, details: AddressDetails, *, at: datetime) -> CustomerAddress:
        """A new address; the first one becomes the default. Raises `TooManyAddresses`, `PhoneInvalid`."""
        if not self.can_add():
            raise TooManyAddresses(maximum=MAX_ADDRESSES)
        address = CustomerAddress(customer_id=customer_id, is_default=not self.addresses, created_at=at)
        address.rewrite(details)
        self.addresses.append(address)
        return address

    def make_default(self, chosen: CustomerAddress) -> None:
        """`chosen` instead of whichever was the default."""
        for address in self.addresses:
            address.is_default = address is chosen

    def remove(self, removed: CustomerAddress) -> None:
        """Take one out; when it was the default, the newest of the others takes its place."""
        self.addresses.remove(removed)
        if removed.is_default and self.addresses:
            self.make_default(max(self.addresses, key=lambda address: address.id))

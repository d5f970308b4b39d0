"""Customers (会员), and the identities through which they log in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.user.domain.error import CustomerBlocked
from backend.user.events import CustomerRegistered
from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Aggregate, Entity, Identified
from kit.domain.identity import new_id

# What WeChat itself calls somebody who gave no name.
UNNAMED = "微信用户"


class CustomerStatus(StrEnum):
    """A blocked customer cannot log in and is logged out at once."""

    ACTIVE = "active"
    BLOCKED = "blocked"


class Customer(Aggregate):
    """Somebody who buys. Nickname and picture are what they typed and chose; WeChat gives neither."""

    __tablename__ = "usr_customer"
    __table_args__ = (Index("ix_usr_customer_phone", "phone", "id"),)

    nickname: Mapped[str] = mapped_column(String(32))
    avatar_url: Mapped[str | None] = mapped_column(String(500))
    phone: Mapped[str | None] = mapped_column(Code(24))
    status: Mapped[CustomerStatus] = mapped_column(EnumText(CustomerStatus, "status"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @classmethod
    def register(cls, *, at: datetime) -> Customer:
        """A new customer, known by nothing yet."""
        customer = cls(id=new_id(), nickname=UNNAMED, status=CustomerStatus.ACTIVE, created_at=at)
        customer.record(CustomerRegistered(customer_id=customer.id), at=at)
        return customer

    def can_log_in(self) -> bool:
        """False for a blocked one."""
        return self.status is CustomerStatus.ACTIVE

    def log_in(self) -> None:
        """Raises `CustomerBlocked`."""
        if not self.can_log_in():
            raise CustomerBlocked

    def introduce(self, *, nickname: str, avatar_url: str | None) -> None:
        """Take the name and picture that the customer chose."""
        self.nickname, self.avatar_url = nickname, avatar_url

    def bind_phone(self, phone: str) -> None:
        """Take the number that WeChat vouches for."""
        self.phone = phone

    def set_status(self, status: CustomerStatus) -> None:
        """Block, or serve again."""
        self.status = status


class Provider(StrEnum):
    """Who vouches for an identity."""

    WECHAT_MINI = "wechat_mini"


class CustomerIdentity(Identified, Entity):
    """`subject` (an openid) at `provider` under `appid` is this customer. A second mini-program can join later."""

    __tablename__ = "usr_identity"
    __table_args__ = (
        UniqueConstraint("provider", "appid", "subject"),
        Index("ix_usr_identity_customer_id", "customer_id"),
    )

    provider: Mapped[Provider] = mapped_column(EnumText(Provider, "provider"))
    appid: Mapped[str] = mapped_column(Code(40))
    subject: Mapped[str] = mapped_column(Code(64))
    unionid: Mapped[str | None] = mapped_column(Code(64))
    customer_id: Mapped[int] = mapped_column(BigId, ForeignKey("usr_customer.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

"""A channel in use: who carries its messages, and how it knows people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.notification.domain.port import Messenger, Rejected
from backend.user import facade as user


@dataclass(frozen=True)
class Outlet:
    """`address_of` turns a customer's id into the channel's address, or raises `NotDelivered`; inside a transaction."""

    messenger: Messenger
    address_of: Callable[[int], str]


def openid_in(appid: str) -> Callable[[int], str]:
    """The address of a customer in this mini-program."""

    def address_of(customer_id: int) -> str:
        try:
            return user.openid(customer_id=customer_id, appid=appid)
        except user.OpenidUnknown:
            raise Rejected("the recipient has no openid in this mini-program") from None

    return address_of

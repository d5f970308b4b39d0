"""Customers, addresses and staff, and the headers that log them in. They work inside a pushed application context."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from functools import cache
from typing import Any, Literal

from argon2 import PasswordHasher
from flask import Flask

from backend.user.domain.address import AddressDetails
from backend.user.domain.customer import Customer
from backend.user.domain.port import WechatUser
from backend.user.domain.role import Role
from backend.user.domain.session import SessionKind
from backend.user.domain.staff import Applicant, Staff
from backend.user.wiring import services
from kit.domain.clock import utc_now
from kit.service.transaction import in_transaction

PASSWORD = "correct horse battery"

_numbers = itertools.count(1)


def make_customer(*, appid: str = "", openid: str | None = None, unionid: str | None = None, **over: Any) -> int:
    """A customer with an identity; `over` are columns: nickname, avatar_url, phone, status. Returns the id."""
    user = WechatUser(openid or f"o_test_{next(_numbers)}", unionid)

    def make() -> Customer:
        customer = services().customers.register(appid, user, at=utc_now())
        assert customer is not None, f"{user.openid} is taken"
        for column, value in over.items():
            setattr(customer, column, value)
        return customer

    return in_transaction(make).id


def make_address(customer_id: int, **over: Any) -> int:
    """An address of the customer; `over` are fields of `AddressDetails`. Returns the id."""
    details = {
        "receiver": "林小满",
        "phone": "13800138000",
        "province": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "detail": "文三路 90 号",
        "region_code": "330106",
    }
    return services().address_keeping.add(customer_id, AddressDetails(**(details | over)), now=utc_now()).id


def member_headers(app: Flask, customer_id: int) -> dict[str, str]:
    """The Authorization header of a fresh session of the customer."""
    return _headers(app, SessionKind.MEMBER, customer_id)


def make_role(*permissions: str, code: str | None = None) -> int:
    """A role with these permissions. Returns the id."""
    code = code or f"role-{next(_numbers)}"
    role = Role.create(code=code, name=code, permissions=permissions)
    return in_transaction(lambda: services().roles.add_new(role)).id


def make_staff(
    permissions: Collection[str] | Literal["all"] = (), *, username: str | None = None, password: str = PASSWORD
) -> int:
    """An active member of staff with a role of their own; ``"all"``: an administrator. Returns the id."""
    username = username or f"staff-{next(_numbers)}"
    applicant = Applicant(username=username, name=username, password_hash=_hash(password))

    def make() -> Staff:
        roles = services().roles
        if permissions == "all":
            role = roles.administrator()
        else:
            role = roles.add(Role.create(code=f"{username}-role", name=username, permissions=permissions))
        return services().staff.add_new(Staff.hire(applicant, roles=[role], at=utc_now()))

    return in_transaction(make).id


def staff_headers(
    app: Flask, staff_id: int | None = None, *, permissions: Collection[str] | Literal["all"] = "all"
) -> dict[str, str]:
    """The Authorization header of a fresh session of staff; without an id, of somebody new with `permissions`."""
    return _headers(app, SessionKind.STAFF, make_staff(permissions) if staff_id is None else staff_id)


def _headers(_app: Flask, kind: SessionKind, subject_id: int) -> dict[str, str]:
    tokens = services().sessions.open(kind, subject_id, user_agent="tests", now=utc_now())
    return {"Authorization": f"Bearer {tokens.access_token}"}


@cache
def _hash(password: str) -> str:
    """With the real parameters, so that logging in does not hash anew; once per password, since it takes 20 ms."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(password)

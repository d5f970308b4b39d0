"""An executor over real rows (it renames customers), roles and staff around it, and what the database says."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from backend.approval import facade
from backend.approval.domain.condition import Condition
from backend.approval.domain.request import Request
from backend.approval.domain.rule import RuleDraft
from backend.approval.domain.step import RequestHistory
from backend.approval.wiring import services
from backend.user.domain.customer import Customer
from backend.user.domain.staff import Applicant, Staff
from backend.user.wiring import services as user
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.domain.error import Conflict
from kit.service.transaction import in_transaction
from tests.factories.user import make_customer, make_role
from tests.support.fresh import fresh_session

ACTION = "user.rename"
_numbers = itertools.count(1)


class NameForbidden(Conflict):
    """What this executor refuses, after it has already written."""

    code = "tests.name_forbidden"
    zh = "这个名字不行"
    en = "Not that name"


class Rename:
    """Payload ``{"nickname": …, "percent": "10.5"}``; the subject is a customer."""

    action = ACTION
    zh = "改名"
    en = "Rename"
    right = "approval:read"
    facts: Sequence[facade.Fact] = (facade.Fact("length", "长度", "Length"), facade.Fact("percent", "幅度", "Percent"))

    also: Sequence[str] = ("user.call_names",)

    def __init__(self) -> None:
        self.forbidden: set[str] = set()

    def acts_as(self, subject: str, payload: Any) -> Collection[str]:
        return self.also if payload.get("rude") else ()

    def facts_of(self, subject: str, payload: Any) -> Mapping[str, int | Decimal]:
        return {"length": len(payload["nickname"]), "percent": Decimal(payload.get("percent", "0"))}

    def version(self, subject: str, payload: Any) -> int | None:
        customer = self._customer(subject)
        return None if customer is None else customer.version

    def title(self, subject: str, payload: Any) -> str:
        customer = self._customer(subject)
        assert customer is not None
        return customer.nickname

    def diff(self, subject: str, payload: Any) -> Sequence[facade.Change]:
        old = self.title(subject, payload)
        return [facade.Change(field="nickname", zh="昵称", en="Nickname", old=old, new=payload["nickname"])]

    def apply(self, subject: str, payload: Any, mandate: facade.Mandate, now: datetime) -> Any:
        customer = self._customer(subject)
        assert customer is not None
        customer.nickname = payload["nickname"]
        db.session.flush()
        if payload["nickname"] in self.forbidden:
            raise NameForbidden(errors={"nickname": ["forbidden"]})
        return {"renamed_by": mandate.actor}

    def _customer(self, subject: str) -> Customer | None:
        found: Customer | None = db.session.get(Customer, int(subject.removeprefix("customer:")))
        return found


@contextmanager
def plugged_in(executor: facade.Executor) -> Iterator[None]:
    """The executor is registered until the block ends."""
    executors = services().executors
    executors.register(executor)
    try:
        yield
    finally:
        del executors._by_action[executor.action]


def make_member(*role_ids: int, email: str | None = None) -> int:
    """An active member of staff with these roles. Returns the id."""
    username = f"colleague-{next(_numbers)}"

    def make() -> Staff:
        applicant = Applicant(username=username, name=f"同事 {username}", password_hash="-", email=email)
        roles = user().roles.of_ids(role_ids)
        return user().staff.add_new(Staff.hire(applicant, roles=roles, at=utc_now()))

    return in_transaction(make).id


@dataclass
class Office:
    """A clerk who may only ask, two managers and an owner who may decide, and a customer with a name."""

    clerk_role: int = field(default_factory=lambda: make_role("approval:read"))
    manager_role: int = field(default_factory=lambda: make_role("approval:read", "approval:decide"))
    owner_role: int = field(default_factory=lambda: make_role("approval:read", "approval:decide"))

    def __post_init__(self) -> None:
        self.clerk = make_member(self.clerk_role)
        self.manager = make_member(self.manager_role)
        self.deputy = make_member(self.manager_role)
        self.owner = make_member(self.owner_role)
        self.customer = make_customer(nickname="老名字")

    @property
    def subject(self) -> str:
        return f"customer:{self.customer}"

    def forbid(self, nickname: str) -> None:
        """From now on the executor refuses this name, after it has written it."""
        executor = services().executors.of(ACTION)
        assert isinstance(executor, Rename)
        executor.forbidden.add(nickname)

    def name(self) -> str:
        """What the customer is called now."""
        fresh_session()
        return str(db.session.scalar(select(Customer.nickname).where(Customer.id == self.customer)))

    def version(self) -> int:
        fresh_session()
        return int(db.session.scalar(select(Customer.version).where(Customer.id == self.customer)) or 0)

    def rename_behind(self, name: str = "别人改的") -> None:
        """Somebody changes the customer in another way."""

        def rename() -> None:
            customer = db.session.get(Customer, self.customer)
            assert customer is not None
            customer.nickname = name

        in_transaction(rename)

    def ask(self, nickname: str = "新名字", *, by: int | None = None, **more: Any) -> facade.Submission:
        """Somebody (the clerk) wants another name for the customer."""
        moment = more.pop("now", None) or utc_now()
        version = more.pop("version", None) or self.version()
        reason = more.pop("reason", "")
        return facade.submit(
            action=ACTION,
            subject=self.subject,
            subject_version=version,
            payload={"nickname": nickname} | more,
            actor=f"staff:{by or self.clerk}",
            reason=reason,
            now=moment,
        )

    def asked(self, nickname: str = "新名字", **more: Any) -> int:
        """A pending request; its id."""
        made = self.ask(nickname, **more)
        assert not made.applied
        assert made.request_id is not None
        return made.request_id


def make_rule(
    *role_ids: int,
    condition: Condition | None = None,
    hours: int = 72,
    enabled: bool = True,
    action: str = ACTION,
    name: str = "改名要审批",
) -> int:
    """A rule for the executor's action. Returns the id."""
    draft = RuleDraft(
        name=name, action=action, condition=condition, role_ids=role_ids, expiry_hours=hours, enabled=enabled
    )
    return services().configuring.create(draft, by="staff:1", now=utc_now()).id


def approve(request_id: int, by: int, *, step: int = 1, comment: str = "", now: datetime | None = None) -> Request:
    """Somebody says yes."""
    return services().deciding.approve(request_id, staff_id=by, step=step, comment=comment, now=now or utc_now())


def reject(request_id: int, by: int, *, step: int = 1, comment: str = "no") -> Request:
    """Somebody says no."""
    return services().deciding.reject(request_id, staff_id=by, step=step, comment=comment, now=utc_now())


def request_row(request_id: int) -> Request:
    """The request with its steps as the database has it."""
    fresh_session()
    request = services().query.with_steps(request_id)
    assert request is not None
    db.session.expunge_all()
    return request


def state_of(request_id: int) -> str:
    return request_row(request_id).state.value


def story(request_id: int) -> list[tuple[str, str | None, str, str, str]]:
    """Verb, from, to, actor, comment of everything that happened."""
    fresh_session()
    rows = db.session.scalars(
        select(RequestHistory).where(RequestHistory.request_id == request_id).order_by(RequestHistory.id)
    )
    return [
        (row.verb.value, row.from_state.value if row.from_state else None, row.to_state.value, row.actor, row.comment)
        for row in rows
    ]


def change_role(role_id: int, *permissions: str) -> None:
    """The role has these permissions from now on."""

    def change() -> None:
        role = user().roles.lock(role_id)
        role.change(name=role.name, permissions=permissions)

    in_transaction(change)


def take_roles(staff_id: int, keep: Collection[int] = ()) -> None:
    """Somebody holds only these roles from now on."""

    def take() -> None:
        staff = user().staff.get(staff_id)
        staff.change(name=staff.name, status=staff.status, roles=user().roles.of_ids(keep))

    in_transaction(take)

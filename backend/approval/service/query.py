"""The inbox and the details, straight from SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased, scoped_session, selectinload

from backend.approval.domain.error import RequestNotFound, ScopeForbidden
from backend.approval.domain.request import Decider, Request
from backend.approval.domain.rule import Rule
from backend.approval.domain.state import RequestState
from backend.approval.domain.step import RequestHistory, RequestStep
from backend.user import facade as user
from kit.db.extension import db
from kit.repository.page import Keyset, Page, PageRequest, fetch_page

_NEWEST = Keyset((Request.id.expression,), ("id",))
_WAITING = aliased(RequestStep)


class Scope(StrEnum):
    """What waits for me, what I asked for, or everything."""

    TO_DECIDE = "to_decide"
    SUBMITTED = "submitted"
    ALL = "all"


@dataclass(frozen=True)
class Viewer:
    """Who looks: their roles at this moment, and whether they may see every request."""

    staff_id: int
    role_ids: frozenset[int]
    sees_all: bool

    def sees(self, requester_id: int | None, step_role_ids: Collection[int]) -> bool:
        """One's own, what one of one's roles decides or decided, or everything."""
        return self.sees_all or requester_id == self.staff_id or not self.role_ids.isdisjoint(step_role_ids)


@dataclass(frozen=True)
class Detail:
    """A request with its steps, what happened to it, and the cards of everybody named."""

    request: Request
    history: Sequence[Row[Any]]
    staff: dict[int, user.StaffCard]
    decides: bool
    withdraws: bool
    resubmits: bool


@dataclass(frozen=True)
class Counts:
    """Pending requests: waiting for me, and my own."""

    to_decide: int
    submitted: int


class RequestQuery:
    """A list is one query beside the viewer's roles, however many rows."""

    def __init__(self) -> None:
        self.session: scoped_session[Any] = db.session

    def viewer(self, staff_id: int, *, sees_all: bool) -> Viewer:
        """Somebody, with the roles they hold now."""
        return Viewer(staff_id, user.role_ids_of(staff_id=staff_id), sees_all)

    def requests(
        self,
        page: PageRequest,
        viewer: Viewer,
        *,
        scope: Scope,
        state: RequestState | None,
        action: str | None,
        subject: str | None = None,
    ) -> Page[Row[Any]]:
        """Requests, newest first. Raises `ScopeForbidden`."""
        if scope is Scope.ALL and not viewer.sees_all:
            raise ScopeForbidden
        query = _rows().where(_within(scope, viewer))
        if state is not None:
            query = query.where(Request.state == state)
        if action is not None:
            query = query.where(Request.action == action)
        if subject is not None:
            query = query.where(Request.subject == subject)
        return fetch_page(self.session, query, _NEWEST, page)

    def counts(self, viewer: Viewer) -> Counts:
        """Both numbers with one query over what is pending."""
        query = (
            select(
                func.count(case((_to_decide(viewer), 1))).label("to_decide"),
                func.count(case((Request.requester_id == viewer.staff_id, 1))).label("submitted"),
            )
            .join(_WAITING, _is_waiting())
            .where(Request.state == RequestState.PENDING)
        )
        row = self.session.execute(query).one()
        return Counts(row.to_decide, row.submitted)

    def detail(self, request_id: int, viewer: Viewer, *, now: datetime) -> Detail:
        """Everything about one request. Raises `RequestNotFound`, also for one that the viewer has no part in."""
        request = self.with_steps(request_id)
        if request is None or not viewer.sees(request.requester_id, [step.role_id for step in request.steps]):
            raise RequestNotFound
        query = select(*RequestHistory.__table__.columns).where(RequestHistory.request_id == request_id)
        history = self.session.execute(query.order_by(RequestHistory.id)).all()
        decider = Decider(viewer.staff_id, viewer.role_ids)
        return Detail(
            request,
            history,
            user.staff(ids=_named(request, history)),
            decides=request.can_decide(decider, step=request.step, at=now),
            withdraws=request.can_withdraw(viewer.staff_id),
            resubmits=request.can_resubmit(viewer.staff_id),
        )

    def with_steps(self, request_id: int) -> Request | None:
        """The request as the database has it now."""
        query = select(Request).where(Request.id == request_id).options(selectinload(Request.steps))
        found: Request | None = self.session.scalars(query.execution_options(populate_existing=True)).first()
        return found

    def comment(self, comment_id: int) -> Row[int, str, str] | None:
        """request_id, actor and text of something that was said."""
        query = select(RequestHistory.request_id, RequestHistory.actor, RequestHistory.comment)
        return self.session.execute(query.where(RequestHistory.id == comment_id)).first()

    def rules(self) -> tuple[Sequence[Rule], dict[int, user.RoleCard]]:
        """All rules, by action, and the cards of their roles."""
        rules = self.session.scalars(select(Rule).order_by(Rule.action, Rule.id)).all()
        return rules, user.roles(ids={role_id for rule in rules for role_id in rule.role_ids})


def _rows() -> Select[*tuple[Any, ...]]:
    return select(
        Request.id,
        Request.action,
        Request.subject,
        Request.title,
        Request.state,
        Request.requester,
        Request.requester_id,
        Request.requester_name,
        Request.step,
        Request.created_at,
        Request.due_at,
        Request.closed_at,
        _WAITING.role_name,
    ).outerjoin(_WAITING, _is_waiting())


def _is_waiting() -> ColumnElement[bool]:
    return and_(_WAITING.request_id == Request.id, _WAITING.position == Request.step)


def _within(scope: Scope, viewer: Viewer) -> ColumnElement[bool]:
    if scope is Scope.TO_DECIDE:
        return and_(Request.state == RequestState.PENDING, _to_decide(viewer))
    if scope is Scope.SUBMITTED:
        return Request.requester_id == viewer.staff_id
    return Request.id > 0


def _to_decide(viewer: Viewer) -> ColumnElement[bool]:
    """Of a pending request joined with its waiting step: one of my roles, not mine, and no step of it decided by me."""
    if not viewer.role_ids:
        return false()
    mine = exists().where(RequestStep.request_id == Request.id, RequestStep.decided_by == viewer.staff_id)
    return and_(
        _WAITING.role_id.in_(viewer.role_ids),
        or_(Request.requester_id.is_(None), Request.requester_id != viewer.staff_id),
        ~mine,
    )


def _named(request: Request, history: Sequence[Row[Any]]) -> set[int]:
    ids = {step.decided_by for step in request.steps if step.decided_by is not None}
    return ids | {int(row.actor[6:]) for row in history if row.actor.startswith("staff:")}

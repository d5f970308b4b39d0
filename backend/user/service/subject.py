"""Who is behind an access token: one query per request, for members and for staff."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import scoped_session

from backend.user.domain.customer import Customer, CustomerStatus
from backend.user.domain.role import Role, RolePermission
from backend.user.domain.session import LoginSession, SessionKind
from backend.user.domain.staff import Staff, StaffRole, StaffStatus
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.security.permission import declared_permissions
from kit.security.subject import Subject, SubjectKind

_STAFF = f"{SubjectKind.STAFF}:"
_Query = TypeVar("_Query", bound=Select[*tuple[Any, ...]])


class DatabaseSubjectSource:
    """A `SubjectSource`: blocking, dismissing, logging out and changes of roles count from the next request."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self.session: scoped_session[Any] = db.session
        self._clock = clock
        self._finders = {SubjectKind.MEMBER: self._member, SubjectKind.STAFF: self._staff}

    def find(self, *, kind: SubjectKind, subject_id: int, session_id: int) -> Subject | None:
        """The subject if it is active and its session is open; else None."""
        return self._finders[kind](subject_id, session_id)

    def names(self, actors: Collection[str]) -> dict[str, str]:
        """Actor (``staff:42``) → name, also of who left; members and the program itself are missing."""
        ids = {int(actor.removeprefix(_STAFF)) for actor in actors if actor.startswith(_STAFF)}
        if not ids:
            return {}
        rows = self.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
        return {f"{_STAFF}{row.id}": row.name for row in rows}

    def _member(self, customer_id: int, session_id: int) -> Subject | None:
        query = self._within_open_session(
            select(Customer.id)
            .join(LoginSession, LoginSession.subject_id == Customer.id)
            .where(Customer.id == customer_id, Customer.status == CustomerStatus.ACTIVE),
            SessionKind.MEMBER,
            session_id,
        )
        found = self.session.execute(query).first()
        return None if found is None else Subject(SubjectKind.MEMBER, customer_id, session_id)

    def _staff(self, staff_id: int, session_id: int) -> Subject | None:
        query = self._within_open_session(
            select(Role.all_permissions, RolePermission.permission)
            .select_from(Staff)
            .join(LoginSession, LoginSession.subject_id == Staff.id)
            .outerjoin(StaffRole, StaffRole.c.staff_id == Staff.id)
            .outerjoin(Role, Role.id == StaffRole.c.role_id)
            .outerjoin(RolePermission, RolePermission.role_id == Role.id)
            .where(Staff.id == staff_id, Staff.status == StaffStatus.ACTIVE),
            SessionKind.STAFF,
            session_id,
        )
        rows = self.session.execute(query).all()
        if not rows:
            return None
        declared = frozenset(declared_permissions())
        everything = any(row.all_permissions for row in rows)
        named = frozenset(row.permission for row in rows if row.permission is not None)
        return Subject(SubjectKind.STAFF, staff_id, session_id, declared if everything else named & declared)

    def _within_open_session(self, query: _Query, kind: SessionKind, session_id: int) -> _Query:
        return query.where(
            LoginSession.id == session_id,
            LoginSession.kind == kind,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > self._clock(),
        )

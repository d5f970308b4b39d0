"""Requests, held while they are decided, and claimed when their time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from backend.approval.domain.error import AlreadyResubmitted, RequestNotFound
from backend.approval.domain.request import Request
from backend.approval.domain.state import RequestState, Verb
from backend.approval.domain.step import RequestHistory
from kit.db.error import is_duplicate
from kit.repository.base import Repository


class RequestRepository(Repository[Request]):
    """Requests with their steps."""

    entity = Request

    def lock(self, request_id: int) -> Request:
        """The request, held until the commit: two deciders wait for each other. Raises `RequestNotFound`."""
        query = select(Request).where(Request.id == request_id).options(selectinload(Request.steps)).with_for_update()
        request = self.first(query.execution_options(populate_existing=True))
        if request is None:
            raise RequestNotFound
        return request

    def add_new(self, request: Request) -> Request:
        """Write it now. Raises `AlreadyResubmitted` when its origin was repeated before."""
        self.add(request)
        try:
            self.flush()
        except IntegrityError as error:
            if is_duplicate(error, "origin_id"):
                raise AlreadyResubmitted from None
            raise
        return request

    def repetition_of(self, request_id: int) -> int | None:
        """The id of the request that took its place."""
        found: int | None = self.session.scalar(select(Request.id).where(Request.origin_id == request_id))
        return found

    def due(self, *, now: datetime, limit: int) -> Sequence[Request]:
        """Pending requests whose time is over, held for this caller alone; others' are skipped."""
        query = (
            select(Request)
            .where(Request.due_at <= now, Request.state == RequestState.PENDING)
            .order_by(Request.due_at)
            .limit(limit)
            .options(selectinload(Request.steps))
            .with_for_update(skip_locked=True)
        )
        return self.all(query.execution_options(populate_existing=True))

    def comment_count(self, request_id: int) -> int:
        """How many comments it has."""
        query = select(func.count()).where(RequestHistory.request_id == request_id, RequestHistory.verb == Verb.COMMENT)
        return int(self.session.scalar(query) or 0)

"""What becomes of a request besides a decision: its requester takes it back, its time is over, people talk about it."""

from __future__ import annotations

from datetime import datetime

from backend.approval.domain.error import RequestNotFound, TooManyComments
from backend.approval.domain.request import Request
from backend.approval.repository.request import RequestRepository
from backend.approval.service.holding import release_files
from backend.approval.service.query import RequestQuery, Viewer
from kit.service.batches import until_done
from kit.service.transaction import transactional

MAX_COMMENTS = 200
_BATCH = 100
_SWEEP = "system:approval.expire_due"


class Following:
    """No executor is asked: these always work."""

    def __init__(self, requests: RequestRepository, query: RequestQuery) -> None:
        self.requests = requests
        self.query = query

    @transactional
    def withdraw(self, request_id: int, *, viewer: Viewer, comment: str, now: datetime) -> Request:
        """Take it back. Raises `RequestNotFound`, `NotRequester`, `NotPending`."""
        request = self._seen(request_id, viewer)
        request.withdraw(viewer.staff_id, comment=comment, at=now)
        release_files(request)
        return request

    @transactional
    def comment(self, request_id: int, *, viewer: Viewer, text: str, now: datetime) -> None:
        """Say something about it. Raises `RequestNotFound`, `TooManyComments`."""
        request = self._seen(request_id, viewer)
        if self.requests.comment_count(request_id) >= MAX_COMMENTS:
            raise TooManyComments(maximum=MAX_COMMENTS)
        request.comment(by=f"staff:{viewer.staff_id}", text=text, at=now)

    def expire_due(self, *, now: datetime) -> int:
        """End what nobody decided in time, in batches; returns how many."""

        def step() -> int:
            requests = self.requests.due(now=now, limit=_BATCH)
            for request in requests:
                request.expire(by=_SWEEP, at=now)
                release_files(request)
            return len(requests)

        return until_done(step, size=_BATCH)

    def _seen(self, request_id: int, viewer: Viewer) -> Request:
        request = self.requests.lock(request_id)
        if not viewer.sees(request.requester_id, [step.role_id for step in request.steps]):
            raise RequestNotFound
        return request

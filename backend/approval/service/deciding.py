"""Somebody agrees or refuses. The last agreement makes the change, in the transaction of the decision."""

from __future__ import annotations

from datetime import datetime

from loguru import logger

from backend.approval.domain.error import PayloadTampered, RequestStale
from backend.approval.domain.request import Decider, Request
from backend.approval.domain.state import RequestState
from backend.approval.repository.request import RequestRepository
from backend.approval.service.executors import Executors, refusals_told
from backend.approval.service.holding import release_files
from backend.user import facade as user
from kit.service.transaction import end_reading, transactional


class Deciding:
    """Nobody decides on their own request, nor on two steps of one; roles are looked up when the decision is made."""

    def __init__(self, executors: Executors, requests: RequestRepository) -> None:
        self.executors = executors
        self.requests = requests

    def approve(self, request_id: int, *, staff_id: int, step: int, comment: str, now: datetime) -> Request:
        """Say yes; to say it again changes nothing. Raises what `Request.must_be_decidable` does, `RequestNotFound`,
        `PayloadTampered`, `ExecutorMissing`, `ApplyRefused`; `RequestStale` after the request has become stale.
        """
        # That a request is stale must be committed although the answer is a refusal: so no transaction is joined.
        end_reading()
        request = self._approve(request_id, staff_id=staff_id, step=step, comment=comment, now=now)
        if request.state is RequestState.STALE:
            raise RequestStale
        return request

    @transactional
    def _approve(self, request_id: int, *, staff_id: int, step: int, comment: str, now: datetime) -> Request:
        request = self.requests.lock(request_id)
        if request.was_agreed_by(staff_id, step):
            return request
        decider = _decider(staff_id)
        request.must_be_decidable(decider, step=step, at=now)
        payload = _opened(request)
        executor = self.executors.of(request.action)
        with refusals_told():
            if executor.version(request.subject, payload) != request.subject_version:
                request.outdate(by=decider.actor, at=now)
                release_files(request)
                return request
            request.approve(decider, step=step, comment=comment, at=now)
            if not request.is_pending:
                executor.apply(request.subject, payload, request.mandate(), now)
            release_files(request)
        return request

    @transactional
    def reject(self, request_id: int, *, staff_id: int, step: int, comment: str, now: datetime) -> Request:
        """Say no. Raises what `Request.must_be_decidable` does, and `RequestNotFound`."""
        request = self.requests.lock(request_id)
        request.reject(_decider(staff_id), step=step, comment=comment, at=now)
        release_files(request)
        return request


def _decider(staff_id: int) -> Decider:
    return Decider(staff_id, user.role_ids_of(staff_id=staff_id))


def _opened(request: Request) -> object:
    try:
        return request.opened()
    except PayloadTampered:
        logger.error("approval request {} was changed behind the program's back: not applied", request.id)
        raise

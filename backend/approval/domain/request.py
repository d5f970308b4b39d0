"""The request (审批单): one frozen change, the steps that must agree to it, and its verbs along one table of states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from backend.approval.domain import payload as frozen
from backend.approval.domain.error import (
    DecidedBefore,
    NotPending,
    NotRequester,
    NotResubmittable,
    OwnRequest,
    PayloadTampered,
    RoleNotHeld,
    StepPassed,
)
from backend.approval.domain.port import Mandate
from backend.approval.domain.state import TRANSITIONS, RequestState, Verb, allows
from backend.approval.domain.step import Decision, RequestHistory, RequestStep
from backend.approval.events import (
    ApprovalCommented,
    ApprovalExpired,
    ApprovalGranted,
    ApprovalRejected,
    ApprovalRequested,
    ApprovalStale,
    ApprovalWithdrawn,
)
from kit.db.types import BigId, Code, EnumText, LongText, UtcDateTime
from kit.domain.entity import Aggregate


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A change that somebody wants. `payload` is canonical; `requester_id` None for the system itself."""

    action: str
    subject: str
    subject_version: int
    title: str
    payload: str
    changes: Sequence[dict[str, Any]]
    because: Sequence[str]
    requester: str
    requester_id: int | None
    requester_name: str
    reason: str
    origin_id: int | None = None


@dataclass(frozen=True)
class Decider:
    """Somebody who decides, with the roles they hold at this moment."""

    staff_id: int
    role_ids: frozenset[int]

    @property
    def actor(self) -> str:
        """As histories name them."""
        return f"staff:{self.staff_id}"


@dataclass(frozen=True)
class StepRole:
    """A role as a step keeps it."""

    id: int
    code: str
    name: str


class Request(Aggregate):
    """`step` is the one that waits, or where the request ended; 0 when none was needed. `due_at` only while pending."""

    __tablename__ = "apr_request"
    __table_args__ = (
        CheckConstraint("(state = 'pending') = (due_at IS NOT NULL)", name="pending_is_due"),
        Index("ix_apr_request_due", "due_at"),
        Index("ix_apr_request_state", "state", "id"),
        Index("ix_apr_request_action", "action", "id"),
        Index("ix_apr_request_requester", "requester_id", "id"),
        Index("ix_apr_request_subject", "subject", "id"),
    )

    action: Mapped[str] = mapped_column(Code(60))
    subject: Mapped[str] = mapped_column(Code(64))
    subject_version: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(String(200))
    # Text, not JSON: MySQL would sort and rewrite it, and the digest is over every byte.
    payload: Mapped[str] = mapped_column(LongText)
    digest: Mapped[str] = mapped_column(Code(64))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    because: Mapped[list[str]] = mapped_column(JSON)
    requester: Mapped[str] = mapped_column(Code(60))
    requester_id: Mapped[int | None] = mapped_column(BigId)
    requester_name: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[RequestState] = mapped_column(EnumText(RequestState, "state"))
    step: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The request this one repeats: each is repeated once.
    origin_id: Mapped[int | None] = mapped_column(BigId, unique=True)

    steps: Mapped[list[RequestStep]] = relationship(order_by=RequestStep.position, lazy="raise")
    history: WriteOnlyMapped[RequestHistory] = relationship(order_by=RequestHistory.id, passive_deletes=True)

    @classmethod
    def submit(cls, draft: Draft, *, roles: Sequence[StepRole], hours: int, at: datetime) -> Request:
        """Wait for these roles, one after the other, for so many hours."""
        steps = [
            RequestStep(position=position, role_id=role.id, role_code=role.code, role_name=role.name)
            for position, role in enumerate(roles, start=1)
        ]
        request = cls._of(draft, RequestState.PENDING, at, step=1, steps=steps, due_at=at + timedelta(hours=hours))
        request._write(Verb.SUBMIT, None, draft.requester, draft.reason, at)
        request.record(ApprovalRequested(**request._named()), at=at)
        return request

    @classmethod
    def applied_directly(cls, draft: Draft, *, at: datetime) -> Request:
        """Done by somebody who need not ask; kept, so that it can be looked at."""
        request = cls._of(draft, RequestState.APPLIED_DIRECTLY, at, step=0, steps=[], closed_at=at)
        request._write(Verb.APPLY_DIRECTLY, None, draft.requester, draft.reason, at)
        request.record(ApprovalGranted(**request._named(step=False), directly=True), at=at)
        return request

    @classmethod
    def _of(cls, draft: Draft, state: RequestState, at: datetime, **more: Any) -> Request:
        given = {name: getattr(draft, name) for name in Draft.__dataclass_fields__}
        given |= {"changes": list(draft.changes), "because": list(draft.because)}
        request = cls(**given, **more, state=state, created_at=at)
        request.digest = request._digest()
        return request

    @property
    def waiting(self) -> RequestStep:
        """The step that is to be decided."""
        return self.steps[self.step - 1]

    @property
    def is_pending(self) -> bool:
        """Somebody may still decide."""
        return self.state is RequestState.PENDING

    def is_intact(self) -> bool:
        """False when what is stored is not what was submitted: payload, subject, requester, difference or steps."""
        # `requester_id` is the same once more, for indexes; a request without its requester could be decided by them.
        named = "system:" if self.requester_id is None else f"staff:{self.requester_id}"
        same = self.requester.startswith(named) if self.requester_id is None else self.requester == named
        return same and self.digest == self._digest()

    def opened(self) -> Any:
        """The payload. Raises `PayloadTampered`."""
        if not self.is_intact():
            raise PayloadTampered
        return frozen.opened(self.payload)

    def mandate(self) -> Mandate:
        """On whose word the change is made."""
        agreed = tuple(step.decided_by for step in self.steps if step.decided_by is not None and _agreed(step))
        return Mandate(actor=self.requester, reason=self.reason, request_id=self.id, agreed_by=agreed)

    def was_agreed_by(self, staff_id: int, step: int) -> bool:
        """True when exactly this decision was made: a repetition of it changes nothing."""
        return any(one.position == step and one.decided_by == staff_id and _agreed(one) for one in self.steps)

    def can_decide(self, by: Decider, *, step: int, at: datetime) -> bool:
        """True when `by` may say yes or no at this step now."""
        try:
            self.must_be_decidable(by, step=step, at=at)
        except (NotPending, StepPassed, OwnRequest, DecidedBefore, RoleNotHeld):
            return False
        return True

    def must_be_decidable(self, by: Decider, *, step: int, at: datetime) -> None:
        """Raises `OwnRequest`, `NotPending`, `StepPassed`, `DecidedBefore` or `RoleNotHeld`.

        Looks at the time itself: the sweep that ends what is overdue may be late.
        """
        if by.staff_id == self.requester_id:
            raise OwnRequest
        if not self.is_pending:
            raise NotPending(state=self.state)
        if self.due_at is not None and self.due_at <= at:
            raise NotPending(state=RequestState.EXPIRED.value)
        if step != self.step:
            raise StepPassed(current=self.step)
        if any(one.decided_by == by.staff_id for one in self.steps):
            raise DecidedBefore
        if self.waiting.role_id not in by.role_ids:
            raise RoleNotHeld(role=self.waiting.role_name)

    def approve(self, by: Decider, *, step: int, comment: str, at: datetime) -> None:
        """Say yes at this step; after the last one the request is APPROVED. Raises as `must_be_decidable`."""
        self.must_be_decidable(by, step=step, at=at)
        self._decide(Decision.APPROVED, by, at)
        if self.step == len(self.steps):
            self._move(Verb.APPROVE, by.actor, comment, at)
            self.record(ApprovalGranted(**self._named(step=False), directly=False), at=at)
            return
        self._move(Verb.AGREE, by.actor, comment, at)
        self.step += 1
        self.record(ApprovalRequested(**self._named()), at=at)

    def reject(self, by: Decider, *, step: int, comment: str, at: datetime) -> None:
        """Say no, which ends it. Raises as `must_be_decidable`."""
        self.must_be_decidable(by, step=step, at=at)
        self._decide(Decision.REJECTED, by, at)
        self._move(Verb.REJECT, by.actor, comment, at)
        self.record(ApprovalRejected(**self._named()), at=at)

    def can_withdraw(self, staff_id: int) -> bool:
        """True when `staff_id` may take it back."""
        return self.is_pending and staff_id == self.requester_id

    def withdraw(self, staff_id: int, *, comment: str, at: datetime) -> None:
        """Take it back. Raises `NotRequester`, `NotPending`."""
        self._must_be_of(staff_id)
        self._move(Verb.WITHDRAW, self.requester, comment, at)
        self.record(ApprovalWithdrawn(**self._named()), at=at)

    def expire(self, *, by: str, at: datetime) -> None:
        """Nobody decided in time. Raises `NotPending`."""
        self._move(Verb.EXPIRE, by, "", at)
        self.record(ApprovalExpired(**self._named()), at=at)

    def outdate(self, *, by: str, at: datetime) -> None:
        """The subject moved on. Raises `NotPending`."""
        self._move(Verb.OUTDATE, by, "", at)
        self.record(ApprovalStale(**self._named()), at=at)

    def can_resubmit(self, staff_id: int) -> bool:
        """True when `staff_id` may submit it again."""
        return staff_id == self.requester_id and allows(self.state, Verb.RESUBMIT)

    def resubmit(self, staff_id: int, *, comment: str, at: datetime) -> None:
        """Note that a new request takes its place. Raises `NotRequester`, `NotResubmittable`."""
        self._must_be_of(staff_id)
        if not allows(self.state, Verb.RESUBMIT):
            raise NotResubmittable(state=self.state)
        self._write(Verb.RESUBMIT, self.state, self.requester, comment, at)

    def comment(self, *, by: str, text: str, at: datetime) -> None:
        """Somebody says something about it, in any state."""
        entry = self._write(Verb.COMMENT, self.state, by, text, at)
        self.record(ApprovalCommented(**self._named(step=False), comment_id=entry.id), at=at)

    def _must_be_of(self, staff_id: int) -> None:
        if staff_id != self.requester_id:
            raise NotRequester

    def _decide(self, decision: Decision, by: Decider, at: datetime) -> None:
        step = self.waiting
        step.decision, step.decided_by, step.decided_at = decision, by.staff_id, at

    def _move(self, verb: Verb, by: str, comment: str, at: datetime) -> None:
        if not allows(self.state, verb):
            raise NotPending(state=self.state)
        before, self.state = self.state, TRANSITIONS[self.state, verb]
        self._write(verb, before, by, comment, at)
        if not self.is_pending:
            self.due_at, self.closed_at = None, at

    def _write(self, verb: Verb, before: RequestState | None, by: str, comment: str, at: datetime) -> RequestHistory:
        entry = RequestHistory(
            verb=verb, from_state=before, to_state=self.state, step=self.step or None, actor=by, comment=comment, at=at
        )
        self.history.add(entry)
        return entry

    def _named(self, *, step: bool = True) -> dict[str, Any]:
        named = {"request_id": self.id, "action": self.action, "subject": self.subject}
        return named | {"step": self.step} if step else named

    def _digest(self) -> str:
        """Over the payload, what it is for, and all that a decider goes by: a doctored difference deceives as well."""
        steps = [[one.position, one.role_id] for one in self.steps]
        names = (
            "action",
            "subject",
            "subject_version",
            "requester",
            "title",
            "reason",
            "payload",
            "changes",
            "because",
        )
        return frozen.digest({name: getattr(self, name) for name in names} | {"steps": steps})


def _agreed(step: RequestStep) -> bool:
    return step.decision is Decision.APPROVED

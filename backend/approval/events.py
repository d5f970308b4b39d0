"""Facts of approval that others may hear. Who is told what, is for them to ask: deliveries may repeat and overtake."""

from dataclasses import dataclass

from kit.domain.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ApprovalRequested(DomainEvent):
    """A request waits at this step: once when it is submitted, and again whenever a step has agreed."""

    name = "approval.requested"

    request_id: int
    action: str
    subject: str
    step: int


@dataclass(frozen=True, kw_only=True)
class ApprovalGranted(DomainEvent):
    """A change was made: every step agreed, or (`directly`) somebody had the right to do it at once."""

    name = "approval.granted"

    request_id: int
    action: str
    subject: str
    directly: bool


@dataclass(frozen=True, kw_only=True)
class ApprovalRejected(DomainEvent):
    """A step said no."""

    name = "approval.rejected"

    request_id: int
    action: str
    subject: str
    step: int


@dataclass(frozen=True, kw_only=True)
class ApprovalWithdrawn(DomainEvent):
    """The requester took it back while this step was waiting."""

    name = "approval.withdrawn"

    request_id: int
    action: str
    subject: str
    step: int


@dataclass(frozen=True, kw_only=True)
class ApprovalExpired(DomainEvent):
    """Nobody decided at this step in time."""

    name = "approval.expired"

    request_id: int
    action: str
    subject: str
    step: int


@dataclass(frozen=True, kw_only=True)
class ApprovalCommented(DomainEvent):
    """Somebody said something about it, in any state."""

    name = "approval.commented"

    request_id: int
    action: str
    subject: str
    comment_id: int


@dataclass(frozen=True, kw_only=True)
class ApprovalStale(DomainEvent):
    """The subject moved on before this step was decided."""

    name = "approval.stale"

    request_id: int
    action: str
    subject: str
    step: int

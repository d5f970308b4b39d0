"""What belongs to a request: its frozen steps, and its history."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.approval.domain.state import RequestState, Verb
from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Entity, Identified


class Decision(StrEnum):
    """What was said at a step."""

    APPROVED = "approved"
    REJECTED = "rejected"


class RequestStep(Entity):
    """A role that must agree, as the rules said when the request was submitted; the role's names as they were then."""

    __tablename__ = "apr_request_step"

    request_id: Mapped[int] = mapped_column(BigId, ForeignKey("apr_request.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    role_id: Mapped[int] = mapped_column(BigId)
    role_code: Mapped[str] = mapped_column(Code(40))
    role_name: Mapped[str] = mapped_column(String(40))
    decision: Mapped[Decision | None] = mapped_column(EnumText(Decision, "decision"))
    decided_by: Mapped[int | None] = mapped_column(BigId)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RequestHistory(Identified, Entity):
    """One thing that happened: who, when, from, to, and what they said. Append-only."""

    __tablename__ = "apr_history"
    __table_args__ = (Index("ix_apr_history_request", "request_id", "id"),)

    request_id: Mapped[int] = mapped_column(BigId, ForeignKey("apr_request.id"))
    verb: Mapped[Verb] = mapped_column(EnumText(Verb, "verb"))
    from_state: Mapped[RequestState | None] = mapped_column(EnumText(RequestState, "from_state"))
    to_state: Mapped[RequestState] = mapped_column(EnumText(RequestState, "to_state"))
    step: Mapped[int | None] = mapped_column(Integer)
    actor: Mapped[str] = mapped_column(Code(60))
    comment: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

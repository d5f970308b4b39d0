"""What other contexts may ask of approval. Calls join the caller's transaction, except the sweep.

A higher context registers an `Executor` for each action in its wiring, and submits changes instead of making them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask

from backend.approval.domain.error import NobodyCanDecide, RequestNotFound, SubjectGone, SubjectMoved
from backend.approval.domain.port import Change, Executor, Fact, Mandate
from backend.approval.domain.right import DECIDE
from backend.approval.domain.state import RequestState
from backend.approval.service.submitting import Submission, Wish
from backend.approval.wiring import executors_of, services
from backend.user import facade as user

__all__ = [
    "Change",
    "CommentCard",
    "Executor",
    "Fact",
    "Mandate",
    "NobodyCanDecide",
    "RequestCard",
    "RequestNotFound",
    "RequestState",
    "SubjectGone",
    "SubjectMoved",
    "Submission",
    "card",
    "comment",
    "expire_due",
    "register",
    "submit",
]


@dataclass(frozen=True, kw_only=True)
class RequestCard:
    """A request as it is now. `deciders` may decide on it at this moment; nobody once it is not pending."""

    id: int
    action_zh: str
    action_en: str
    title: str
    state: RequestState
    step: int
    requester_id: int | None
    requester_name: str
    step_role_ids: tuple[int, ...]
    agreed_by: tuple[int, ...]
    deciders: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class CommentCard:
    """Something said about a request, and who said it."""

    request_id: int
    author_id: int
    author_name: str
    text: str


def register(app: Flask, executor: Executor) -> None:
    """Plug in what an action does. Raises ValueError for an action that has an executor."""
    executors_of(app).register(executor)


def submit(
    *,
    action: str,
    subject: str,
    subject_version: int | None,
    payload: Any,
    actor: str,
    now: datetime,
    reason: str = "",
    directly: bool = False,
) -> Submission:
    """Make the change at once when no rule that is switched on asks for approval, or when `actor` may act directly
    (which is recorded); else keep it as a request. Facts, title and difference come from the executor.

    `subject` as ``product:123``, at most 64 ASCII characters; `subject_version` is the one that the change was made
    against, None for the one there is now; `payload` is JSON; `actor` is ``staff:42``, or ``system:…``. Raises
    `SubjectMoved`, `SubjectGone`, `NobodyCanDecide`, and what the executor refuses: the change is tried before it is
    kept. `directly`: a permission of the actor's is documented as acting without asking; recorded all the same.
    """
    wish = Wish(
        action=action,
        subject=subject,
        subject_version=subject_version,
        payload=payload,
        requester=actor,
        reason=reason,
        directly=directly,
    )
    return services().submitting.submit(wish, now=now)


def card(*, request_id: int) -> RequestCard:
    """What a message about a request needs. Raises `RequestNotFound`."""
    request = services().query.with_steps(request_id)
    if request is None:
        raise RequestNotFound
    zh, en = services().executors.names_of(request.action)
    agreed_by = tuple(step.decided_by for step in request.steps if step.decided_by is not None)
    deciders: tuple[int, ...] = ()
    if request.is_pending:
        role_id = request.waiting.role_id
        holders = user.holders_of(role_ids=[role_id], permission=DECIDE)[role_id]
        deciders = tuple(holder for holder in holders if holder != request.requester_id and holder not in agreed_by)
    return RequestCard(
        id=request.id,
        action_zh=zh,
        action_en=en,
        title=request.title,
        state=request.state,
        step=request.step,
        requester_id=request.requester_id,
        requester_name=request.requester_name,
        step_role_ids=tuple(step.role_id for step in request.steps),
        agreed_by=agreed_by,
        deciders=deciders,
    )


def comment(*, comment_id: int) -> CommentCard:
    """What a message about a comment needs. Raises `RequestNotFound`."""
    said = services().query.comment(comment_id)
    if said is None:
        raise RequestNotFound
    author_id = int(said.actor.removeprefix("staff:"))
    author = user.staff(ids=[author_id])[author_id]
    return CommentCard(request_id=said.request_id, author_id=author_id, author_name=author.name, text=said.comment)


def expire_due(*, now: datetime) -> int:
    """End requests that nobody decided in time, in transactions of its own; returns how many."""
    return services().following.expire_due(now=now)

"""`Idempotency-Key`: a POST that moves money or stock happens once, however often it is sent (design rule 18)."""

from __future__ import annotations

import functools
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from flask import Response, current_app, make_response, request
from sqlalchemy import Index, Integer, LargeBinary, UniqueConstraint, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from kit.db.changed import changed
from kit.db.error import is_duplicate
from kit.db.extension import db
from kit.db.types import Code, EnumText, UtcDateTime
from kit.domain.clock import utc_now
from kit.domain.entity import Entity, Identified
from kit.domain.error import Conflict, Invalid
from kit.domain.identity import new_id
from kit.security.subject import current_subject
from kit.service.batches import SIZE, until_done
from kit.service.transaction import in_transaction

V = TypeVar("V", bound=Callable[..., Any])

HEADER = "Idempotency-Key"
PLACEHOLDER = "6f1c2c1e-order-1"
"""The example in the documents; Swagger UI puts a key of its own in its place."""
LEASE = timedelta(seconds=60)
KEEP = timedelta(days=2)
_SHAPE = re.compile(r"[A-Za-z0-9_\-:.]{8,64}")


class KeyMissing(Invalid):
    """No header, or not 8 to 64 harmless characters."""

    code = "kit.idempotency_key_missing"
    zh = "请在请求头 Idempotency-Key 中提供 8–64 位唯一标识"
    en = "Send a header Idempotency-Key of 8 to 64 characters [A-Za-z0-9_-:.], new for every new intent"


class KeyReused(Invalid):
    """The key already belongs to a request with another body."""

    code = "kit.idempotency_key_reused"
    zh = "该 Idempotency-Key 已用于不同的请求，请换一个新的"
    en = "This Idempotency-Key was used for a different request; make a new key"


class InFlight(Conflict):
    """The first request with this key has not been answered yet."""

    code = "kit.idempotency_in_flight"
    zh = "相同请求正在处理，请稍后"
    en = "The same request is being worked on; ask again in a moment"


class ClaimState(StrEnum):
    """Claimed by a request under way, or completed with a stored answer."""

    CLAIMED = "claimed"
    COMPLETED = "completed"


class IdempotencyClaim(Identified, Entity):
    """One key of one user on one route."""

    __tablename__ = "kit_idempotency"
    __table_args__ = (
        UniqueConstraint("owner", "route", "key"),
        Index("ix_kit_idempotency_created_at", "created_at"),
    )

    owner: Mapped[str] = mapped_column(Code(40))
    route: Mapped[str] = mapped_column(Code(120))
    key: Mapped[str] = mapped_column(Code(64))
    request_hash: Mapped[str] = mapped_column(Code(64))
    state: Mapped[ClaimState] = mapped_column(EnumText(ClaimState, "state"))
    token: Mapped[str] = mapped_column(Code(32))
    leased_until: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class _Scope:
    owner: str
    route: str
    key: str
    request_hash: str

    @property
    def where(self) -> tuple[Any, ...]:
        return (
            IdempotencyClaim.owner == self.owner,
            IdempotencyClaim.route == self.route,
            IdempotencyClaim.key == self.key,
        )


def idempotent(view: V) -> V:
    """The effect, the stored answer and the claim's completion commit together; failure deletes the claim.

    Stands between the guard and `@blueprint.arguments`. The view runs inside the transaction: it calls no vendor.
    """

    @functools.wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        scope = _scope()
        token = secrets.token_hex(16)
        earlier = in_transaction(lambda: _claim(scope, token))
        if earlier is not None:
            return _replay(earlier)
        try:
            return in_transaction(lambda: _complete(scope, token, make_response(view(*args, **kwargs))))
        except BaseException:
            in_transaction(lambda: _give_up(scope, token))
            raise

    documented: V = _documented(once)
    documented.__replays__ = True  # type: ignore[attr-defined]  # a mark on a function
    return documented


def idempotent_by_row(view: V) -> V:
    """For routes that talk to WeChat: the key guards against another body and against two at once.

    A repetition runs the view again, which rebuilds its answer from the row that the first one left.
    """

    @functools.wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        scope = _scope()
        token = secrets.token_hex(16)
        earlier = in_transaction(lambda: _claim(scope, token))
        # What the view answers is not kept: it is signed for one moment, and built anew for a repetition.
        done = Response(status=200)
        try:
            answer = make_response(view(*args, **kwargs))
        except BaseException:
            if earlier is None:
                in_transaction(lambda: _give_up(scope, token))
            raise
        if earlier is None:
            in_transaction(lambda: _complete(scope, token, done))
        return answer

    documented: V = _documented(once)
    return documented


def _documented(view: Callable[..., Any]) -> Any:
    parameter = {
        "in": "header",
        "name": HEADER,
        "required": True,
        "description": "8 to 64 characters, new for every new intent; the same key repeats the same answer. "
        "While the example stands here, Swagger UI sends a new key for every new body; type one to send a body anew",
        "schema": {"type": "string", "minLength": 8, "maxLength": 64, "example": PLACEHOLDER},
    }
    documentation: dict[str, Any] = getattr(view, "_apidoc", {})
    manual = documentation.setdefault("manual_doc", {})
    manual.setdefault("parameters", []).append(parameter)
    view._apidoc = documentation  # type: ignore[attr-defined]  # smorest keeps its notes on the function
    view.__idempotent__ = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def _scope() -> _Scope:
    key = request.headers.get(HEADER, "")
    if not _SHAPE.fullmatch(key):
        raise KeyMissing.naming(HEADER)
    digest = hashlib.sha256(request.full_path.encode() + b"\n" + request.get_data(cache=True)).hexdigest()
    route = f"{request.method} {request.url_rule}"
    return _Scope(current_subject().actor, route[:120], key, digest)


def _claim(scope: _Scope, token: str) -> IdempotencyClaim | None:
    """Take the key for this request; or return the completed claim of an earlier one."""
    now = utc_now()
    fresh = {"request_hash": scope.request_hash, "token": token, "leased_until": now + LEASE}
    if _insert_claim(scope, fresh, now):
        return None
    earlier = db.session.scalars(select(IdempotencyClaim).where(*scope.where)).first()
    if earlier is None:
        raise InFlight  # the first request has just failed and given the key back
    if earlier.request_hash != scope.request_hash:
        raise KeyReused
    if earlier.state is ClaimState.COMPLETED:
        return earlier
    # The process that claimed it died; whoever renews the lease first carries on.
    expired = update(IdempotencyClaim).where(*scope.where, IdempotencyClaim.leased_until < now)
    if changed(db.session, expired.values(fresh)) != 1:
        raise InFlight
    return None


def _insert_claim(scope: _Scope, fresh: dict[str, Any], now: datetime) -> bool:
    """Most keys are new: one statement finds out. False when the key exists."""
    row = {
        "id": new_id(),
        "owner": scope.owner,
        "route": scope.route,
        "key": scope.key,
        "state": ClaimState.CLAIMED,
        "created_at": now,
    }
    try:
        db.session.execute(insert(IdempotencyClaim).values(row | fresh))
    except IntegrityError as error:
        if is_duplicate(error):
            return False
        raise
    return True


def _complete(scope: _Scope, token: str, answer: Response) -> Response:
    mine = update(IdempotencyClaim).where(*scope.where, IdempotencyClaim.token == token)
    done = mine.values(state=ClaimState.COMPLETED, status=answer.status_code, body=answer.get_data())
    if changed(db.session, done) != 1:
        # Our lease ran out and somebody else carried on: our effect must not be a second one.
        raise InFlight
    return answer


def _give_up(scope: _Scope, token: str) -> None:
    # Only while it is claimed: when the answer of a commit got lost, the effect is there and so must be its claim.
    mine = (*scope.where, IdempotencyClaim.token == token, IdempotencyClaim.state == ClaimState.CLAIMED)
    db.session.execute(delete(IdempotencyClaim).where(*mine))


def _replay(claim: IdempotencyClaim) -> Response:
    answer: Response = current_app.response_class(claim.body, status=claim.status, mimetype="application/json")
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def sweep_claims(*, now: datetime) -> int:
    """Delete claims older than `KEEP`; returns how many."""
    old = select(IdempotencyClaim.id).where(IdempotencyClaim.created_at < now - KEEP)

    def step() -> int:
        ids = list(db.session.scalars(old.order_by(IdempotencyClaim.created_at).limit(SIZE)))
        if ids:
            db.session.execute(delete(IdempotencyClaim).where(IdempotencyClaim.id.in_(ids)))
        return len(ids)

    return until_done(step)

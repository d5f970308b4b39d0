"""The states of a request, and the only ways between them."""

from __future__ import annotations

from enum import StrEnum

from kit.domain.named import NamedEnum


class RequestState(NamedEnum):
    """APPLIED_DIRECTLY: done at once by somebody with the right to, and recorded. STALE: the subject moved on."""

    PENDING = "pending", "待审批", "pending"
    APPROVED = "approved", "已通过", "approved"
    REJECTED = "rejected", "已驳回", "rejected"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    EXPIRED = "expired", "已超时", "expired"
    STALE = "stale", "已失效", "stale"
    APPLIED_DIRECTLY = "applied_directly", "已直接执行", "applied directly"


class Verb(StrEnum):
    """Everything that happens to a request; the word in its history. COMMENT and RESUBMIT move nothing."""

    SUBMIT = "submit"
    APPLY_DIRECTLY = "apply_directly"
    AGREE = "agree"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    OUTDATE = "outdate"
    RESUBMIT = "resubmit"
    COMMENT = "comment"


_S, _V = RequestState, Verb
TRANSITIONS: dict[tuple[RequestState, Verb], RequestState] = {
    (_S.PENDING, _V.AGREE): _S.PENDING,  # one step of several
    (_S.PENDING, _V.APPROVE): _S.APPROVED,
    (_S.PENDING, _V.REJECT): _S.REJECTED,
    (_S.PENDING, _V.WITHDRAW): _S.WITHDRAWN,
    (_S.PENDING, _V.EXPIRE): _S.EXPIRED,
    (_S.PENDING, _V.OUTDATE): _S.STALE,
    (_S.STALE, _V.RESUBMIT): _S.STALE,
    (_S.EXPIRED, _V.RESUBMIT): _S.EXPIRED,
}


def allows(state: RequestState, verb: Verb) -> bool:
    """True when `verb` may be said to a request in `state`."""
    return (state, verb) in TRANSITIONS

"""The states of a request, and the only ways between them."""

from __future__ import annotations

from enum import StrEnum


class RequestState(StrEnum):
    """APPLIED_DIRECTLY: done at once by somebody with the right to, and recorded. STALE: the subject moved on."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    STALE = "stale"
    APPLIED_DIRECTLY = "applied_directly"


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

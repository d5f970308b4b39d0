"""Staff look at requests, decide on them, and follow their own."""

from __future__ import annotations

from typing import Any

from backend.approval.domain.error import (
    AlreadyResubmitted,
    ApplyRefused,
    DecidedBefore,
    ExecutorMissing,
    NobodyCanDecide,
    NotPending,
    NotRequester,
    NotResubmittable,
    OwnRequest,
    PayloadTampered,
    RequestNotFound,
    RequestStale,
    RoleNotHeld,
    ScopeForbidden,
    StepPassed,
    SubjectGone,
    SubjectMoved,
    TooManyComments,
)
from backend.approval.permission import ApprovalPermission
from backend.approval.schema.request import (
    ApprovalCommentSchema,
    ApprovalCountsSchema,
    ApprovalDecisionSchema,
    ApprovalOutcomeSchema,
    ApprovalRejectionSchema,
    ApprovalRemarkSchema,
    ApprovalRequestRowSchema,
    ApprovalRequestSchema,
    ApprovalResubmissionSchema,
    RequestArguments,
    shown,
)
from backend.approval.service.query import Viewer
from backend.approval.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.idempotency import idempotent, idempotent_by_row
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

admin_requests = StaffBlueprint(
    "approval_requests", __name__, description="审批 Requests that wait for approval", tag="审批 Approval"
)


@admin_requests.route("/approval/requests", methods=["GET"])
@requires(ApprovalPermission.READ)
@raises(ScopeForbidden)
@admin_requests.arguments(RequestArguments, location="query")
@admin_requests.response(200, page_of(ApprovalRequestRowSchema))
def list_approval_requests(filters: dict[str, Any]) -> Any:
    """Requests, newest first: to_decide (待我审批), submitted (我提交的), or all with approval:read_all."""
    return services().query.requests(filters.pop("page"), _viewer(), **filters)


@admin_requests.route("/approval/requests/counts", methods=["GET"])
@requires(ApprovalPermission.READ)
@admin_requests.response(200, ApprovalCountsSchema)
def count_approval_requests() -> Any:
    """How many pending requests wait for the caller, and how many are their own."""
    return services().query.counts(_viewer())


@admin_requests.route("/approval/requests/<id:request_id>", methods=["GET"])
@requires(ApprovalPermission.READ)
@raises(RequestNotFound)
@admin_requests.response(200, ApprovalRequestSchema)
def get_approval_request(request_id: int) -> Any:
    """One request with its difference old → new, steps, history and comments."""
    may_decide = ApprovalPermission.DECIDE.value in current_subject().permissions
    return shown(services().query.detail(request_id, _viewer(), now=utc_now()), may_decide=may_decide)


@admin_requests.route("/approval/requests/<id:request_id>/approve", methods=["POST"])
@requires(ApprovalPermission.DECIDE)
@raises(
    RequestNotFound,
    OwnRequest,
    RoleNotHeld,
    DecidedBefore,
    NotPending,
    StepPassed,
    RequestStale,
    PayloadTampered,
    ExecutorMissing,
    ApplyRefused,
)
@idempotent_by_row
@admin_requests.arguments(ApprovalDecisionSchema)
@admin_requests.response(200, ApprovalOutcomeSchema)
def approve_request(body: dict[str, Any], request_id: int) -> Any:
    """Agree at one step (同意). The last agreement makes the change, or nothing is decided at all."""
    return services().deciding.approve(request_id, staff_id=current_subject().id, **body, now=utc_now())


@admin_requests.route("/approval/requests/<id:request_id>/reject", methods=["POST"])
@requires(ApprovalPermission.DECIDE)
@raises(RequestNotFound, OwnRequest, RoleNotHeld, DecidedBefore, NotPending, StepPassed)
@admin_requests.arguments(ApprovalRejectionSchema)
@admin_requests.response(200, ApprovalOutcomeSchema)
def reject_request(body: dict[str, Any], request_id: int) -> Any:
    """Refuse (驳回), with the reason. That ends the request."""
    return services().deciding.reject(request_id, staff_id=current_subject().id, **body, now=utc_now())


@admin_requests.route("/approval/requests/<id:request_id>/withdraw", methods=["POST"])
@requires(ApprovalPermission.READ)
@raises(RequestNotFound, NotRequester, NotPending)
@admin_requests.arguments(ApprovalRemarkSchema)
@admin_requests.response(200, ApprovalOutcomeSchema)
def withdraw_request(body: dict[str, Any], request_id: int) -> Any:
    """Take one's own request back (撤回) while it waits."""
    return services().following.withdraw(request_id, viewer=_viewer(), comment=body["comment"], now=utc_now())


@admin_requests.route("/approval/requests/<id:request_id>/resubmit", methods=["POST"])
@requires(ApprovalPermission.READ)
@raises(
    RequestNotFound,
    NotRequester,
    NotResubmittable,
    AlreadyResubmitted,
    PayloadTampered,
    ExecutorMissing,
    SubjectGone,
    SubjectMoved,
    NobodyCanDecide,
    ApplyRefused,
)
@idempotent
@admin_requests.arguments(ApprovalRemarkSchema)
@admin_requests.response(201, ApprovalResubmissionSchema)
def resubmit_request(body: dict[str, Any], request_id: int) -> Any:
    """Submit one's stale or expired request again (重新提交), as a new one against what is true now."""
    made = services().submitting.resubmit(
        request_id, staff_id=current_subject().id, comment=body["comment"], now=utc_now()
    )
    return {"status": "applied" if made.applied else "pending", "approval_request_id": made.request_id}


@admin_requests.route("/approval/requests/<id:request_id>/comments", methods=["POST"])
@requires(ApprovalPermission.READ)
@raises(RequestNotFound, TooManyComments)
@admin_requests.arguments(ApprovalCommentSchema)
@admin_requests.response(204)
def comment_on_request(body: dict[str, Any], request_id: int) -> None:
    """Say something about a request (评论); it stands in its history."""
    services().following.comment(request_id, viewer=_viewer(), text=body["comment"], now=utc_now())


def _viewer() -> Viewer:
    subject = current_subject()
    sees_all = ApprovalPermission.READ_ALL.value in subject.permissions
    return services().query.viewer(subject.id, sees_all=sees_all)

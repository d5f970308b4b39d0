"""Staff routes of reports."""

from __future__ import annotations

from typing import Any

from backend.reporting.domain.error import PeriodInvalid, PeriodTooLong, ReportNotFound
from backend.reporting.permission import ReportingPermission
from backend.reporting.schema.report import OrderReportSchema, ReportArguments, ReportJobSchema
from backend.reporting.service.query import view
from backend.reporting.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.idempotency import idempotent
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

admin = StaffBlueprint("staff_reporting", __name__, description="报表 Exports as background jobs", tag="报表 Reports")


@admin.route("/reports/orders", methods=["POST"])
@requires(ReportingPermission.EXPORT)
@raises(PeriodInvalid, PeriodTooLong)
@idempotent
@admin.arguments(OrderReportSchema)
@admin.response(202, ReportJobSchema)
def export_orders(wanted: dict[str, Any]) -> Any:
    """Export orders of at most 90 days as CSV or XLSX (导出订单); watch the job for its percent and its file."""
    owner = current_subject().actor
    now = utc_now()
    return view(services().requesting.orders(owner=owner, **wanted, now=now), now)


@admin.route("/reports/jobs", methods=["GET"])
@requires(ReportingPermission.READ)
@admin.arguments(ReportArguments, location="query")
@admin.response(200, page_of(ReportJobSchema))
def list_report_jobs(filters: dict[str, Any]) -> Any:
    """One's own reports, newest first; everybody's with `reporting:read_all`."""
    return services().query.jobs(**filters, owner=_owner(), now=utc_now())


@admin.route("/reports/jobs/<id:job_id>", methods=["GET"])
@requires(ReportingPermission.READ)
@raises(ReportNotFound)
@admin.response(200, ReportJobSchema)
def get_report_job(job_id: int) -> Any:
    """How far a report is, and where its file can be fetched."""
    return services().query.job(job_id, owner=_owner(), now=utc_now())


def _owner() -> str | None:
    subject = current_subject()
    return None if ReportingPermission.READ_ALL.value in subject.permissions else subject.actor

"""Shapes of report requests and jobs."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.order.facade import OrderStatus
from backend.reporting.domain.failure import Failure
from backend.reporting.service.delivery import FILE
from kit.export.sheet import FORMATS
from kit.job.job import JobState
from kit.job.shape import JobSchema, file_link
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Id, Moment, Timestamp
from kit.schema.mail_address import MailAddress
from kit.schema.page import PageArguments


class OrderReportSchema(InputSchema):
    """Which orders, in which format. At most 90 days; open ends are now, and 90 days before the end."""

    format = fields.String(required=True, validate=validate.OneOf(sorted(FORMATS)), metadata={"example": "xlsx"})
    status = fields.Enum(OrderStatus, by_value=True, load_default=None)
    placed_from = Moment(load_default=None, metadata={"example": "2026-11-01T00:00:00+08:00"})
    placed_to = Moment(
        load_default=None,
        metadata={"description": "Not included", "example": "2026-11-20T00:00:00+08:00"},
    )


class MyOrdersSchema(InputSchema):
    """Where the buyer's orders go."""

    email = MailAddress(required=True, metadata={"example": "lin.xiaoman@example.cn"})


class MyOrdersJobSchema(OutputSchema):
    """A mail on its way."""

    id = Id(attribute="job.id")
    state = fields.Enum(JobState, by_value=True, attribute="job.state")
    created_at = Timestamp(attribute="job.created_at")


class ReportArguments(PageArguments):
    """No filters."""


class ReportJobSchema(JobSchema):
    """A report job."""

    failures = Failure

    owner = fields.String(attribute="job.owner", metadata={"example": "staff:41503612345679872"})
    status = fields.String(
        attribute="wanted.status",
        allow_none=True,
        metadata={"description": "Filter by order status", "example": "paid"},
    )
    placed_from = Timestamp(attribute="wanted.placed_from", allow_none=True)
    placed_to = Timestamp(attribute="wanted.placed_to", allow_none=True)
    row_count = fields.Integer(allow_none=True, metadata={"example": 1280})
    download_url = file_link(FILE, "The file")

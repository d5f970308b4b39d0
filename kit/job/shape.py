"""How a job is shown outside. Contexts add what is theirs; the view they dump is a `JobView`."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import fields

from kit.api.error import language
from kit.domain.clock import utc_now
from kit.export.sheet import FORMATS
from kit.job.door import download_url
from kit.job.failure import JobFailure
from kit.job.job import JobState
from kit.job.query import JobView
from kit.schema.base import OutputSchema
from kit.schema.fields import Id, Timestamp

_KEPT = "Good for 15 minutes; the file is kept for 24 hours. Ask for the job again for a new one"


class JobSchema(OutputSchema):
    """A job: how far it is, and why it failed."""

    failures: ClassVar[type[JobFailure]]

    id = Id(attribute="job.id")
    format = fields.String(attribute="job.parameters.format", metadata={"enum": sorted(FORMATS), "example": "xlsx"})
    state = fields.Enum(JobState, by_value=True, attribute="job.state")
    percent = fields.Integer(attribute="job.percent", metadata={"description": "0 to 100", "example": 100})
    error = fields.Method(
        "explain",
        metadata={
            "type": "string",
            "nullable": True,
            "description": "Why it failed and what to do, zh or en by Accept-Language",
            "example": "耗时过长，请缩小范围后重试",
        },
    )
    created_at = Timestamp(attribute="job.created_at")
    started_at = Timestamp(attribute="job.started_at", allow_none=True)
    finished_at = Timestamp(attribute="job.finished_at", allow_none=True)

    def explain(self, view: JobView) -> str | None:
        """The failure in the caller's language."""
        if view.job.failure is None:
            return None
        return self.failures.of(view.job.failure).said(language())


def file_link(name: str, about: str) -> fields.Function:
    """A signed link to the job's file `name` while it is kept, else null."""

    def link(view: JobView) -> str | None:
        return download_url(view.job.id, name, now=utc_now()) if name in view.files else None

    return fields.Function(
        link,
        metadata={
            "type": "string",
            "nullable": True,
            "description": f"{about}. {_KEPT}",
            "example": "https://shop.example.cn/downloads/WyI0MS9lcnJvcnMiLDE3NjM2Ml0.signature",
        },
    )

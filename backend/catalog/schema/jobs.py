"""Shapes of imports and exports."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields

from flask_smorest.fields import Upload
from marshmallow import fields, validate

from backend.catalog.domain.jobs import CatalogJobFailure
from backend.catalog.service.exporting import FILE
from backend.catalog.service.importing.job import CHANGES, ERRORS
from backend.catalog.service.importing.outcome import ImportOutcome
from backend.catalog.service.jobs import CatalogJobView
from kit.api.error import language
from kit.domain.clock import utc_now
from kit.export.sheet import FORMATS
from kit.job.door import download_url
from kit.job.job import JobState
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Id, Timestamp
from kit.schema.page import PageArguments

_LINK = "Good for 15 minutes; the file is kept for 24 hours. Ask for the job again for a new one"


class ImportFileSchema(InputSchema):
    """The sheet. CSV (UTF-8, or GBK as Excel writes it) or XLSX, told apart by its content."""

    file = Upload(required=True, metadata={"description": "CSV or XLSX", "example": "商品.xlsx"})


class ImportOptionsSchema(InputSchema):
    """How to import."""

    dry_run = fields.Boolean(
        load_default=False, metadata={"description": "Only say what would change", "example": True}
    )


class ExportSchema(InputSchema):
    """As what."""

    format = fields.String(required=True, validate=validate.OneOf(sorted(FORMATS)), metadata={"example": "xlsx"})


class CatalogJobArguments(PageArguments):
    """No filters."""


def _error(view: CatalogJobView) -> str | None:
    if view.job.failure is None:
        return None
    failure = CatalogJobFailure.of(view.job.failure)
    return failure.zh if language() == "zh" else failure.en


def _url(view: CatalogJobView, name: str) -> str | None:
    return download_url(view.job.id, name, now=utc_now()) if name in view.files else None


def _link(name: str, about: str) -> fields.Function:
    return fields.Function(
        lambda view: _url(view, name),
        metadata={
            "type": "string",
            "nullable": True,
            "description": f"{about}. {_LINK}",
            "example": "https://shop.example.cn/downloads/WyI0MS9lcnJvcnMiLDE3NjM2Ml0.signature",
        },
    )


ImportCountsSchema = OutputSchema.from_dict(
    {
        field.name: fields.Integer(metadata={"example": 3 if field.name.endswith("created") else 0})
        for field in dataclass_fields(ImportOutcome)
    },
    name="ImportCountsSchema",
)


class CatalogJobSchema(OutputSchema):
    """A job of the catalogue."""

    id = Id(attribute="job.id")
    format = fields.String(attribute="job.parameters.format", metadata={"enum": sorted(FORMATS), "example": "xlsx"})
    state = fields.Enum(JobState, by_value=True, attribute="job.state")
    percent = fields.Integer(attribute="job.percent", metadata={"description": "0 to 100", "example": 100})
    error = fields.Function(
        _error,
        metadata={
            "type": "string",
            "nullable": True,
            "description": "Why it failed, zh or en by Accept-Language",
            "example": "表格有错误，未导入任何内容；请下载错误表，改正后重新上传",
        },
    )
    created_at = Timestamp(attribute="job.created_at")
    started_at = Timestamp(attribute="job.started_at")
    finished_at = Timestamp(attribute="job.finished_at")


class ImportJobSchema(CatalogJobSchema):
    """An import: counts grow while it runs, and stay when it is cancelled."""

    filename = fields.String(attribute="job.parameters.filename", metadata={"example": "商品.xlsx"})
    dry_run = fields.Boolean(attribute="job.parameters.dry_run", metadata={"example": False})
    counts = fields.Nested(ImportCountsSchema)
    faults = fields.Integer(
        metadata={
            "description": "Faults of the sheet: nothing was imported. In a done import: products it had to pass over, "
            "because somebody changed them meanwhile",
            "example": 30,
        }
    )
    errors_url = _link(ERRORS, "The faults as a sheet: row, column, value, reason, remedy")
    changes_url = _link(CHANGES, "Of a dry run: what would change as a sheet: row, product, SKU, field, old, new")


class ExportJobSchema(CatalogJobSchema):
    """An export."""

    row_count = fields.Function(
        lambda view: view.result.get("rows"),
        metadata={"type": "integer", "nullable": True, "description": "SKUs in the file", "example": 1280},
    )
    download_url = _link(FILE, "The file")

"""Shapes of imports and exports."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields

from flask_smorest.fields import Upload
from marshmallow import fields, validate

from backend.catalog.domain.jobs import CatalogJobFailure
from backend.catalog.service.exporting import FILE
from backend.catalog.service.importing.job import CHANGES, ERRORS
from backend.catalog.service.importing.outcome import ImportOutcome
from kit.export.sheet import FORMATS
from kit.job.shape import JobSchema, file_link
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.page import PageArguments


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


ImportCountsSchema = OutputSchema.from_dict(
    {
        field.name: fields.Integer(metadata={"example": 3 if field.name.endswith("created") else 0})
        for field in dataclass_fields(ImportOutcome)
    },
    name="ImportCountsSchema",
)


class CatalogJobSchema(JobSchema):
    """A job of the catalogue."""

    failures = CatalogJobFailure


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
    errors_url = file_link(ERRORS, "The faults as a sheet: row, column, value, reason, remedy")
    changes_url = file_link(CHANGES, "Of a dry run: what would change as a sheet: row, product, SKU, field, old, new")


class ExportJobSchema(CatalogJobSchema):
    """An export."""

    row_count = fields.Function(
        lambda view: view.result.get("rows"),
        metadata={"type": "integer", "nullable": True, "description": "SKUs in the file", "example": 1280},
    )
    download_url = file_link(FILE, "The file")

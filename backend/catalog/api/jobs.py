"""Staff routes of imports and exports."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import FileStorage

from backend.catalog.domain.error import JobNotFound, JobOver
from backend.catalog.domain.jobs import EXPORT, IMPORT
from backend.catalog.permission import CatalogPermission
from backend.catalog.schema.jobs import (
    CatalogJobArguments,
    ExportJobSchema,
    ExportSchema,
    ImportFileSchema,
    ImportJobSchema,
    ImportOptionsSchema,
)
from backend.catalog.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.body import large_body
from kit.api.error import language
from kit.api.idempotency import idempotent
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

jobs = StaffBlueprint(
    "catalog_jobs", __name__, description="商品导入导出 The catalogue as sheets", tag="商品导入导出 Import and export"
)
_IMPORTS, _EXPORTS = "/catalog/imports", "/catalog/exports"


@jobs.route(_IMPORTS, methods=["POST"])
@requires(CatalogPermission.IMPORT)
@large_body(lambda: services().import_max_bytes)
@jobs.arguments(ImportFileSchema, location="files")
@jobs.arguments(ImportOptionsSchema, location="query")
@jobs.response(202, ImportJobSchema)
def import_catalog(files: dict[str, Any], options: dict[str, Any]) -> Any:
    """Upload a sheet of products (导入商品); watch the job for its percent, its counts and its faults.

    One row per SKU, known by product code and spec. Any fault, and nothing is changed: fetch `errors_url`, a sheet in
    the language of this request. The same
    sheet again changes nothing, so it needs no Idempotency-Key. The stock column counts only for SKUs that are new.
    """
    file: FileStorage = files["file"]
    return services().jobs.import_sheet(
        file.stream,
        filename=file.filename or "",
        **options,
        language=language(),
        owner=current_subject().actor,
        now=utc_now(),
    )


@jobs.route(_IMPORTS, methods=["GET"])
@requires(CatalogPermission.IMPORT)
@jobs.arguments(CatalogJobArguments, location="query")
@jobs.response(200, page_of(ImportJobSchema))
def list_imports(page: dict[str, Any]) -> Any:
    """One's own imports, newest first."""
    return services().jobs.jobs(**page, kind=IMPORT, owner=current_subject().actor, now=utc_now())


@jobs.route(f"{_IMPORTS}/<id:job_id>", methods=["GET"])
@requires(CatalogPermission.IMPORT)
@raises(JobNotFound)
@jobs.response(200, ImportJobSchema)
def get_import(job_id: int) -> Any:
    """How far an import is, what it did, and what is wrong with its sheet."""
    return services().jobs.job(job_id, kind=IMPORT, owner=current_subject().actor, now=utc_now())


@jobs.route(f"{_IMPORTS}/<id:job_id>/cancel", methods=["POST"])
@requires(CatalogPermission.IMPORT)
@raises(JobNotFound, JobOver)
@jobs.response(204)
def cancel_import(job_id: int) -> None:
    """End an import that waits or runs. What it has written by then stays; the same sheet again goes on."""
    services().jobs.cancel(job_id, kind=IMPORT, owner=current_subject().actor, now=utc_now())


@jobs.route(_EXPORTS, methods=["POST"])
@requires(CatalogPermission.EXPORT)
@idempotent
@jobs.arguments(ExportSchema)
@jobs.response(202, ExportJobSchema)
def export_catalog(wanted: dict[str, Any]) -> Any:
    """The whole catalogue as CSV or XLSX (导出商品), in the columns of an import: importing it again changes nothing.

    Without archived products and those without SKUs; XLSX without details, which may be longer than its cells.
    """
    return services().jobs.export(**wanted, owner=current_subject().actor, now=utc_now())


@jobs.route(_EXPORTS, methods=["GET"])
@requires(CatalogPermission.EXPORT)
@jobs.arguments(CatalogJobArguments, location="query")
@jobs.response(200, page_of(ExportJobSchema))
def list_exports(page: dict[str, Any]) -> Any:
    """One's own exports, newest first."""
    return services().jobs.jobs(**page, kind=EXPORT, owner=current_subject().actor, now=utc_now())


@jobs.route(f"{_EXPORTS}/<id:job_id>", methods=["GET"])
@requires(CatalogPermission.EXPORT)
@raises(JobNotFound)
@jobs.response(200, ExportJobSchema)
def get_export(job_id: int) -> Any:
    """How far an export is, and where its file can be fetched."""
    return services().jobs.job(job_id, kind=EXPORT, owner=current_subject().actor, now=utc_now())


@jobs.route(f"{_EXPORTS}/<id:job_id>/cancel", methods=["POST"])
@requires(CatalogPermission.EXPORT)
@raises(JobNotFound, JobOver)
@jobs.response(204)
def cancel_export(job_id: int) -> None:
    """End an export that waits or runs."""
    services().jobs.cancel(job_id, kind=EXPORT, owner=current_subject().actor, now=utc_now())

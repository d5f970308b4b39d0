"""Imports and exports of the catalogue as jobs, and sheets as workbooks."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from xlsxwriter import Workbook

from backend.catalog.domain.jobs import IMPORT
from backend.catalog.domain.product import Product
from backend.catalog.wiring import services
from kit.db.extension import db
from kit.domain.clock import utc_now
from kit.intake.upload import read_upload
from kit.job.wiring import jobs, run_job
from tests.factories.catalog_sheet import COLUMNS, row
from tests.factories.reporting import job_row
from tests.support.fresh import fresh_session

OWNER = "staff:7"


def book(*rows: dict[str, Any], columns: Any = COLUMNS) -> io.BytesIO:
    """The rows as an XLSX workbook; numbers stay numbers."""
    stream = io.BytesIO()
    workbook = Workbook(stream, {"strings_to_urls": False})
    sheet = workbook.add_worksheet()
    for number, cells in enumerate([dict(zip(columns, columns, strict=True)), *rows]):
        sheet.write_row(number, 0, [cells.get(name, "") for name in columns])
    workbook.close()
    stream.seek(0)
    return stream


def ask_import(file: io.BytesIO, *, dry_run: bool = False, owner: str = OWNER, language: str = "zh") -> int:
    """A queued import; its id."""
    view = services().jobs.import_sheet(
        file, filename="商品.csv", dry_run=dry_run, language=language, owner=owner, now=utc_now()
    )
    job_id: int = view.job.id
    return job_id


def imported(file: io.BytesIO, *, dry_run: bool = False, language: str = "zh") -> Any:
    """The job of an import that a worker has run."""
    job_id = ask_import(file, dry_run=dry_run, language=language)
    run_job(job_id=job_id)
    return job_row(job_id)


def exported(format: str) -> bytes:
    """The file of an export that a worker has run."""
    job_id = services().jobs.export(format=format, owner=OWNER, now=utc_now()).job.id
    run_job(job_id=job_id)
    return file_of(job_row(job_id), "catalog")


def file_of(job: Any, name: str) -> bytes:
    """A file the job has left."""
    with jobs().storage.reading(job.files[name]["key"]) as stream:
        return stream.read()


def table(content: bytes) -> list[list[str]]:
    """A CSV or XLSX file as rows of texts."""
    if content.startswith(b"PK"):
        return [record.cells for record in read_upload(io.BytesIO(content), ()).records]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def view_of(job_id: int, *, kind: str = IMPORT, owner: str = OWNER) -> Any:
    """The job as its owner sees it."""
    return services().jobs.job(job_id, kind=kind, owner=owner, now=utc_now() + timedelta(seconds=1))


def many(count: int, **over: str) -> list[dict[str, str]]:
    """Rows of so many products."""
    return [row(商品编号=f"P{number}", 商品名称=f"商品{number}", **over) for number in range(count)]


def codes() -> list[str]:
    """Of all products, in the order in which they were made."""
    fresh_session()
    return list(db.session.scalars(select(Product.code).order_by(Product.id)))


def counts(job: Any) -> dict[str, int]:
    """What it did, without zeros."""
    return {name: count for name, count in job.result["counts"].items() if count}

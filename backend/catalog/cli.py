"""flask catalog …"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import click
from flask.cli import AppGroup

from backend.catalog.service.importing.applying import ImportState
from backend.catalog.service.importing.fault import Fault, SheetRefused
from backend.catalog.service.importing.outcome import ImportOutcome
from backend.catalog.wiring import services
from kit.domain.clock import utc_now

catalog = AppGroup("catalog", help="The catalogue of the shop (商品目录).")

_OPERATOR = "system:import"


@catalog.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Check and count everything, change nothing.")
def import_sheet(file: BinaryIO, dry_run: bool) -> None:
    """Add and update products from a CSV or XLSX FILE; run it as often as you like.

    One row per SKU. Every fault is listed with its row and column, and nothing is changed while there is one. The stock
    column counts only for SKUs that are new.
    """
    importing, now = services().importing, utc_now()
    try:
        if dry_run:
            state = ImportState(outcome=importing.rehearse(file, operator=_OPERATOR, now=now))
        else:
            state = importing.run(file, operator=_OPERATOR, now=now)
    except SheetRefused as refused:
        _print_faults(refused.faults, refused.count)
        click.echo(refused.message("zh"), err=True)
        raise SystemExit(1) from None
    click.echo("dry run, nothing was changed:" if dry_run else "imported:")
    _print_counts(state.outcome)
    if state.conflicts:
        _print_faults(state.conflicts, state.conflict_count)
        raise SystemExit(1)


def _print_faults(faults: Sequence[Fault], count: int) -> None:
    for fault in faults:
        click.echo(str(fault), err=True)
    if count > len(faults):
        click.echo(f"… 另有 {count - len(faults)} 处", err=True)


def _print_counts(done: ImportOutcome) -> None:
    for name, created in (
        ("categories", done.categories_created),
        ("brands", done.brands_created),
        ("tags", done.tags_created),
    ):
        click.echo(f"  {name}: {created} created")
    for name, created, updated, unchanged in (
        ("products", done.products_created, done.products_updated, done.products_unchanged),
        ("SKUs", done.skus_created, done.skus_updated, done.skus_unchanged),
    ):
        click.echo(f"  {name}: {created} created, {updated} updated, {unchanged} unchanged")

"""flask catalog …"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import click
from flask.cli import AppGroup

from backend.catalog.service.importing.applying import ImportState
from backend.catalog.service.importing.fault import Fault, SheetRefused
from backend.catalog.service.importing.outcome import ImportOutcome
from backend.catalog.service.searching.indexing import Reindexed
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


@catalog.command("reindex")
@click.option("--check", is_flag=True, help="Compare only; exit code 1 when something differs.")
@click.option("--after", type=int, default=0, help="Go on behind this product id: an interrupted run has printed it.")
def reindex(check: bool, after: int) -> None:
    """Rebuild the search index from the catalogue, or --check it. The shop stays open, and searches go on.

    Run it as often as you like; what is right already is left alone.
    """
    if check:
        _check_index()
        return
    indexing = services().indexing
    done = indexing.everything(after=after, report=_tell_progress)
    services().offering.learn(now=utc_now())
    click.echo(f"{done.seen} products, {done.changed} entries changed, {done.stale} stale ones removed")


def _tell_progress(done: Reindexed) -> None:
    if done.seen % 1000 == 0:
        click.echo(f"  {done.seen} products, the last one {done.last_id}")


def _check_index() -> None:
    drift = services().indexing.drift()
    for what, ids in (("differ from the catalogue", drift.differing), ("are of no product", drift.stale)):
        if ids:
            click.echo(f"{len(ids)} entries {what}, such as {', '.join(map(str, ids[:5]))}", err=True)
    if drift.differing or drift.stale:
        click.echo("run: flask catalog reindex", err=True)
        raise SystemExit(1)
    click.echo(f"{drift.seen} products, all found as they are")


@catalog.command("relist")
@click.option("--check", is_flag=True, help="Only count what is wrong, change nothing; exit code 1 if anything is.")
def relist(check: bool) -> None:
    """Compare the shop's lists with the products, and mend what differs. The shop goes on selling meanwhile."""
    wrong = services().relisting.everything(mend=not check)
    click.echo(f"{wrong} products {'are' if check else 'were'} listed wrongly")
    if check and wrong:
        raise SystemExit(1)

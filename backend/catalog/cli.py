"""flask catalog …"""

from __future__ import annotations

from typing import BinaryIO

import click
from flask.cli import AppGroup

from backend.catalog.service.importing.fault import SheetRefused
from backend.catalog.wiring import services
from kit.domain.clock import utc_now

catalog = AppGroup("catalog", help="The catalogue of the shop (商品目录).")


@catalog.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Check and count everything, change nothing.")
def import_sheet(file: BinaryIO, dry_run: bool) -> None:
    """Add and update products from a CSV FILE; run it as often as you like.

    One row per SKU. All or nothing: every fault is listed with its row, and nothing is changed while there is one.
    The stock column counts only for SKUs that are new.
    """
    try:
        done = services().importing.run(file, operator="system:import", now=utc_now(), dry_run=dry_run)
    except SheetRefused as refused:
        for fault in refused.faults:
            click.echo(str(fault), err=True)
        click.echo(refused.message("zh"), err=True)
        raise SystemExit(1) from None
    click.echo("dry run, nothing was changed:" if dry_run else "imported:")
    click.echo(f"  categories: {done.categories_created} created")
    for name, created, updated, unchanged in (
        ("products", done.products_created, done.products_updated, done.products_unchanged),
        ("SKUs", done.skus_created, done.skus_updated, done.skus_unchanged),
    ):
        click.echo(f"  {name}: {created} created, {updated} updated, {unchanged} unchanged")


@catalog.command("relist")
@click.option("--check", is_flag=True, help="Only count what is wrong, change nothing; exit code 1 if anything is.")
def relist(check: bool) -> None:
    """Compare the shop's lists with the products, and mend what differs. The shop goes on selling meanwhile."""
    wrong = services().relisting.everything(mend=not check)
    click.echo(f"{wrong} products {'are' if check else 'were'} listed wrongly")
    if check and wrong:
        raise SystemExit(1)

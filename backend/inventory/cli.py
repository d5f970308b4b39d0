"""flask inventory …"""

from __future__ import annotations

import click
from flask.cli import AppGroup

from backend.inventory.wiring import services

inventory = AppGroup("inventory", help="The stock of the shop (库存).")


@inventory.command("verify")
def verify() -> None:
    """Prove the books: ledger, reservations and batches add up to the stock. Prints every deviation; exits 1 with any.

    Reads alone, in constant memory; may run while the shop is open.
    """
    found = 0
    for deviation in services().verification.deviations():
        click.echo(str(deviation))
        found += 1
    if found:
        click.echo(f"{found} deviations", err=True)
        raise SystemExit(1)
    click.echo("the books add up")

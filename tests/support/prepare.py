"""A shop's database made ready in the process of the tests: one of its own would first import the whole shop."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from kit.db.extension import db
from kit.db.node import lease
from tests.support.testapp import make_app, test_settings


def prepare(url: str, *, catalog: Path | None = None, staff: tuple[str, str] | None = None) -> None:
    """A current schema, the goods of `catalog`, and an administrator with the name and password of `staff`."""
    app = make_app(test_settings(database_url=url))
    with app.app_context():
        upgrade()
        lease.pin(1)
        if catalog:
            _flask(app, "catalog", "import", str(catalog))
        if staff:
            username, password = staff
            _flask(app, "staff", "create", username, "--password-stdin", stdin=f"{password}\n")
        db.session.remove()
        db.engine.dispose()


def _flask(app: Flask, *arguments: str, stdin: str = "") -> None:
    done = app.test_cli_runner().invoke(args=arguments, input=stdin)
    assert done.exit_code == 0, f"{' '.join(arguments)}: {done.output}"

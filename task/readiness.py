"""Serving processes in production refuse to start on what would lose money: settings, isolation, old schema (rule 20).

Commands such as ``flask db upgrade`` are no serving processes: they are how it is mended.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from conf.production import EXIT_CONFIGURATION, problems
from conf.settings import Settings
from kit.db.extension import db
from kit.storage.disk import DiskStorage
from kit.wechat.pay.keys import load_merchant, load_wechat_keys


def refuse_unready(app: Flask, settings: Settings) -> None:
    """In production: print every problem and exit with 78. Elsewhere: nothing."""
    if not settings.is_production:
        return
    found = [*problems(settings), *key_problems(settings), *storage_problems(settings), *database_problems(app)]
    if found:
        sys.stderr.write("This process refuses to start in production:\n")
        sys.stderr.writelines(f"  - {sentence}\n" for sentence in found)
        sys.stderr.flush()
        raise SystemExit(EXIT_CONFIGURATION)


def key_problems(settings: Settings) -> list[str]:
    """Whether the key files hold keys; files that do not exist are named by `conf.production`."""
    pay = settings.wechat_pay
    readers: tuple[tuple[str, tuple[str, ...], Callable[[], object]], ...] = (
        (
            "WECHAT_PAY_PRIVATE_KEY_FILE",
            (pay.private_key_file,),
            lambda: load_merchant(
                appid="", mchid="", cert_serial="", private_key_file=pay.private_key_file, apiv3_key=""
            ),
        ),
        (
            "WECHAT_PAY_PUBLIC_KEY_FILE or WECHAT_PAY_PLATFORM_CERT_FILE",
            (pay.public_key_file,),
            lambda: load_wechat_keys(
                public_key_file=pay.public_key_file, public_key_id="", platform_cert_file=pay.platform_cert_file
            ),
        ),
    )
    found = []
    for variable, paths, read in readers:
        if all(Path(path).is_file() for path in paths if path) and all(paths):
            try:
                read()
            except (OSError, ValueError) as error:
                found.append(f"{variable} cannot be used: {error}")
    return found


def storage_problems(settings: Settings) -> list[str]:
    """Whether this process could keep files. Web and worker write them; the others are asked alike, so that one folder,
    or one volume, is right everywhere.
    """
    if settings.storage.kind != "disk":
        return []  # a bucket that does not answer for a moment is no reason to keep the shop closed
    problem = DiskStorage(Path(settings.storage.folder)).problem()
    if problem is None:
        return []
    remedy = f"give it to the user of web and worker (here user id {os.geteuid()}), or name a folder that is theirs."
    return [f"STORAGE_FOLDER {problem}; {remedy}"]


def database_problems(app: Flask) -> list[str]:
    """What is wrong with the database behind `app`, in sentences that say what to do."""
    with app.app_context():
        try:
            with db.engine.connect() as connection:
                return [*_isolation(connection), *_character_set(connection), *_schema(app, connection)]
        except SQLAlchemyError as error:
            return [f"DATABASE_URL cannot be reached: {error.__class__.__name__}; check address, user and password."]


def _isolation(connection: Connection) -> Iterator[str]:
    level = connection.get_isolation_level()
    if connection.dialect.name != "sqlite" and level != "READ COMMITTED":
        yield f"The database runs at {level}: under anything but READ COMMITTED stock can be oversold."


def _character_set(connection: Connection) -> Iterator[str]:
    if connection.dialect.name != "sqlite":
        name = connection.scalar(text("SELECT @@character_set_database"))
        if name != "utf8mb4":
            yield f"The database's character set is {name}: create it with CHARACTER SET utf8mb4."


def _schema(app: Flask, connection: Connection) -> Iterator[str]:
    migrate: Migrate = app.extensions["migrate"].migrate
    wanted = set(ScriptDirectory.from_config(migrate.get_config()).get_heads())
    present = set(MigrationContext.configure(connection).get_current_heads())
    if wanted != present:
        yield f"The schema is at {sorted(present) or 'nothing'}, this program needs {sorted(wanted)}: flask db upgrade."

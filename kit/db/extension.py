"""The Flask-SQLAlchemy extension over our own declarative base, and the engine settings per database."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import make_url

from kit.db.pooling import listen_to_mysql_pool
from kit.db.sqlite import file_from_here, listen_to_sqlite
from kit.domain.entity import Entity

# expire_on_commit=False: what a use case returns can be read after its transaction without a further query.
db = SQLAlchemy(metadata=Entity.metadata, session_options={"expire_on_commit": False})


def init_db(app: Flask, url: str) -> None:
    """Bind the extension to `url`. MySQL runs at READ COMMITTED with time limits on every socket operation."""
    app.config["SQLALCHEMY_DATABASE_URI"] = file_from_here(url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    db.init_app(app)
    with app.app_context():
        listen_to_sqlite(db.engine)
        listen_to_mysql_pool(db.engine)


def engine_options(url: str) -> dict[str, Any]:
    """The keyword arguments `create_engine` needs for this database."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"hide_parameters": True, "connect_args": {"timeout": 10, "check_same_thread": False}}
    return {
        # Parameters are names, addresses and hashes: they would end in logs with every error.
        "hide_parameters": True,
        "isolation_level": "READ COMMITTED",
        # See kit.db.pooling.
        "pool_reset_on_return": None,
        "pool_recycle": 1800,
        "pool_timeout": 5,
        "pool_size": 10,
        "max_overflow": 10,
        "connect_args": {
            "charset": "utf8mb4",
            "connect_timeout": 3,
            "read_timeout": 15,
            "write_timeout": 15,
            # Strict mode: a value that does not fit is an error, never silently cut.
            "init_command": "SET time_zone='+00:00', innodb_lock_wait_timeout=5, "
            "sql_mode='STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
            "NO_ENGINE_SUBSTITUTION'",
        },
    }

"""The application as tests see it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from backend.app import create_app
from conf.settings import (
    DatabaseSettings,
    HttpSettings,
    RedisSettings,
    SecuritySettings,
    Settings,
    StorageSettings,
    WechatSettings,
)
from kit.db.extension import db
from kit.db.node import lease

JWT_SECRET = "tests-only-0123456789-abcdefghijklmnop"


def test_settings(*, database_url: str, redis_url: str = "memory://", **sections: Any) -> Settings:  # noqa: PT028 - a factory, not a test
    """Settings for tests; `sections` replace whole sections."""
    settings = Settings(
        env="test",
        storage=StorageSettings(folder=str(Path(tempfile.gettempdir()) / f"qiyuan-test-storage-{os.getpid()}")),
        database=DatabaseSettings(url=database_url),
        redis=RedisSettings(url=redis_url),
        http=HttpSettings(rate_limits=False),
        wechat=WechatSettings(stand_in=True),
        security=SecuritySettings(jwt_secret=JWT_SECRET),
    )
    return replace(settings, **sections)


test_settings.__test__ = False  # type: ignore[attr-defined]  # a factory, not a test


def make_app(settings: Settings) -> Flask:
    """An application that lets exceptions of the test itself through."""
    app = create_app(settings)
    app.config["TESTING"] = False
    return app


@contextmanager
def with_tables(app: Flask) -> Iterator[Flask]:
    """The application, its tables created from the models; its connections end with the block."""
    with app.app_context():
        lease.pin(1)
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()

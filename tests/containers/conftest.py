"""The application with every command, as autoapp makes it, connected to nothing."""

from __future__ import annotations

import pytest
from flask import Flask

from task.app import make_celery
from task.cli import add_commands
from tests.support.testapp import make_app, test_settings


@pytest.fixture(scope="session")
def commands_app() -> Flask:
    settings = test_settings(database_url="sqlite://")
    app = make_app(settings)
    add_commands(app, make_celery(app, settings), settings)
    return app

"""The entry point: ``gunicorn autoapp:app`` (gunicorn.conf.py checks first), ``flask --app autoapp …``."""

from __future__ import annotations

import sys

from backend.app import create_app
from conf.production import EXIT_CONFIGURATION
from conf.settings import BadSetting, Settings, load_settings
from kit.log.setup import configure_logging
from task.app import make_celery
from task.cli import add_commands


def _settings_or_exit() -> Settings:
    try:
        return load_settings()
    except BadSetting as error:
        sys.stderr.write(f"The environment (or .env) cannot be used:\n{error}\n")
        raise SystemExit(EXIT_CONFIGURATION) from None


def _start_logging(settings: Settings) -> None:
    log = settings.log
    try:
        configure_logging(level=log.level, as_json=log.as_json, folder=log.folder or None)
    except OSError as error:
        sys.stderr.write(f"LOG_FOLDER must name a folder this process may write to: {error}\n")
        raise SystemExit(EXIT_CONFIGURATION) from None


settings = _settings_or_exit()
_start_logging(settings)
app = create_app(settings)
celery = make_celery(app, settings)
add_commands(app, celery, settings)

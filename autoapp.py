"""The WSGI entry point: ``gunicorn autoapp:app``, ``flask --app autoapp …``."""

from __future__ import annotations

import sys

from backend.app import create_app
from conf.production import EXIT_CONFIGURATION, problems
from conf.settings import BadSetting, Settings, load_settings
from kit.log.setup import configure_logging
from task.app import make_celery
from task.cli import add_commands


def _settings_or_exit() -> Settings:
    try:
        settings = load_settings()
    except BadSetting as error:
        sys.stderr.write(f"Configuration: {error}\n")
        raise SystemExit(EXIT_CONFIGURATION) from None
    found = problems(settings) if settings.is_production else []
    if found:
        sys.stderr.write("This process refuses to start in production:\n")
        sys.stderr.writelines(f"  - {sentence}\n" for sentence in found)
        raise SystemExit(EXIT_CONFIGURATION)
    return settings


settings = _settings_or_exit()
configure_logging(level=settings.log.level, as_json=settings.log.as_json, folder=settings.log.folder or None)
app = create_app(settings)
celery = make_celery(app, settings)
add_commands(app, celery, settings)

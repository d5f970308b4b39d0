"""Serving processes refuse what would lose money, print everything, and exit with 78."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("WECHAT", "DATABASE", "BROKER"))}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_gunicorn_refuses_sample_secrets_and_missing_keys_with_the_whole_list(tmp_path: Path) -> None:
    refused = run(
        "gunicorn", "autoapp:app", APP_ENV="production", APP_DEBUG="true", DATABASE_URL=f"sqlite:///{tmp_path}/x.db"
    )
    assert refused.returncode == 78, refused.stderr
    for word in ("JWT_SECRET", "APP_DEBUG", "DATABASE_URL", "WECHAT_PAY_MCHID", "PUBLIC_URL", "flask db upgrade"):
        assert word in refused.stderr


def test_without_any_setting_it_refuses_with_the_whole_list_even_where_nothing_may_be_written() -> None:
    refused = run("flask", "--app", "autoapp", "ready", APP_ENV="production", DATABASE_URL="sqlite:////proc/no/x.db")
    assert refused.returncode == 78, refused.stderr
    assert "DATABASE_URL must be a mysql+pymysql:// address" in refused.stderr
    assert "DATABASE_URL cannot be reached" in refused.stderr


def test_worker_beat_and_relay_refuse_too(tmp_path: Path) -> None:
    environment = {"APP_ENV": "production", "DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
    for command in (
        ("celery", "-A", "celery_worker", "worker", "--pool", "solo"),
        ("celery", "-A", "celery_worker", "beat"),
        ("flask", "--app", "autoapp", "relay"),
    ):
        refused = run(*command, **environment)
        assert refused.returncode == 78, (command, refused.returncode, refused.stderr[-2000:])
        assert "JWT_SECRET" in refused.stderr


def test_commands_that_mend_it_still_run(tmp_path: Path) -> None:
    done = run(
        "flask", "--app", "autoapp", "db", "upgrade", APP_ENV="production", DATABASE_URL=f"sqlite:///{tmp_path}/x.db"
    )
    assert done.returncode == 0, done.stderr


def test_a_setting_that_cannot_be_read_is_named() -> None:
    refused = run("flask", "--app", "autoapp", "ready", SHOP_PAYMENT_MINUTES="soon")
    assert refused.returncode == 78
    assert "SHOP_PAYMENT_MINUTES" in refused.stderr

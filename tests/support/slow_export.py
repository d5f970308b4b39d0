"""A worker process that says each chunk it has written and then waits: it is there to be killed.

Usage: python -m tests.support.slow_export JOB_ID, with DATABASE_URL and STORAGE_FOLDER.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from backend.reporting.service import writing
from conf.settings import StorageSettings
from kit.db.node import lease
from kit.job import progress
from kit.job.wiring import run_job
from tests.support.testapp import make_app, test_settings


def main() -> None:
    """Run the job."""
    folder = StorageSettings(folder=os.environ["STORAGE_FOLDER"])
    app = make_app(test_settings(database_url=os.environ["DATABASE_URL"], storage=folder))
    progress._SECONDS_BETWEEN = 0.0  # type: ignore[misc]  # final for everybody else
    stream = writing.order.services
    lease.pin(2)

    def slowly(*, selection: Any) -> Iterator[Any]:
        for chunk in stream().streaming.chunks(selection, size=1):
            yield chunk
            print("chunk", flush=True)
            time.sleep(60)

    writing.order.stream_orders = slowly
    with app.app_context():
        run_job(job_id=int(sys.argv[1]))


if __name__ == "__main__":
    main()

"""The shop's worker on real servers: what fails shows the end of the logs."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from tests.support.processes import with_logs


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return with_logs((yield))

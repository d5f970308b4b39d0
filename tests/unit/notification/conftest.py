"""Ids need a node number; domain tests have no process to lease one."""

import pytest

from kit.db.node import lease


@pytest.fixture(autouse=True)
def node() -> None:
    lease.pin(1)

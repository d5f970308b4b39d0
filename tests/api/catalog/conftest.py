"""Staff with the permissions of this context."""

from __future__ import annotations

import pytest
from flask import Flask

from backend.catalog.permission import CatalogPermission
from tests.factories.user import staff_headers


@pytest.fixture
def staff(app: Flask) -> dict[str, str]:
    """Headers of somebody who may do everything in catalog."""
    return staff_headers(app, permissions=set(CatalogPermission))

"""A desk in the stockroom."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.stock_desk import Desk


@pytest.fixture
def desk(app: Flask, client: FlaskClient) -> Desk:
    """With a client."""
    return Desk(app, client)

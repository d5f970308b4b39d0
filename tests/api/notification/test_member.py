"""What a mini-program is told to ask its customer for."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from conf.settings import NotificationSettings
from tests.factories.notification import open_desk
from tests.factories.statements import counted_statements
from tests.factories.user import make_customer, member_headers, staff_headers

PATH = "/api/v1/notification/templates"
PAID = {"kind": "order_paid", "template_id": "tpl-paid"}
SHIPPED = {"kind": "order_shipped", "template_id": "tpl-shipped"}


@pytest.mark.parametrize(
    ("paid", "shipped", "items"),
    [
        ("tpl-paid", "tpl-shipped", [PAID, SHIPPED]),
        ("", "tpl-shipped", [SHIPPED]),
        ("", "", []),
    ],
)
def test_every_configured_template_is_named_with_its_news(
    app: Flask, client: FlaskClient, paid: str, shipped: str, items: list[dict[str, str]]
) -> None:
    headers = member_headers(app, make_customer())
    templates = NotificationSettings(template_order_paid=paid, template_order_shipped=shipped)
    with open_desk(app, templates), counted_statements() as statements:
        answer = client.get(PATH, headers=headers)

    assert (answer.status_code, answer.json) == (200, {"items": items})
    assert len(statements) == 1  # the guard's


def test_only_customers_are_told(app: Flask, client: FlaskClient) -> None:
    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers=staff_headers(app, permissions={"notification:read"})).status_code == 401


def test_what_is_unknown_is_refused(app: Flask, client: FlaskClient) -> None:
    assert client.post(PATH, json={}, headers=member_headers(app, make_customer())).status_code == 405

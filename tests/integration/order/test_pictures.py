"""An order shows the pictures of the day it was placed for ever, wherever they are served from by then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.media import facade as media
from backend.order.domain.line import OrderLine
from kit.db.extension import db
from kit.domain.clock import utc_now
from tests.factories.catalog import make_product
from tests.factories.catalog_changes import rewrite
from tests.factories.media import counted_right, row_of, storage, upload, uses_of
from tests.factories.order import make_buyer, paid_order, place
from tests.factories.user import member_headers
from tests.support.outbox import settle

LATER = timedelta(days=400)


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage(), "folder", tmp_path / "media")


def sweep() -> None:
    media.sweep(now=utc_now())
    media.sweep(now=utc_now() + LATER)


@pytest.mark.commits
def test_what_was_bought_keeps_its_picture_and_what_was_not_does_not(app: Flask) -> None:
    bought, only_shown, only_ordered = upload(), upload(), upload()
    product = make_product(price_fen=5000, image_url=f"media:{bought.key}", gallery=(f"media:{only_shown.key}",))
    other = make_product(price_fen=5000, image_url=f"media:{only_ordered.key}")
    for _ in range(2):
        paid_order(make_buyer(), product)
    place(make_buyer(), other)
    settle()
    assert uses_of("orders") == {bought.key}
    for one in (product, other):
        rewrite(one)
    sweep()
    assert [row_of(file.id) is not None for file in (bought, only_shown, only_ordered)] == [True, False, False]
    assert counted_right()


def test_an_order_keeps_the_reference_and_shows_the_address(app: Flask, client: FlaskClient) -> None:
    stored = f"media:{upload().key}"
    buyer = make_buyer()
    place(buyer, make_product(price_fen=5000, image_url=stored))
    assert db.session.scalars(select(OrderLine.image_url)).all() == [stored]
    shown = client.get("/api/v1/orders", headers=member_headers(app, buyer.id)).get_json()["items"]
    assert [line["image_url"] for line in shown[0]["lines"]] == [media.url(stored, variant="w200")]

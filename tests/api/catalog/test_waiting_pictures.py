"""A product whose new pictures and video wait for approval for longer than unused files are kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.catalog.permission import CatalogPermission
from backend.media import facade as media
from kit.domain.clock import utc_now
from tests.factories.approval_desk import Desk
from tests.factories.catalog import make_category
from tests.factories.media import counted_right, storage, upload, uses_of
from tests.factories.media_files import video

LATER = timedelta(days=400)


@pytest.fixture
def desk(app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(storage(), "folder", tmp_path / "media")
    return Desk(app, client, *CatalogPermission)


def test_what_was_approved_shows_every_file_it_was_submitted_with(desk: Desk) -> None:
    desk.rule("catalog.product.create")
    main, gallery, detail, of_sku = (upload().key for _ in range(4))
    film = upload(video(), filename="apple.mp4").key
    sku: dict[str, Any] = {"spec": [], "price_fen": 990, "image_url": f"media:{of_sku}"}
    sku["spec"] = [{"name": "规格", "value": "500g"}]
    asked = desk.ask(
        "POST",
        "/products",
        {
            "code": "APPLE",
            "category_id": str(make_category()),
            "title": "苹果",
            "image_url": f"media:{main}",
            "gallery": [media.url(f"media:{gallery}")],
            "detail": f'<img src="media:{detail}">',
            "video": f"media:{film}",
            "skus": [sku],
        },
    )
    files = {main, gallery, detail, of_sku, film}
    assert uses_of(f"approval:{asked}") == files
    assert media.sweep(now=utc_now() + LATER) == 0
    desk.approve(asked)
    (made,) = desk.send(desk.manager, "GET", "/products").get_json()["items"]
    assert (uses_of(f"product:{made['id']}"), uses_of(f"approval:{asked}")) == (files, set())
    assert media.sweep(now=utc_now() + LATER) == 0
    assert counted_right()

"""Requests that wait when the shop is upgraded hold their files from then on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import insert, select, text

from backend.approval.domain.request import Request
from backend.media.domain.file import MediaFile
from backend.media.domain.use import MediaUse
from kit.db.extension import db

BEFORE, AFTER = "0017-1", "0017"
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
FIRST, SECOND, GONE = (f"{number:032x}.jpg" for number in (1, 2, 3))


def request(number: int, state: str, payload: Any) -> dict[str, Any]:
    over = state != "pending"
    texts = dict.fromkeys(("title", "requester_name", "reason"), "x")
    return texts | {
        "id": number,
        "action": "catalog.product.create",
        "subject": f"new:{number}",
        "subject_version": 0,
        "payload": json.dumps(payload),
        "digest": "0" * 64,
        "changes": [],
        "because": [],
        "requester": "staff:7",
        "requester_id": 7,
        "state": state,
        "step": 1,
        "created_at": AT,
        "due_at": None if over else AT,
        "closed_at": AT if over else None,
        "version": 1,
    }


def file(number: int, key: str, state: str = "ready", uses: int = 0) -> dict[str, Any]:
    return {
        "id": number,
        "key": key,
        "kind": "image",
        "mimetype": "image/jpeg",
        "bytes": 1,
        "width": 1,
        "height": 1,
        "filename": "a.jpg",
        "uploaded_by": "staff:7",
        "state": state,
        "variants": [],
        "uses": uses,
        "unused_since": AT,
        "created_at": AT,
    }


def uses() -> list[tuple[int, str]]:
    found = db.session.execute(select(MediaUse.file_id, MediaUse.user).order_by(MediaUse.user, MediaUse.file_id))
    return [(row.file_id, row.user) for row in found]


@pytest.mark.usefixtures("fresh_app")
def test_waiting_requests_hold_their_files_and_the_way_back_lets_them_go() -> None:
    upgrade(revision=AFTER)
    downgrade(revision=BEFORE)
    db.session.execute(
        insert(MediaFile.__table__), [file(1, FIRST), file(2, SECOND, uses=1), file(3, GONE, "deleting")]
    )
    db.session.execute(insert(MediaUse.__table__), [{"id": 9, "file_id": 2, "user": "product:5"}])
    detail = f'<img src="media:{SECOND}">'
    requests = [
        request(2**60, "pending", {"image_url": f"media:{FIRST}", "detail": detail, "video": f"media:{GONE}"}),
        request(2**60 + 1, "pending", {"gallery": [f"media:{SECOND}"] * 2}),
        request(2**60 + 2, "pending", {"title": "media:no"}),
        request(2**60 + 3, "rejected", {"image_url": f"media:{FIRST}"}),
    ]
    db.session.execute(insert(Request.__table__), requests)
    db.session.commit()
    upgrade(revision=AFTER)
    held = [(1, f"approval:{2**60}"), (2, f"approval:{2**60}"), (2, f"approval:{2**60 + 1}")]
    assert uses() == [*held, (2, "product:5")]
    counted = text("SELECT uses, unused_since IS NULL FROM med_file ORDER BY id")
    assert [tuple(row) for row in db.session.execute(counted)] == [(1, 1), (3, 1), (0, 0)]
    db.session.rollback()
    downgrade(revision=BEFORE)
    assert uses() == [(2, "product:5")]
    assert [row.uses for row in db.session.execute(text("SELECT uses FROM med_file ORDER BY id"))] == [0, 1, 0]

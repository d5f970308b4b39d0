"""Notices that were there before stay; kinds that the program before does not know go with the downgrade."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.exc import DatabaseError

from kit.db.extension import db
from tests.integration.migrations.test_catalog_model import run

NOTICE = (
    "INSERT INTO ntf_notice (id, staff_id, kind, occasion, reference, zh, en, state, tries, created_at, version) "
    "VALUES (:id, 7, :kind, :occasion, 'r', 'z', 'e', 'skipped', 0, '2026-11-20 00:00:00', 1)"
)


def book(number: int, kind: str) -> None:
    run(NOTICE, id=number, kind=kind, occasion=f"{kind}:{number}")
    db.session.commit()


def kinds() -> list[str]:
    return list(run("SELECT kind FROM ntf_notice ORDER BY id").scalars())


def test_old_notices_stay_and_new_kinds_are_taken(fresh_app: Flask) -> None:
    upgrade(revision="0018")
    book(1, "approval_requested")
    with pytest.raises(DatabaseError):
        book(2, "low_stock")
    db.session.rollback()
    upgrade(revision="0019")
    for number, kind in enumerate(("low_stock", "overstock", "approval_commented"), start=2):
        book(number, kind)
    with pytest.raises(DatabaseError):
        book(9, "gossip")
    db.session.rollback()
    for broken in ("state = 'pending'", "state = 'lost'", "occasion = 'low_stock:2'"):
        with pytest.raises(DatabaseError):
            run(f"UPDATE ntf_notice SET {broken} WHERE id = 1 OR id = 3")
        db.session.rollback()
    db.session.close()
    downgrade(revision="0018")
    assert kinds() == ["approval_requested"]

"""What the database says now, not what this test's session remembers."""

from __future__ import annotations

from kit.db.extension import db


def fresh_session() -> None:
    """End the reading transaction and forget every loaded object."""
    db.session.rollback()
    db.session.expunge_all()

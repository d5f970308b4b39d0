"""Staff read what they were told."""

from __future__ import annotations

from typing import Any

from backend.notification.domain.error import NoticeNotFound
from backend.notification.schema.notice import NoticeArguments, NoticeSchema, UnreadSchema
from backend.notification.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import staff
from kit.security.subject import current_subject

notices = StaffBlueprint("notices", __name__, description="站内通知 One's own notices", tag="站内通知 Notices")


@notices.route("/me/notices", methods=["GET"])
@staff
@notices.arguments(NoticeArguments, location="query")
@notices.response(200, page_of(NoticeSchema))
def list_notices(filters: dict[str, Any]) -> Any:
    """One's own notices, newest first."""
    return services().notices.notices(filters.pop("page"), staff_id=current_subject().id, **filters)


@notices.route("/me/notices/unread", methods=["GET"])
@staff
@notices.response(200, UnreadSchema)
def count_notices() -> Any:
    """How many of one's own notices wait to be read."""
    return {"unread": services().notices.unread(staff_id=current_subject().id)}


@notices.route("/me/notices/<id:notice_id>/read", methods=["POST"])
@staff
@raises(NoticeNotFound)
@notices.response(204)
def read_notice(notice_id: int) -> None:
    """Mark one of one's own notices as read."""
    services().noticing.read(notice_id, staff_id=current_subject().id, now=utc_now())


@notices.route("/me/notices/read", methods=["POST"])
@staff
@notices.response(200, UnreadSchema)
def read_all_notices() -> Any:
    """Mark all of one's own notices as read."""
    services().noticing.read_all(staff_id=current_subject().id, now=utc_now())
    return {"unread": services().notices.unread(staff_id=current_subject().id)}

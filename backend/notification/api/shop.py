"""Member routes of notification."""

from __future__ import annotations

from typing import Any

from backend.notification.schema.template import TemplatesSchema
from backend.notification.wiring import services
from kit.api.blueprint import MemberBlueprint
from kit.security.guard import buyer

shop = MemberBlueprint(
    "member_notification", __name__, description="通知 What a customer may be told", tag="通知 Notifications"
)


@shop.route("/notification/templates", methods=["GET"])
@buyer
@shop.response(200, TemplatesSchema)
def list_templates() -> Any:
    """Templates to ask the customer for (订阅消息) with wx.requestSubscribeMessage, by kind of news. A kind without a
    template is not among them: it is not sent.
    """
    return {"items": services().subscribing.templates()}

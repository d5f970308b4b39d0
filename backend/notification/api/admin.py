"""Staff routes of notification."""

from __future__ import annotations

from typing import Any

from backend.notification.permission import NotificationPermission
from backend.notification.schema.delivery import DeliveryArguments, DeliverySchema
from backend.notification.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.schema.page import page_of
from kit.security.guard import requires

admin = StaffBlueprint(
    "notification", __name__, description="通知 What buyers were told, and whether it arrived", tag="通知 Notifications"
)


@admin.route("/notifications/deliveries", methods=["GET"])
@requires(NotificationPermission.READ)
@admin.arguments(DeliveryArguments, location="query")
@admin.response(200, page_of(DeliverySchema))
def list_deliveries(filters: dict[str, Any]) -> Any:
    """Messages to buyers (订阅消息), newest first, of one order or in one state."""
    return services().query.deliveries(**filters)

"""Member routes of reports."""

from __future__ import annotations

from typing import Any

from backend.reporting.domain.error import ExportUnderWay, MailNotConfigured
from backend.reporting.schema.report import MyOrdersJobSchema, MyOrdersSchema
from backend.reporting.service.query import view
from backend.reporting.wiring import services
from kit.api.blueprint import MemberBlueprint
from kit.api.idempotency import idempotent
from kit.api.raises import raises
from kit.api.throttle import throttled
from kit.domain.clock import utc_now
from kit.security.guard import buyer
from kit.security.subject import current_buyer

shop = MemberBlueprint("reporting", __name__, description="导出 The customer's own data by mail", tag="导出 Exports")
MAILS = "5 per hour"


@shop.route("/me/orders/export", methods=["POST"])
@buyer
@raises(ExportUnderWay, MailNotConfigured)
@throttled(MAILS, key_func=lambda: f"member:{current_buyer()}")
@idempotent
@shop.arguments(MyOrdersSchema)
@shop.response(202, MyOrdersJobSchema)
def mail_my_orders(wanted: dict[str, Any]) -> Any:
    """Have one's own orders sent as CSV by mail (导出我的订单); one at a time."""
    now = utc_now()
    return view(services().requesting.my_orders(buyer_id=current_buyer(), email=wanted["email"], now=now), now)

"""Staff see customers, block them, and serve them again."""

from __future__ import annotations

from typing import Any

from backend.user.domain.error import CustomerNotFound
from backend.user.permission import UserPermission
from backend.user.schema.customer import (
    CustomerArguments,
    CustomerSchema,
    CustomerStatusAnswerSchema,
    CustomerStatusSchema,
)
from backend.user.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.schema.page import page_of
from kit.security.guard import requires

admin_customers = StaffBlueprint("customers", __name__, description="会员 Customers", tag="会员 Customers")


@admin_customers.route("/customers", methods=["GET"])
@requires(UserPermission.READ_CUSTOMERS)
@admin_customers.arguments(CustomerArguments, location="query")
@admin_customers.response(200, page_of(CustomerSchema))
def list_customers(filters: dict[str, Any]) -> Any:
    """Customers, newest first. Phones are masked."""
    return services().query.customers(**filters)


@admin_customers.route("/customers/<id:customer_id>/status", methods=["PUT"])
@requires(UserPermission.MANAGE_CUSTOMERS)
@raises(CustomerNotFound)
@admin_customers.arguments(CustomerStatusSchema)
@admin_customers.response(200, CustomerStatusAnswerSchema)
def set_customer_status(body: dict[str, Any], customer_id: int) -> Any:
    """Block a customer (拉黑), which logs them out at once, or serve them again."""
    return services().customer_admin.set_status(customer_id, body["status"], now=utc_now())

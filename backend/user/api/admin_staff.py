"""Staff manage staff."""

from __future__ import annotations

from typing import Any

from backend.user.domain.error import (
    GrantExceeded,
    LastAdministrator,
    OwnAccount,
    PasswordTooWeak,
    StaffNotFound,
    UnknownRole,
    UsernameInvalid,
    UsernameTaken,
)
from backend.user.permission import UserPermission
from backend.user.schema.password import PasswordSchema
from backend.user.schema.staff import NewStaffSchema, StaffChangeSchema, StaffSchema
from backend.user.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.raises import raises
from kit.domain.clock import utc_now
from kit.domain.version import StaleVersion
from kit.schema.page import PageArguments, page_of
from kit.security.guard import requires
from kit.security.subject import current_subject

admin_staff = StaffBlueprint("staff", __name__, description="员工 Members of staff", tag="员工 Staff")


@admin_staff.route("/staff", methods=["GET"])
@requires(UserPermission.READ_STAFF)
@admin_staff.arguments(PageArguments, location="query")
@admin_staff.response(200, page_of(StaffSchema))
def list_staff(filters: dict[str, Any]) -> Any:
    """Members of staff with their roles, newest first."""
    return services().query.staff(**filters)


@admin_staff.route("/staff", methods=["POST"])
@requires(UserPermission.MANAGE_STAFF)
@raises(UsernameInvalid, UsernameTaken, PasswordTooWeak, UnknownRole, GrantExceeded)
@admin_staff.arguments(NewStaffSchema)
@admin_staff.response(201, StaffSchema)
def create_staff(body: dict[str, Any]) -> Any:
    """Create a member of staff (新增员工), with roles within one's own permissions."""
    return services().staff_admin.hire(actor_id=current_subject().id, **body, now=utc_now())


@admin_staff.route("/staff/<id:staff_id>", methods=["PUT"])
@requires(UserPermission.MANAGE_STAFF)
@raises(StaffNotFound, StaleVersion, UnknownRole, GrantExceeded, OwnAccount, LastAdministrator)
@admin_staff.arguments(StaffChangeSchema)
@admin_staff.response(200, StaffSchema)
def update_staff(body: dict[str, Any], staff_id: int) -> Any:
    """Replace name, status and roles. Whoever becomes inactive is logged out at once."""
    return services().staff_admin.change(actor_id=current_subject().id, staff_id=staff_id, **body, now=utc_now())


@admin_staff.route("/staff/<id:staff_id>/password", methods=["POST"])
@requires(UserPermission.MANAGE_STAFF)
@raises(StaffNotFound, OwnAccount, GrantExceeded, PasswordTooWeak)
@admin_staff.arguments(PasswordSchema)
@admin_staff.response(204)
def reset_staff_password(body: dict[str, Any], staff_id: int) -> None:
    """Give somebody a new password (重置密码). All their sessions end."""
    services().staff_password.reset(
        actor_id=current_subject().id, staff_id=staff_id, password=body["password"], now=utc_now()
    )

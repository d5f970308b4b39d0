"""Staff manage roles."""

from __future__ import annotations

from typing import Any

from backend.user.domain.error import (
    GrantExceeded,
    RoleBuiltIn,
    RoleCodeTaken,
    RoleInUse,
    RoleNotFound,
    UnknownPermission,
)
from backend.user.permission import UserPermission
from backend.user.schema.staff import NewRoleSchema, PermissionSchema, RoleChangeSchema, RoleSchema
from backend.user.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.raises import raises
from kit.domain.version import StaleVersion
from kit.repository.page import Page
from kit.schema.edit import VersionArguments
from kit.schema.page import PageArguments, page_of
from kit.security.guard import requires
from kit.security.permission import declared_permissions
from kit.security.subject import current_subject

admin_roles = StaffBlueprint("roles", __name__, description="角色与权限 Roles and permissions", tag="角色 Roles")


@admin_roles.route("/permissions", methods=["GET"])
@requires(UserPermission.READ_STAFF)
@admin_roles.response(200, page_of(PermissionSchema))
def list_permissions() -> Any:
    """Every permission there is, on one page."""
    return Page(list(declared_permissions().values()), None)


@admin_roles.route("/roles", methods=["GET"])
@requires(UserPermission.READ_STAFF)
@admin_roles.arguments(PageArguments, location="query")
@admin_roles.response(200, page_of(RoleSchema))
def list_roles(filters: dict[str, Any]) -> Any:
    """Roles with their permissions, oldest first."""
    return services().query.roles(**filters)


@admin_roles.route("/roles", methods=["POST"])
@requires(UserPermission.MANAGE_ROLES)
@raises(RoleCodeTaken, UnknownPermission, GrantExceeded)
@admin_roles.arguments(NewRoleSchema)
@admin_roles.response(201, RoleSchema)
def create_role(body: dict[str, Any]) -> Any:
    """Create a role (新增角色), within one's own permissions."""
    return services().role_admin.create(actor_id=current_subject().id, **body)


@admin_roles.route("/roles/<id:role_id>", methods=["PUT"])
@requires(UserPermission.MANAGE_ROLES)
@raises(RoleNotFound, StaleVersion, RoleBuiltIn, UnknownPermission, GrantExceeded)
@admin_roles.arguments(RoleChangeSchema)
@admin_roles.response(200, RoleSchema)
def update_role(body: dict[str, Any], role_id: int) -> Any:
    """Replace name and permissions. Everybody who holds the role has them from the next request."""
    return services().role_admin.change(actor_id=current_subject().id, role_id=role_id, **body)


@admin_roles.route("/roles/<id:role_id>", methods=["DELETE"])
@requires(UserPermission.MANAGE_ROLES)
@raises(RoleNotFound, StaleVersion, RoleBuiltIn, RoleInUse, GrantExceeded)
@admin_roles.arguments(VersionArguments, location="query")
@admin_roles.response(204)
def delete_role(seen: dict[str, int], role_id: int) -> None:
    """Delete a role that nobody holds."""
    services().role_admin.delete(actor_id=current_subject().id, role_id=role_id, **seen)

"""What staff may be allowed to do here."""

from kit.security.permission import Permission


class UserPermission(Permission):
    """Permissions of user."""

    READ_CUSTOMERS = "user:read_customers", "查看会员", "Read customers"
    MANAGE_CUSTOMERS = "user:manage_customers", "拉黑与恢复会员", "Block and unblock customers"
    READ_STAFF = "user:read_staff", "查看员工与角色", "Read staff, roles and permissions"
    MANAGE_STAFF = "user:manage_staff", "管理员工", "Create and change staff"
    MANAGE_ROLES = "user:manage_roles", "管理角色", "Create, change and delete roles"

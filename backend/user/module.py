"""Manifest of user."""

from backend.user.api.admin_auth import admin_auth
from backend.user.api.admin_customers import admin_customers
from backend.user.api.admin_roles import admin_roles
from backend.user.api.admin_staff import admin_staff
from backend.user.api.shop_addresses import shop_addresses
from backend.user.api.shop_auth import shop_auth
from backend.user.api.shop_profile import shop_profile
from backend.user.cli import staff
from backend.user.permission import UserPermission
from backend.user.wiring import wire
from kit.context.module import Module

module = Module(
    name="user",
    wire=wire,
    blueprints=(shop_auth, shop_profile, shop_addresses, admin_auth, admin_staff, admin_roles, admin_customers),
    commands=(staff,),
    permissions=(UserPermission,),
)

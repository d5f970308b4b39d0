"""Manifest of approval."""

from backend.approval.api.admin_requests import admin_requests
from backend.approval.api.admin_rules import admin_rules
from backend.approval.permission import ApprovalPermission
from backend.approval.wiring import wire
from kit.context.module import Module

module = Module(name="approval", wire=wire, blueprints=(admin_requests, admin_rules), permissions=(ApprovalPermission,))

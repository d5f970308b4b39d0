"""Manifest of reporting."""

from backend.reporting.api.admin import admin
from backend.reporting.api.shop import shop
from backend.reporting.permission import ReportingPermission
from backend.reporting.wiring import wire
from kit.context.module import Module

module = Module(name="reporting", wire=wire, blueprints=(shop, admin), permissions=(ReportingPermission,))

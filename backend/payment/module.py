"""Manifest of payment."""

from backend.payment.api.admin import admin
from backend.payment.api.callback import callback
from backend.payment.permission import PaymentPermission
from backend.payment.wiring import wire
from kit.context.module import Module

module = Module(name="payment", wire=wire, blueprints=(admin, callback), permissions=(PaymentPermission,))

"""Manifest of media."""

from backend.media.api.admin import admin
from backend.media.api.files import files
from backend.media.permission import MediaPermission
from backend.media.wiring import wire
from kit.context.module import Module

module = Module(name="media", wire=wire, blueprints=(admin, files), permissions=(MediaPermission,))

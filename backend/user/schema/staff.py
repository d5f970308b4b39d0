"""Shapes of staff and roles."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from backend.user.domain.staff import StaffStatus
from backend.user.schema.password import NewPassword
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.edit import version_field
from kit.schema.fields import Id, Line, Timestamp, pattern
from kit.schema.mail_address import MailAddress

_STATUSES = [status.value for status in StaffStatus]
_MAX_ROLES = 50
_MAX_PERMISSIONS = 500
_ROLE_CODE = pattern(
    r"^[a-z][a-z0-9_-]{1,39}$",
    "须为 2–40 个小写字母、数字或 - _，以字母开头",
    "Send 2 to 40 small letters, digits or - _, beginning with a letter.",
)


class StaffCardSchema(OutputSchema):
    """Who somebody is."""

    id = Id()
    username = fields.String(metadata={"example": "manager"})
    name = fields.String(metadata={"example": "陈店长"})


class RoleCardSchema(OutputSchema):
    """Which role it is."""

    id = Id()
    code = fields.String(metadata={"example": "warehouse"})
    name = fields.String(metadata={"example": "仓库"})


class StaffSchema(StaffCardSchema):
    """A member of staff."""

    email = fields.String(allow_none=True, metadata={"example": "chen@example.cn"})
    status = fields.String(metadata={"enum": _STATUSES})
    roles = fields.List(fields.Nested(RoleCardSchema))
    version = fields.Integer(metadata={"example": 3})
    created_at = Timestamp()
    last_login_at = Timestamp(allow_none=True)


class OwnStaffSchema(StaffCardSchema):
    """A member of staff, to themselves."""

    email = fields.String(allow_none=True, metadata={"example": "chen@example.cn"})
    roles = fields.List(fields.Nested(RoleCardSchema))
    permissions = fields.List(fields.String(), metadata={"example": ["user:read_staff"]})


def _email(description: str, **options: Any) -> MailAddress:
    return MailAddress(
        allow_none=True, metadata={"description": description, "example": "lin.wei@example.cn"}, **options
    )


def _role_ids() -> fields.List[int]:
    return fields.List(Id(), required=True, validate=validate.Length(0, _MAX_ROLES))


class NewStaffSchema(InputSchema):
    """Somebody who starts to work here."""

    username = Line(32, required=True, metadata={"description": "Lower-case, 3 to 32", "example": "lin.wei"})
    name = Line(40, required=True, metadata={"example": "林薇"})
    password = NewPassword()
    email = _email("Where mails about work go, for example requests to approve", load_default=None)
    role_ids = _role_ids()


class StaffChangeSchema(InputSchema):
    """Name, status and roles, all replaced."""

    name = Line(40, required=True, metadata={"example": "林薇"})
    status = fields.Enum(StaffStatus, by_value=True, required=True, metadata={"example": "active"})
    email = _email("Left out, it stays as it is; null takes it away")
    role_ids = _role_ids()
    version = version_field()


class RoleSchema(RoleCardSchema):
    """A role with its permissions."""

    all_permissions = fields.Boolean(metadata={"description": "Holds every permission; built in"})
    permissions = fields.Function(
        lambda role: sorted(role.permissions),
        metadata={"type": "array", "items": {"type": "string"}, "example": ["inventory:read"]},
    )
    version = fields.Integer(metadata={"example": 3})


class _RoleFactsSchema(InputSchema):
    name = Line(40, required=True, metadata={"example": "仓库"})
    permissions = fields.List(
        Line(80),
        required=True,
        validate=validate.Length(0, _MAX_PERMISSIONS),
        metadata={"description": "See GET /admin/v1/permissions", "example": ["inventory:read"]},
    )


class RoleChangeSchema(_RoleFactsSchema):
    """Name and permissions, both replaced."""

    version = version_field()


class NewRoleSchema(_RoleFactsSchema):
    """A role of one's own making."""

    code = Line(
        40,
        required=True,
        pattern=_ROLE_CODE,
        metadata={"description": "Stable", "example": "warehouse"},
    )


class PermissionSchema(OutputSchema):
    """A permission and its names."""

    permission = fields.String(attribute="value", metadata={"example": "inventory:read"})
    zh = fields.String(metadata={"example": "查看库存"})
    en = fields.String(metadata={"example": "Read stock and movements"})

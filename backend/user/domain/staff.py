"""Members of staff (员工), who log in with a username and a password."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.user.domain.error import PasswordTooWeak, UsernameInvalid
from backend.user.domain.grant import Grants
from backend.user.domain.role import Role
from kit.db.types import BigId, Code, EnumText, UtcDateTime
from kit.domain.entity import Aggregate, Entity

MIN_PASSWORD = 10
MAX_PASSWORD = 128
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")

StaffRole = Table(
    "usr_staff_role",
    Entity.metadata,
    Column("staff_id", BigId, ForeignKey("usr_staff.id"), primary_key=True),
    Column("role_id", BigId, ForeignKey("usr_role.id"), primary_key=True, index=True),
)


class StaffStatus(StrEnum):
    """Who left is inactive: rows of staff stay, histories name them."""

    ACTIVE = "active"
    INACTIVE = "inactive"


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Somebody about to be hired: a valid username, and a password already hashed."""

    username: str
    name: str
    password_hash: str
    email: str | None = None


class Staff(Aggregate):
    """A member of staff, and the roles they hold."""

    __tablename__ = "usr_staff"

    username: Mapped[str] = mapped_column(Code(32), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str] = mapped_column(Code(200))
    # Where mails about work go; plain ASCII, see kit.mail. Nobody logs in with it, so two may share one.
    email: Mapped[str | None] = mapped_column(Code(254))
    status: Mapped[StaffStatus] = mapped_column(EnumText(StaffStatus, "status"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    roles: Mapped[list[Role]] = relationship(secondary=StaffRole, lazy="selectin", order_by=Role.id)

    @classmethod
    def hire(cls, applicant: Applicant, *, roles: Sequence[Role], at: datetime) -> Staff:
        """A new, active member of staff."""
        return cls(
            username=applicant.username,
            name=applicant.name,
            password_hash=applicant.password_hash,
            email=applicant.email,
            status=StaffStatus.ACTIVE,
            roles=list(roles),
            created_at=at,
        )

    @property
    def grants(self) -> Grants:
        """What their roles allow, whether they are active or not."""
        return Grants.of(self.roles)

    @property
    def is_active(self) -> bool:
        """May log in."""
        return self.status is StaffStatus.ACTIVE

    @property
    def is_administrator(self) -> bool:
        """Active, and holds every permission."""
        return self.is_active and self.grants.everything

    def change(self, *, name: str, status: StaffStatus, roles: Sequence[Role]) -> None:
        """Take a new name and status, and exactly these roles."""
        self.name, self.status, self.roles = name, status, list(roles)

    def set_email(self, email: str | None) -> None:
        """Take another address for mails, or none."""
        self.email = email

    def set_password_hash(self, password_hash: str) -> None:
        """Take a new password, already hashed."""
        self.password_hash = password_hash

    def log_in(self, *, at: datetime) -> None:
        """Note when they were last here."""
        self.last_login_at = at


def username_of(text: str) -> str:
    """The username that `text` means: lower-case ASCII. Raises `UsernameInvalid`."""
    # isascii first: lower() turns the Kelvin sign into a plain k.
    username = text.strip().lower() if text.isascii() else ""
    if not _USERNAME.fullmatch(username):
        raise UsernameInvalid.naming("username")
    return username


def acceptable_password(password: str, *, username: str, field: str = "password") -> str:
    """`password`, if it may be one. Raises `PasswordTooWeak` naming `field`."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD or password.lower() == username:
        raise PasswordTooWeak.naming(field, minimum=MIN_PASSWORD, maximum=MAX_PASSWORD)
    return password

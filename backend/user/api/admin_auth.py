"""Staff log in, see who they are, and change their own password."""

from __future__ import annotations

from typing import Any

from flask import request

from backend.user.domain.error import (
    LockedOut,
    LoginRefused,
    PasswordTooWeak,
    RefreshRefused,
    UsernameInvalid,
    WrongPassword,
)
from backend.user.domain.session import SessionKind
from backend.user.schema.password import OwnPasswordSchema
from backend.user.schema.session import (
    PasswordGrantSchema,
    RefreshSchema,
    StaffLoginSchema,
    StaffTokensSchema,
    TokensSchema,
)
from backend.user.schema.staff import OwnStaffSchema
from backend.user.wiring import services
from kit.api.blueprint import StaffBlueprint
from kit.api.network import client_network
from kit.api.oauth import oauth_errors
from kit.api.raises import raises
from kit.api.throttle import PASSWORD_ROUTES, TOKEN_ROUTES, by_refresh_token, throttled
from kit.domain.clock import utc_now
from kit.security.guard import public, staff
from kit.security.subject import current_subject

admin_auth = StaffBlueprint(
    "staff_auth", __name__, description="登录 Login of staff, and their own account", tag="登录 Login"
)


@admin_auth.route("/auth/login", methods=["POST"])
@public("whoever logs in has no token yet")
@raises(LoginRefused, LockedOut, UsernameInvalid)
@throttled(PASSWORD_ROUTES, together="staff password")
@admin_auth.arguments(StaffLoginSchema)
@admin_auth.response(200, StaffTokensSchema)
def log_in(login: dict[str, Any]) -> Any:
    """Log in with username and password (员工登录). Ten wrong passwords from one network lock the username
    there for 15 minutes (429); a hundred from many networks lock it except where its owner logged in within 30 days.
    """
    return services().staff_login.log_in(
        **login, network=client_network(), user_agent=request.user_agent.string, now=utc_now()
    )


@admin_auth.route("/auth/token", methods=["POST"])
@public("whoever logs in has no token yet")
@raises(LoginRefused, LockedOut, UsernameInvalid)
@oauth_errors
@throttled(PASSWORD_ROUTES, together="staff password")
@admin_auth.arguments(PasswordGrantSchema, location="form")
@admin_auth.response(200, TokensSchema)
def exchange_password(grant: dict[str, Any]) -> Any:
    """Log in with an OAuth 2.0 password grant (RFC 6749 section 4.3). For the Authorize button of Swagger UI; the same
    checks, lock-out and sessions as the login. Errors have `error` and `error_description` of section 5.2 beside ours.
    """
    return services().staff_login.log_in(
        **grant, network=client_network(), user_agent=request.user_agent.string, now=utc_now()
    )


@admin_auth.route("/auth/refresh", methods=["POST"])
@public("the refresh token is the proof")
@raises(RefreshRefused)
@throttled(TOKEN_ROUTES, key_func=by_refresh_token)
@admin_auth.arguments(RefreshSchema)
@admin_auth.response(200, TokensSchema)
def refresh_tokens(body: dict[str, Any]) -> Any:
    """Exchange the refresh token for new tokens, until 12 hours after the login. Using one twice ends the session."""
    return services().sessions.refresh(SessionKind.STAFF, body["refresh_token"], now=utc_now())


@admin_auth.route("/auth/logout", methods=["POST"])
@staff
@admin_auth.response(204)
def log_out() -> None:
    """End this session (退出登录): its tokens stop working at once."""
    services().sessions.end(current_subject().session_id, now=utc_now())


@admin_auth.route("/me", methods=["GET"])
@staff
@admin_auth.response(200, OwnStaffSchema)
def get_me() -> Any:
    """Who is logged in, and what they may do."""
    subject = current_subject()
    me = services().staff.get(subject.id)
    return {
        "id": me.id,
        "username": me.username,
        "name": me.name,
        "email": me.email,
        "roles": me.roles,
        "permissions": sorted(subject.permissions),
    }


@admin_auth.route("/me/password", methods=["PUT"])
@staff
@raises(WrongPassword, LockedOut, PasswordTooWeak)
@throttled(PASSWORD_ROUTES)
@admin_auth.arguments(OwnPasswordSchema)
@admin_auth.response(204)
def change_password(body: dict[str, Any]) -> None:
    """Change one's own password (修改密码). All other sessions end."""
    subject = current_subject()
    services().staff_password.change_own(
        subject.id,
        session_id=subject.session_id,
        network=client_network(),
        current=body["current_password"],
        new=body["new_password"],
        now=utc_now(),
    )

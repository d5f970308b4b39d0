"""Members log in, stay logged in, and log out."""

from __future__ import annotations

from typing import Any

from flask import request

from backend.user.domain.error import CustomerBlocked, RefreshRefused, WechatNotConfigured
from backend.user.domain.session import SessionKind
from backend.user.schema.session import MemberLoginSchema, MemberTokensSchema, RefreshSchema, TokensSchema
from backend.user.wiring import services
from kit.api.blueprint import MemberBlueprint
from kit.api.raises import raises
from kit.api.throttle import TOKEN_ROUTES, by_refresh_token, throttled
from kit.domain.clock import utc_now
from kit.security.guard import buyer, public
from kit.security.subject import current_subject
from kit.wechat.miniprogram.error import LoginCodeInvalid, WechatBusy, WechatRefused

shop_auth = MemberBlueprint(
    "member_auth", __name__, description="登录 Login with WeChat, refresh, logout", tag="登录 Login"
)


@shop_auth.route("/auth/login", methods=["POST"])
@public("whoever logs in has no token yet")
@raises(CustomerBlocked, LoginCodeInvalid, WechatBusy, WechatRefused, WechatNotConfigured)
@throttled(TOKEN_ROUTES)
@shop_auth.arguments(MemberLoginSchema)
@shop_auth.response(200, MemberTokensSchema)
def log_in(login: dict[str, Any]) -> Any:
    """Log in with the code of wx.login (小程序登录); the first login registers the customer."""
    return services().member_login.log_in(code=login["code"], user_agent=request.user_agent.string, now=utc_now())


@shop_auth.route("/auth/refresh", methods=["POST"])
@public("the refresh token is the proof")
@raises(RefreshRefused)
@throttled(TOKEN_ROUTES, key_func=by_refresh_token)
@shop_auth.arguments(RefreshSchema)
@shop_auth.response(200, TokensSchema)
def refresh_tokens(body: dict[str, Any]) -> Any:
    """Exchange the refresh token (刷新令牌) for new tokens. Using one twice ends the session."""
    return services().sessions.refresh(SessionKind.MEMBER, body["refresh_token"], now=utc_now())


@shop_auth.route("/auth/logout", methods=["POST"])
@buyer
@shop_auth.response(204)
def log_out() -> None:
    """End this session (退出登录): its tokens stop working at once."""
    services().sessions.end(current_subject().session_id, now=utc_now())

"""Why a door stays shut."""

from kit.domain.error import Forbidden, Limited, Unauthenticated


class TokenMissing(Unauthenticated):
    """No Authorization header, or not a Bearer one."""

    code = "auth.token_missing"
    zh = "请先登录"
    en = "Log in first: send Authorization: Bearer <access token>"


class TokenExpired(Unauthenticated):
    """The access token's 15 minutes are over."""

    code = "auth.token_expired"
    zh = "登录已过期，请刷新令牌"
    en = "The access token has expired; refresh it"


class TokenInvalid(Unauthenticated):
    """Not a token of ours, or its session has ended."""

    code = "auth.token_invalid"
    zh = "登录已失效，请重新登录"
    en = "This token is not valid here, or its session has ended; log in again"


class PermissionMissing(Forbidden):
    """Logged in, but without the permission the route declares."""

    code = "auth.permission_missing"
    zh = "没有权限：{permission}"
    en = "Permission missing: {permission}"


class TooManyRequests(Limited):
    """The throttle said no."""

    code = "kit.too_many_requests"
    zh = "请求过于频繁，请稍后再试"
    en = "Too many requests; slow down"

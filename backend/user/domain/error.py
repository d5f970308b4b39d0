"""What user refuses."""

from kit.domain.error import Conflict, Forbidden, Invalid, Limited, NotFound, Unauthenticated, Unavailable


class CustomerNotFound(NotFound):
    """No such customer."""

    code = "user.customer_not_found"
    zh = "会员不存在"
    en = "There is no such customer"


class CustomerBlocked(Forbidden):
    """The shop does not serve this customer."""

    code = "user.blocked"
    zh = "账号已被停用，请联系客服"
    en = "This account is blocked; contact the shop"


class OpenidUnknown(NotFound):
    """The customer never logged in through this mini-program."""

    code = "user.openid_unknown"
    zh = "该会员没有此小程序的身份"
    en = "This customer has no identity in this mini-program"


class AddressNotFound(NotFound):
    """Not there, or somebody else's."""

    code = "user.address_not_found"
    zh = "收货地址不存在"
    en = "There is no such address"


class TooManyAddresses(Conflict):
    """The address book is full."""

    code = "user.too_many_addresses"
    zh = "收货地址最多 {maximum} 个，请先删除不用的地址"
    en = "At most {maximum} addresses; delete one first"


class PhoneInvalid(Invalid):
    """Neither a mainland mobile number nor a landline number with area code."""

    code = "user.phone_invalid"
    zh = "请填写正确的手机号或带区号的固定电话"
    en = "Give a mainland mobile number, or a landline number with its area code"


class RefreshRefused(Unauthenticated):
    """The refresh token is unknown, used or expired, or its session has ended: log in again."""

    code = "user.refresh_refused"
    zh = "登录已失效，请重新登录"
    en = "This refresh token is not valid any more; log in again"


class LoginRefused(Unauthenticated):
    """Unknown, inactive, or the wrong password: never told apart."""

    code = "user.login_refused"
    zh = "用户名或密码错误"
    en = "Wrong username or password"


class LockedOut(Limited):
    """Too many wrong passwords for this username."""

    code = "user.locked_out"
    zh = "密码错误次数过多，请 {minutes} 分钟后再试"
    en = "Too many wrong passwords; try again in {minutes} minutes"


class StaffNotFound(NotFound):
    """No such member of staff."""

    code = "user.staff_not_found"
    zh = "员工不存在"
    en = "There is no such member of staff"


class UsernameInvalid(Invalid):
    """Not 3 to 32 of a-z, 0-9, dot, hyphen and underscore, beginning with a letter or digit."""

    code = "user.username_invalid"
    zh = "用户名须为 3–32 位小写字母、数字、点、横线或下划线，且以字母或数字开头"
    en = "A username has 3 to 32 of a-z, 0-9, dot, hyphen and underscore, and begins with a letter or digit"


class UsernameTaken(Conflict):
    """Somebody has this username."""

    code = "user.username_taken"
    zh = "用户名已被使用"
    en = "This username is taken"


class PasswordTooWeak(Invalid):
    """Too short, too long, or the username itself."""

    code = "user.password_too_weak"
    zh = "密码须为 {minimum}–{maximum} 个字符，且不能与用户名相同"
    en = "A password has {minimum} to {maximum} characters and is not the username"


class WrongPassword(Invalid):
    """The current password, asked for once more, was wrong."""

    code = "user.wrong_password"
    zh = "当前密码错误"
    en = "The current password is wrong"


class OwnAccount(Conflict):
    """What one may not do to oneself."""

    code = "user.own_account"
    zh = "不能对自己的账号执行此操作"
    en = "You cannot do this to your own account"


class LastAdministrator(Conflict):
    """Nobody would be left who may do everything."""

    code = "user.last_administrator"
    zh = "至少须保留一名在职的超级管理员"
    en = "At least one active administrator must remain"


class GrantExceeded(Forbidden):
    """Giving, taking or touching permissions that one does not hold oneself."""

    code = "user.grant_exceeded"
    zh = "不能管理超出自己权限范围的员工或角色"
    en = "You cannot give or take permissions that you do not hold"


class RoleNotFound(NotFound):
    """No such role."""

    code = "user.role_not_found"
    zh = "角色不存在"
    en = "There is no such role"


class UnknownRole(Invalid):
    """The input names roles that do not exist."""

    code = "user.unknown_role"
    zh = "角色不存在"
    en = "Some of these roles do not exist; see errors"


class UnknownPermission(Invalid):
    """The input names permissions that no part of the program declares."""

    code = "user.unknown_permission"
    zh = "权限不存在"
    en = "Some of these permissions do not exist; see errors"


class RoleCodeTaken(Conflict):
    """Another role has this code."""

    code = "user.role_code_taken"
    zh = "角色编码已被使用"
    en = "This role code is taken"


class RoleInUse(Conflict):
    """Members of staff hold this role."""

    code = "user.role_in_use"
    zh = "仍有员工使用该角色，不能删除"
    en = "Members of staff hold this role; take it from them first"


class RoleBuiltIn(Conflict):
    """The role that holds every permission is fixed."""

    code = "user.role_built_in"
    zh = "内置角色不能修改或删除"
    en = "The built-in role cannot be changed or deleted"


class WechatNotConfigured(Unavailable):
    """WECHAT_APPID and WECHAT_APP_SECRET are not set."""

    code = "user.wechat_not_configured"
    zh = "微信登录尚未配置"
    en = "WeChat login is not configured"

"""Members see and change what the shop knows of them."""

from __future__ import annotations

from typing import Any

from backend.user.domain.error import PhoneInvalid, WechatNotConfigured
from backend.user.schema.customer import MemberSchema, PhoneCodeSchema, ProfileSchema
from backend.user.wiring import services
from kit.api.blueprint import MemberBlueprint
from kit.api.raises import raises
from kit.api.throttle import TOKEN_ROUTES, throttled
from kit.security.guard import buyer
from kit.security.subject import current_buyer
from kit.wechat.miniprogram.error import LoginCodeInvalid, WechatBusy, WechatRefused

shop_profile = MemberBlueprint("member_profile", __name__, description="我的 One's own profile", tag="我的 Profile")


@shop_profile.route("/me", methods=["GET"])
@buyer
@shop_profile.response(200, MemberSchema)
def get_me() -> Any:
    """Who is logged in."""
    return services().customers.get(current_buyer())


@shop_profile.route("/me", methods=["PUT"])
@buyer
@shop_profile.arguments(ProfileSchema)
@shop_profile.response(200, MemberSchema)
def update_me(profile: dict[str, Any]) -> Any:
    """Replace nickname and picture (昵称与头像)."""
    return services().profile.introduce(current_buyer(), **profile)


@shop_profile.route("/me/phone", methods=["POST"])
@buyer
@raises(LoginCodeInvalid, PhoneInvalid, WechatBusy, WechatRefused, WechatNotConfigured)
@throttled(TOKEN_ROUTES)
@shop_profile.arguments(PhoneCodeSchema)
@shop_profile.response(200, MemberSchema)
def bind_phone(body: dict[str, Any]) -> Any:
    """Bind the phone number (绑定手机号) behind the phone button's code."""
    return services().profile.bind_phone(current_buyer(), code=body["code"])

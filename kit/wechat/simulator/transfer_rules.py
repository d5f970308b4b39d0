"""What WeChat wants to know before it accepts a transfer (发起转账)."""

import base64
import binascii
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA1

from kit.wechat.simulator.errors import PayError
from kit.wechat.simulator.fields import ListOf, NotifyUrl, OneOf, Shape, Text, Whole
from kit.wechat.simulator.keys import Keyring

LEAST_FEN = 10
NAME_NEEDED_FROM_FEN = 200_000
SCENES = ("1000", "1002", "1004", "1005", "1009", "1010", "1011", "1013")
# What must be reported for the two scenes a shop uses; of the others only that something is reported.
REPORTS = {"1000": ["奖励说明", "活动名称"], "1005": ["岗位类型", "报酬说明"]}

TRANSFER = Shape(
    required={
        "appid": Text(32),
        "out_bill_no": Text(32, 1, r"[0-9A-Za-z]+"),
        "transfer_scene_id": OneOf(SCENES),
        "openid": Text(64),
        "transfer_amount": Whole(LEAST_FEN),
        "transfer_remark": Text(32),
        "transfer_scene_report_infos": ListOf(Shape(required={"info_type": Text(15), "info_content": Text(32)})),
    },
    optional={
        "user_name": Text(1024),
        "notify_url": NotifyUrl(),
        "user_recv_perception": Text(64),
        "user_recv_style": Shape(required={"type": OneOf(("CONFIRM_PAGE", "RED_PACKET"))}),
    },
)


def check_report(body: dict[str, Any]) -> None:
    types = sorted(info["info_type"] for info in body["transfer_scene_report_infos"])
    if not types or types != REPORTS.get(body["transfer_scene_id"], types):
        raise PayError("INVALID_REQUEST", "未传入完整且对应的转账场景报备信息", field="/transfer_scene_report_infos")


def read_name(body: dict[str, Any], keyring: Keyring, serial: str) -> str:
    """The receiver's name, encrypted for the key that the header Wechatpay-Serial names; "" if none was given."""
    at = "/user_name"
    if "user_name" not in body:
        if body["transfer_amount"] >= NAME_NEEDED_FROM_FEN:
            raise PayError("PARAM_ERROR", "转账金额大于等于2000元时收款用户姓名必填", field=at)
        return ""
    keys = {
        keyring.identity.public_key_id: keyring.public_key_mode_key,
        keyring.platform_serial: keyring.certificate_mode_key,
    }
    if serial not in keys:
        raise PayError("PARAM_ERROR", "Http头Wechatpay-Serial有误", field=at)
    try:
        sealed = base64.b64decode(body["user_name"], validate=True)
        return keys[serial].decrypt(sealed, OAEP(MGF1(SHA1()), SHA1(), None)).decode()  # noqa: S303 - WeChat's choice
    except (binascii.Error, ValueError):
        raise PayError("PARAM_ERROR", "收款用户姓名解密失败", field=at) from None

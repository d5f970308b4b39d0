"""Subscribe messages of the mini-program (订阅消息)."""

from __future__ import annotations

from backend.notification.domain.port import Message, NotSubscribed, Rejected, TryAgain
from kit.wechat.miniprogram import error as wechat
from kit.wechat.miniprogram.client import MiniProgramClient

# Wrong openid, wrong template, wrong field: the same message would be answered the same.
_FOR_GOOD = (40003, 40037, 47003)


class WechatMessenger:
    """`domain.port.Messenger` over WeChat's server API."""

    def __init__(self, client: MiniProgramClient) -> None:
        self._client = client

    def send(self, message: Message) -> None:
        try:
            self._client.send_subscribe_message(
                openid=message.to, template_id=message.template_id, page=message.page, data=message.fields
            )
        except wechat.NotSubscribed:
            raise NotSubscribed("43101: not subscribed") from None
        except wechat.WechatBusy:
            raise TryAgain("no answer, or not now") from None
        except wechat.WechatRefused as refusal:
            # Anything else may be mended by somebody: a changed secret, a missing right of the account.
            kind = Rejected if refusal.errcode in _FOR_GOOD else TryAgain
            raise kind(f"errcode {refusal.errcode}") from None

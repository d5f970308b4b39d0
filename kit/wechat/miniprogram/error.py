"""What WeChat's mini-program API may answer instead of a result."""

from kit.domain.error import Conflict, Invalid, Unavailable


class LoginCodeInvalid(Invalid):
    """The code from `wx.login` or from the phone button is wrong, older than five minutes, or already used."""

    code = "wechat.code_invalid"
    zh = "微信授权码无效或已过期，请重试"
    en = "The code from WeChat is wrong, expired or already used; get a new one"


class NotSubscribed(Conflict):
    """43101: the user never subscribed to this template, took it back, or a message has used the subscription up."""

    code = "wechat.not_subscribed"
    zh = "用户未订阅该消息"
    en = "The user has not subscribed to this message"


class WechatBusy(Unavailable):
    """WeChat does not answer, or asks us to come back later."""

    code = "wechat.unavailable"
    zh = "微信暂时无法响应，请稍后再试"
    en = "WeChat does not answer right now; try again later"


class WechatRefused(Unavailable):
    """WeChat answered with an error that the user cannot mend: `errcode` is in the log, not in our answer."""

    code = "wechat.refused"
    zh = "微信服务异常，请联系客服"
    en = "WeChat refused our request; contact the shop"

    def __init__(self, errcode: int | None = None) -> None:
        self.errcode = errcode
        super().__init__()

"""What payment refuses."""

from kit.domain.error import Conflict, Unavailable


class AttemptNotPayable(Conflict):
    """The attempt is paid, closed, being closed, or past its deadline."""

    code = "payment.not_payable"
    zh = "当前不能支付，请刷新订单"
    en = "This cannot be paid now; reload the order"


class ChannelUnavailable(Unavailable):
    """WeChat Pay did not answer; paying again later continues with the same number."""

    code = "payment.channel_unavailable"
    zh = "微信支付暂时没有响应，请稍后再试"
    en = "WeChat Pay does not answer; try again in a moment"


class ChannelRefused(Conflict):
    """WeChat Pay verifiably refused the order."""

    code = "payment.channel_refused"
    zh = "微信支付拒绝了该订单：{reason}"
    en = "WeChat Pay refused this order: {reason}"


class RefundExceedsPayment(Conflict):
    """More would go back than came in."""

    code = "payment.refund_exceeds_payment"
    zh = "退款金额超过可退金额 {left_fen} 分"
    en = "At most {left_fen} fen of this payment can still be refunded"

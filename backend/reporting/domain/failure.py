"""Why a job failed, in sentences that say what to do."""

from __future__ import annotations

from kit.job.failure import JobFailure


class Failure(JobFailure):
    """The reason a job ended without its report."""

    TOO_MANY_ROWS = "too_many_rows", "订单过多，请缩小时间范围", "Too many orders; choose a shorter period"
    TOO_LONG = "too_long", "导出耗时过长，请缩小时间范围", "It took too long; choose a shorter period"
    INTERRUPTED = "interrupted", "导出多次中断，请重试", "It was interrupted several times; try again"
    INTERNAL = "internal", "导出失败，请重试或联系管理员", "It failed; try again, or tell the operator"
    MAIL_REFUSED = "mail_refused", "收件服务器拒绝了邮件，请检查地址", "The mail was refused; check the address"
    MAIL_UNREACHABLE = "mail_unreachable", "多次尝试后邮件仍无法发送", "The mail could not be sent in several tries"
    MAIL_UNKNOWN = (
        "mail_unknown",
        "邮件可能已送达；如未收到请重新导出",
        "The mail may have arrived; if not, export again",
    )

"""Why a job failed, in sentences that say what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Failure(StrEnum):
    """The reason a job ended without its report."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.zh, member.en = value, zh, en
        return member

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


class ReportRefused(Exception):
    """Another try would end the same way."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.en)
        self.failure = failure


class ReportDelayed(Exception):
    """Another try, later, may succeed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.en)
        self.failure = failure


class RunLost(Exception):
    """Somebody else works on the job now, or it has ended: this run stops and leaves nothing."""

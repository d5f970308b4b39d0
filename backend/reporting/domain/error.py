"""What reporting refuses."""

from kit.domain.error import Conflict, Invalid, NotFound, Unavailable


class ReportNotFound(NotFound):
    """No such job, or somebody else's."""

    code = "reporting.not_found"
    zh = "导出任务不存在"
    en = "There is no such report"


class PeriodInvalid(Invalid):
    """It ends before it begins."""

    code = "reporting.period_invalid"
    zh = "开始时间必须早于结束时间"
    en = "placed_from must be before placed_to"


class PeriodTooLong(Invalid):
    """More than one file should hold."""

    code = "reporting.period_too_long"
    zh = "一次最多导出 {days} 天的订单"
    en = "At most {days} days of orders in one report"


class ExportUnderWay(Conflict):
    """One at a time."""

    code = "reporting.export_under_way"
    zh = "您已有一个导出任务正在进行，请稍后再试"
    en = "Your last export is still under way; wait for its mail"


class MailNotConfigured(Unavailable):
    """Nothing could be sent."""

    code = "reporting.mail_not_configured"
    zh = "邮件服务暂不可用"
    en = "This shop cannot send mail at the moment"

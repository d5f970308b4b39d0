"""What staff may be allowed to do here."""

from kit.security.permission import Permission


class ReportingPermission(Permission):
    """Permissions of reporting."""

    READ = "reporting:read", "查看自己的导出任务", "See and download one's own reports"
    READ_ALL = "reporting:read_all", "查看所有人的导出任务", "See and download everybody's reports"
    EXPORT = "reporting:export", "导出订单", "Export orders"

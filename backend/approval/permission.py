"""What staff may be allowed to do here."""

from backend.approval.domain.right import ACT_DIRECTLY, DECIDE
from kit.security.permission import Permission


class ApprovalPermission(Permission):
    """Permissions of approval."""

    READ = "approval:read", "查看与自己有关的审批单", "Read requests of one's own and for one's roles"
    READ_ALL = "approval:read_all", "查看全部审批单", "Read every request"
    DECIDE = DECIDE, "审批", "Approve and reject, within one's roles"
    CONFIGURE = "approval:configure", "配置审批规则", "Edit approval rules"
    ACT_DIRECTLY = ACT_DIRECTLY, "免审批直接执行", "Change at once what others must ask for"

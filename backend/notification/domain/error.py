"""What notification refuses."""

from kit.domain.error import NotFound


class NoticeNotFound(NotFound):
    """Not there, or somebody else's."""

    code = "notification.notice_not_found"
    zh = "通知不存在"
    en = "There is no such notice"

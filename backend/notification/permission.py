"""What staff may be allowed to do here."""

from kit.security.permission import Permission


class NotificationPermission(Permission):
    """Permissions of notification."""

    READ = "notification:read", "查看通知记录", "Read deliveries of messages"

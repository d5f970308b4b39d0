"""What staff may be allowed to do here."""

from kit.security.permission import Permission


class MediaPermission(Permission):
    """Permissions of media."""

    READ = "media:read", "查看媒体文件", "See uploaded files"
    UPLOAD = "media:upload", "上传媒体文件", "Upload pictures and videos"
    DELETE = "media:delete", "删除媒体文件", "Delete files that nobody uses"

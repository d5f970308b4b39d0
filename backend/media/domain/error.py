"""What media refuses."""

from kit.domain.error import Conflict, Invalid, NotFound, Unavailable


class MediaNotFound(NotFound):
    """No such file (any more)."""

    code = "media.not_found"
    zh = "没有这个文件"
    en = "There is no such file"


class UnknownMedia(Invalid):
    """Somebody wants to use files that are not there, or are being deleted."""

    code = "media.unknown"
    zh = "媒体文件不存在或已删除，请重新上传：{keys}"
    en = "These media files do not exist or were deleted; upload them again: {keys}"


class MediaInUse(Conflict):
    """Deleting it would leave a hole."""

    code = "media.in_use"
    zh = "文件正在被使用，请先在以下对象中移除：{users}"
    en = "The file is used; remove it there first: {users}"


class MediaEmpty(Invalid):
    """No bytes."""

    code = "media.empty"
    zh = "文件是空的，请重新选择"
    en = "The file is empty; choose another one"


class MediaUnsupported(Invalid):
    """Neither a picture nor a video we take, whatever its name says."""

    code = "media.unsupported"
    zh = "不支持该文件：请上传 JPEG、PNG、WebP、GIF（静态）图片，或 MP4（H.264/H.265）视频"
    en = "Not a file we take: upload a JPEG, PNG, WebP or still GIF picture, or an MP4 video (H.264 or H.265)"


class MediaTooLarge(Invalid):
    """More bytes than its kind may have."""

    code = "media.too_large"
    zh = "文件过大：最多 {maximum} 字节，请压缩后重试"
    en = "The file is too large: at most {maximum} bytes; compress it and try again"


class TooManyPixels(Invalid):
    """Reading it would take too much memory."""

    code = "media.too_many_pixels"
    zh = "图片尺寸过大：{width}×{height}，最多 {maximum} 像素，请缩小后重试"
    en = "The picture is too large: {width}×{height}, at most {maximum} pixels; scale it down and try again"


class PictureBroken(Invalid):
    """Cut off, or not what it claims to be."""

    code = "media.picture_broken"
    zh = "图片已损坏，无法读取，请重新导出后上传"
    en = "The picture is damaged and cannot be read; export it again"


class PictureMoves(Invalid):
    """One picture was expected: many in one file are slow on phones, and a way to hide a large one."""

    code = "media.picture_moves"
    zh = "不支持动图，请上传静态图片或 MP4 视频"
    en = "Animated pictures are not taken: upload a still picture, or an MP4 video"


class VideoRefused(Invalid):
    """An MP4 that not every phone plays, or that is damaged. `reason` is English; it names boxes and codecs."""

    code = "media.video_refused"
    zh = "视频无法使用，请转换为 MP4（H.264）后重试：{reason}"
    en = "The video cannot be used; convert it to MP4 (H.264) and try again: {reason}"


class VideoTooLong(Invalid):
    """Longer than the shop allows."""

    code = "media.video_too_long"
    zh = "视频时长 {seconds} 秒，最多 {maximum} 秒"
    en = "The video takes {seconds} seconds, at most {maximum} are allowed"


class MediaBusy(Unavailable):
    """As many pictures as this process may read at once are being read."""

    code = "media.busy"
    zh = "正在处理其他图片，请稍后重试"
    en = "Other pictures are being worked on; try again in a moment"


class UploadLost(Conflict):
    """It took so long that the sweep has taken it for dead."""

    code = "media.upload_lost"
    zh = "上传超时，请重新上传"
    en = "The upload took too long; upload the file again"

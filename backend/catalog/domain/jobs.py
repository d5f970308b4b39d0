"""Imports and exports of the catalogue as jobs: their kinds, and why they may fail."""

from __future__ import annotations

from kit.job.failure import JobFailure

IMPORT, EXPORT = "catalog.import", "catalog.export"


class CatalogJobFailure(JobFailure):
    """The reason a job ended without what it was asked for."""

    FAULTY = (
        "faulty",
        "表格有错误，未导入任何内容；请下载错误表，改正后重新上传",
        "The sheet has faults; nothing was imported. Fetch the error sheet, mend them and upload it again",
    )
    UPLOAD_GONE = (
        "upload_gone",
        "上传的文件已过期删除，请重新上传",
        "The uploaded file has been deleted; upload it again",
    )
    CANCELLED = (
        "cancelled",
        "已取消；取消前已导入的商品保留，重新上传同一文件可继续",
        "Cancelled. What was imported by then stays; upload the same file again to go on",
    )
    TOO_LONG = "too_long", "耗时过长，请拆成几个文件", "It took too long; split the file"
    INTERRUPTED = "interrupted", "多次中断，请重试", "It was interrupted several times; try again"
    INTERNAL = "internal", "处理失败，请重试或联系管理员", "It failed; try again, or tell the operator"

"""The files of a change that waits: nobody shows them yet, and when the change is made they must still be there."""

from __future__ import annotations

from backend.approval.domain.request import Request
from backend.media import facade as media


def hold_files(request: Request) -> None:
    """Every uploaded file that its payload mentions is in use from here on. No executor is asked, so none can forget.

    What is gone already is passed over: whether the change can do without it, its executor says.
    """
    media.keep(keys=media.keys_in(texts=[request.payload]), user=_user(request))


def release_files(request: Request) -> None:
    """It waits no more; what the change shows by now has its own use. Nothing happens while it still waits."""
    if not request.is_pending:
        media.use(keys=(), user=_user(request))


def _user(request: Request) -> str:
    return f"approval:{request.id}"

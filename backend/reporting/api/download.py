"""The door behind signed links. No login: a browser opens them, and the signature is the proof."""

from __future__ import annotations

from flask import Blueprint, Response, send_file

from backend.reporting.wiring import services
from kit.domain.clock import utc_now
from kit.security.guard import public

downloads = Blueprint("report_downloads", __name__)


@downloads.get("/downloads/<token>")
@public("the signature is the proof")
def download_report(token: str) -> Response:
    """The file, as an attachment. Browsers must neither guess what it is nor keep it."""
    found = services().downloading.open(token, now=utc_now())
    answer = send_file(
        found.stream,
        mimetype=found.mimetype,
        as_attachment=True,
        download_name=found.filename,
        etag=False,
    )
    answer.content_length = found.size
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer

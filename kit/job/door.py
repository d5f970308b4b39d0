"""The door behind signed links. No login: a browser opens them, and the signature is the proof."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, send_file, url_for

from kit.domain.clock import utc_now
from kit.job.wiring import jobs
from kit.security.guard import public

downloads = Blueprint("downloads", __name__)


@downloads.get("/downloads/<token>")
@public("the signature is the proof")
def download(token: str) -> Response:
    """The file, as an attachment. Browsers must neither guess what it is nor keep it."""
    found = jobs().downloading.open(token, now=utc_now())
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


def download_url(job_id: int, name: str, *, now: datetime) -> str:
    """A link that opens the job's file `name` for 15 minutes."""
    return url_for("downloads.download", token=jobs().downloading.token(job_id, name, now=now), _external=True)

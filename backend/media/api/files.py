"""The door behind which the files are: open to everybody, cached for ever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from flask import Blueprint, Response, request

from backend.media.service.serving import Served
from backend.media.wiring import services
from kit.security.guard import public

files = Blueprint("media_files", __name__)

_PIECE = 256 * 1024
_FOR_EVER = "public, max-age=31536000, immutable"
# The variant will be here within moments.
_FOR_NOW = "public, max-age=60"


@files.get("/media/<key>")
@public("pictures of the shop; keys cannot be guessed")
def show_file(key: str) -> Response:
    """The file."""
    return _answer(services().serving.find(key))


@files.get("/media/<key>/<variant>")
@public("pictures of the shop; keys cannot be guessed")
def show_variant(key: str, variant: str) -> Response:
    """The picture in a smaller size; the picture itself until that is made."""
    return _answer(services().serving.find(key, variant))


def _answer(found: Served) -> Response:
    answer = Response(mimetype=found.mimetype)
    answer.set_etag(found.stored_key)
    answer.headers["Cache-Control"] = _FOR_EVER if found.final else _FOR_NOW
    answer.headers["X-Content-Type-Options"] = "nosniff"
    # Opened by itself it is a picture and nothing else, whatever a browser may make of it.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; media-src 'self'; img-src 'self'; sandbox"
    answer.headers["Accept-Ranges"] = "bytes"
    if request.if_none_match.contains(found.stored_key):
        answer.status_code = 304
        return answer
    start, stop = _wanted(answer, found)
    answer.content_length = stop - start
    if request.method != "HEAD" and start < stop:
        stream = services().storage.reading(found.stored_key, start=start, length=stop - start)
        answer.response = _pieces(stream)
        answer.call_on_close(stream.close)
    return answer


def _wanted(answer: Response, found: Served) -> tuple[int, int]:
    """Which bytes; a single range is 206, one behind the end 416, anything else the whole."""
    asked = request.range
    stale = request.if_range.etag is not None and request.if_range.etag != found.stored_key
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or stale or request.if_range.date:
        return 0, found.size
    part = asked.range_for_length(found.size)
    if part is None:
        answer.status_code = 416
        answer.headers["Content-Range"] = f"bytes */{found.size}"
        return 0, 0
    answer.status_code = 206
    answer.headers["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{found.size}"
    return part


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece

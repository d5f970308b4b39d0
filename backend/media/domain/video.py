"""Looks into an MP4 without decoding it: is it one, what does it hold, and where does it say more than it shows."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from backend.media.domain.box import BadBox, Box, BoxReader
from backend.media.domain.error import VideoRefused, VideoTooLong
from backend.media.domain.facts import Facts
from backend.media.domain.form import MP4

BRANDS = {
    "isom",
    "iso2",
    "iso3",
    "iso4",
    "iso5",
    "iso6",
    "mp41",
    "mp42",
    "avc1",
    "M4V ",
    "M4VH",
    "M4VP",
    "MSNV",
    "dash",
}
PICTURE_CODECS = {"avc1", "avc3", "hvc1", "hev1"}  # H.264, H.265
SOUND_CODECS = {"mp4a"}
SHORTEST_SIDE, LONGEST_SIDE = 16, 4096
_MOST_MOOV = 16 * 1024 * 1024
# Words about the video: where a phone was, whose it is, what software made it.
_TELLING = {"udta", "meta", "uuid"}
_AT_TOP = {"ftyp", "moov", "mdat", "free", "skip", "wide", "pdin"} | _TELLING


@dataclass(frozen=True)
class Blank:
    """This box says more than it shows: it is stored as an empty one of the same length, so that nothing moves."""

    kind_at: int
    content: int
    end: int


@dataclass(frozen=True)
class _Track:
    handler: str
    codec: str
    width: int
    height: int


def looks_like_video(head: bytes) -> bool:
    """By its first bytes: an ftyp box comes first."""
    return head[4:8] == b"ftyp"


def examined(stream: BinaryIO, *, most_seconds: int) -> tuple[Facts, tuple[Blank, ...]]:
    """The facts, and what is not to be stored. Raises `VideoRefused`, `VideoTooLong`."""
    reader = BoxReader(stream)
    try:
        top = list(reader.boxes())
        moov = _moov(reader, top)
        inside = list(reader.inside(moov))
        tracks = [_track(reader, box) for box in inside if box.kind == "trak"]
        duration_ms = _duration_ms(reader, inside)
        blanks = tuple(_blanks(reader, [*top, *inside]))
    except (BadBox, struct.error) as error:
        raise VideoRefused(reason=str(error)) from error
    picture = _picture(tracks)
    if duration_ms > most_seconds * 1000:
        raise VideoTooLong(seconds=duration_ms // 1000, maximum=most_seconds)
    width, height = picture.width, picture.height
    return Facts(form=MP4, bytes=reader.length, width=width, height=height, duration_ms=duration_ms), blanks


def _moov(reader: BoxReader, top: list[Box]) -> Box:
    strangers = sorted({box.kind for box in top} - _AT_TOP)
    if strangers:
        raise BadBox("it holds boxes that plain MP4 files have not (fragmented?)")
    if not top:
        raise BadBox("it does not begin with ftyp")
    brands = _brands(reader, top[0])
    if not brands & BRANDS:
        raise BadBox("it is of another brand (QuickTime?)")
    found = [box for box in top if box.kind == "moov"]
    if len(found) != 1 or not any(box.kind == "mdat" and box.size for box in top):
        raise BadBox("moov or mdat is missing: it was cut off")
    if found[0].size > _MOST_MOOV:
        raise BadBox("moov is too large")
    return found[0]


def _brands(reader: BoxReader, ftyp: Box) -> set[str]:
    if ftyp.kind != "ftyp" or ftyp.size > 1024:
        raise BadBox("it does not begin with ftyp")
    said = reader.read(ftyp, ftyp.size - ftyp.size % 4)
    # Major brand, version, compatible brands.
    return {said[at : at + 4].decode("latin-1") for at in (0, *range(8, len(said), 4))}


def _duration_ms(reader: BoxReader, inside: list[Box]) -> int:
    mvhd = _only(inside, "mvhd")
    if reader.read(mvhd, 4)[0] == 1:
        timescale, duration = struct.unpack(">IQ", reader.read(mvhd, 32)[20:32])
    else:
        timescale, duration = struct.unpack(">II", reader.read(mvhd, 20)[12:20])
    if not timescale or not duration:
        raise BadBox("it has no duration")
    return int(duration * 1000 // timescale)


def _track(reader: BoxReader, trak: Box) -> _Track:
    inside = list(reader.inside(trak))
    tkhd = _only(inside, "tkhd")
    # Fixed-point 16.16 at the end: 84 bytes in all, 96 with times of 64 bits.
    end = 96 if reader.read(tkhd, 4)[0] == 1 else 84
    width, height = struct.unpack(">II", reader.read(tkhd, end)[-8:])
    mdia = list(reader.inside(_only(inside, "mdia")))
    handler = reader.read(_only(mdia, "hdlr"), 12)[8:12].decode("latin-1")
    minf = list(reader.inside(_only(mdia, "minf")))
    stbl = list(reader.inside(_only(minf, "stbl")))
    entries = list(reader.inside(_only(stbl, "stsd"), skip=8))
    return _Track(handler, entries[0].kind if entries else "", width >> 16, height >> 16)


def _picture(tracks: list[_Track]) -> _Track:
    pictures = [track for track in tracks if track.handler == "vide"]
    sounds = [track for track in tracks if track.handler == "soun"]
    if len(pictures) != 1 or len(sounds) > 1:
        raise VideoRefused(reason="one picture track and at most one of sound, please")
    if pictures[0].codec not in PICTURE_CODECS or any(track.codec not in SOUND_CODECS for track in sounds):
        raise VideoRefused(reason="the codec is not H.264 or H.265 with AAC")
    if not all(SHORTEST_SIDE <= side <= LONGEST_SIDE for side in (pictures[0].width, pictures[0].height)):
        raise VideoRefused(reason=f"width and height must be {SHORTEST_SIDE} to {LONGEST_SIDE} pixels")
    return pictures[0]


def _blanks(reader: BoxReader, boxes: list[Box]) -> Iterator[Blank]:
    for box in boxes:
        if box.kind in _TELLING:
            yield Blank(box.start + 4, box.content, box.end)
        elif box.kind == "trak":
            yield from _blanks(reader, list(reader.inside(box)))


def _only(boxes: list[Box], kind: str) -> Box:
    found = [box for box in boxes if box.kind == kind]
    if len(found) != 1:
        raise BadBox(f"{kind} is missing, or there is more than one")
    return found[0]

"""Videos are looked into without being decoded."""

from __future__ import annotations

import io
import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.media.domain.box import MOST_BOXES
from backend.media.domain.error import VideoRefused, VideoTooLong
from backend.media.domain.form import MP4
from backend.media.domain.video import examined, looks_like_video
from backend.media.service.copying import copied
from kit.domain.error import DomainError
from tests.factories.media_files import box, picture, track, video

SECONDS = 60


def test_a_fine_video_tells_its_size_and_length() -> None:
    content = video(size=(1280, 720), seconds=42)
    facts, blanks = examined(io.BytesIO(content), most_seconds=SECONDS)
    assert looks_like_video(content[:16])
    assert (facts.form, facts.bytes, facts.width, facts.height) == (MP4, len(content), 1280, 720)
    assert (facts.duration_ms, blanks) == (42_000, ())


@pytest.mark.parametrize("codec", [b"avc1", b"avc3", b"hvc1", b"hev1"])
@pytest.mark.parametrize("sound", [b"mp4a", None])
def test_h264_and_h265_with_aac_or_silent(codec: bytes, sound: bytes | None) -> None:
    assert examined(io.BytesIO(video(codec=codec, sound=sound)), most_seconds=SECONDS)[0].width == 640


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (video(brand=b"qt  "), "brand"),
        (video(codec=b"vp09"), "codec"),
        (video(codec=b"mp4v"), "codec"),
        (video(sound=b"ac-3"), "codec"),
        (video(moov=False), "moov or mdat is missing"),
        (video()[:-10], "longer than what holds it"),
        (video(more=b"<script>"), "longer than what holds it"),
        (video(more=b"junk"), "belong to no box"),
        (video(more=box(b"moov")), "moov or mdat"),
        (video(more=box(b"moof")), "fragmented"),
        (video(media=b""), "mdat is missing"),
        (video(size=(8, 8)), "width and height"),
        (video(size=(8000, 100)), "width and height"),
        (video(seconds=0), "duration"),
        (video(more=box(b"free") * (MOST_BOXES + 1)), "too many boxes"),
        (video(inside=track(b"vide", b"avc1", 640, 360)), "one picture track"),
        (box(b"ftyp", b"isom", bytes(4)), "moov or mdat"),
        (box(b"ftyp"), "brand"),
        (struct.pack(">I4sQ", 1, b"ftyp", 2**63), "longer than"),
        (picture(), "longer than what holds it"),
        (b"", "begin with ftyp"),
    ],
)
def test_what_phones_may_not_play_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(VideoRefused, match=why):
        examined(io.BytesIO(content), most_seconds=SECONDS)


def test_too_long_is_too_long() -> None:
    with pytest.raises(VideoTooLong, match="61 seconds, at most 60"):
        examined(io.BytesIO(video(seconds=61)), most_seconds=SECONDS)


def test_places_and_names_are_blanked_and_nothing_moves() -> None:
    telling = box(b"udta", box(b"\xa9xyz", b"+30.2500+120.1600/"))
    content = video(inside=telling, more=box(b"uuid", b"SecretOwner" * 3), media=b"m" * 3_000_000)
    source, target = io.BytesIO(content), io.BytesIO()
    _, blanks = examined(source, most_seconds=SECONDS)
    source.seek(0)
    copied(source, target, blanks)
    written = target.getvalue()
    assert len(written) == len(content)
    assert b"+30.25" in content
    assert b"+30.25" not in written
    assert b"Secret" not in written
    # Everything else is where it was.
    differing = [at for at, (old, new) in enumerate(zip(content, written, strict=True)) if old != new]
    assert len(differing) < len(telling) + 50
    assert examined(io.BytesIO(written), most_seconds=SECONDS)[1] == ()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_makes_anything_but_a_refusal(data: st.DataObject) -> None:
    content = bytearray(video(media=b"m" * 40))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=8)):
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    with suppress(DomainError):
        examined(io.BytesIO(bytes(content[:cut])), most_seconds=SECONDS)

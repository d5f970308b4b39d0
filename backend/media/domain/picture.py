"""Reads a picture that anybody may have made, and writes it anew: what is stored is made by us, pixel by pixel."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from backend.media.domain.error import MediaUnsupported, PictureBroken, PictureMoves, TooManyPixels
from backend.media.domain.facts import Facts
from backend.media.domain.form import JPEG, PNG, WEBP, Form

# GIF is read, never written: a still one is a PNG.
READ_AS: dict[str, Form] = {"JPEG": JPEG, "PNG": PNG, "WEBP": WEBP, "GIF": PNG}
# A JPEG with a depth map or a second view behind it, as phones make them: the first picture is the photo.
_MPO = "MPO"
LONGEST_SIDE = 2560
"""Pixels of the stored picture: what a phone shows, pinched open. Larger ones are scaled down."""
_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88, "progressive": True, "optimize": True},
    # A web thread waits: the last few per cent of PNG and WebP cost three times the time.
    "PNG": {"compress_level": 4},
    "WEBP": {"quality": 88, "method": 2},
}
# What Pillow and the libraries below it raise on junk.
_JUNK = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error)
# The bound of ours comes right behind the header and counts; Pillow's would warn at one size and raise at another.
Image.MAX_IMAGE_PIXELS = None
_ICC_MODES = ("RGB", "CMYK", "L")


def looks_like_picture(head: bytes) -> bool:
    """By its first bytes, which no name and no header can change."""
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"))


def re_encoded(stream: BinaryIO, *, most_pixels: int) -> tuple[Facts, bytes]:
    """The picture as we store it: upright, sRGB, 8 bits, without metadata, without anything behind its end.

    Raises `MediaUnsupported`, `PictureBroken`, `PictureMoves`, `TooManyPixels`.
    """
    with _junk_is_refused(), Image.open(stream, formats=tuple(READ_AS)) as image:
        form = JPEG if image.format == _MPO else READ_AS[str(image.format)]
        # The header is read, no pixel yet: a bomb is refused before it goes off.
        if image.width * image.height > most_pixels:
            raise TooManyPixels(width=image.width, height=image.height, maximum=most_pixels)
        if image.format != _MPO and getattr(image, "is_animated", False):
            raise PictureMoves
        # A JPEG is read at half its size, or a quarter, where that is enough.
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
        picture = _plain(ImageOps.exif_transpose(image))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    content = _written(picture, form)
    return Facts(form=form, bytes=len(content), width=picture.width, height=picture.height), content


def variants_of(content: bytes, form: Form, widths: dict[str, int]) -> Iterator[tuple[str, bytes]]:
    """Each variant's name and bytes, from a picture that `re_encoded` wrote."""
    with Image.open(io.BytesIO(content), formats=(str(form.pillow),)) as image:
        image.load()
        for name, width in sorted(widths.items(), key=lambda item: -item[1]):
            if image.width > width:
                height = max(1, round(image.height * width / image.width))
                smaller = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
                yield name, _written(smaller, form)
            else:
                yield name, content


def _plain(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where something shows through; colours as they were meant."""
    see_through = image.has_transparency_data
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        # 16 bits of grey: Pillow would cut at 255 instead of scaling.
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    profile = image.info.get("icc_profile")
    if profile and image.mode in _ICC_MODES:
        image = _in_srgb(image, profile)
    return image.convert("RGBA" if see_through else "RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """A photo in another colour space would look dull once its profile is gone; a broken profile is none."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or image
    except (ImageCms.PyCMSError, *_JUNK):
        return image


def _written(picture: Image.Image, form: Form) -> bytes:
    # A fresh image: whatever else the file said stays behind.
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    if form is JPEG and clean.mode != "RGB":
        clean = clean.convert("RGB")
    content = io.BytesIO()
    assert form.pillow is not None
    clean.save(content, form.pillow, **_OPTIONS[form.pillow])
    return content.getvalue()


@contextmanager
def _junk_is_refused() -> Iterator[None]:
    try:
        yield
    except UnidentifiedImageError:
        raise MediaUnsupported from None
    except _JUNK as error:
        raise PictureBroken from error

"""Files as somebody might upload them: fine ones, and those that mean harm. All of them are made here, byte by byte."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms

RED, BLUE = (200, 30, 30), (20, 40, 200)
GPS_LATITUDE = 0x8825


def picture(format: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> bytes:
    """Left half red, right half blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    content = io.BytesIO()
    image.convert(mode).save(content, format, **options)
    return content.getvalue()


def with_places(orientation: int = 6) -> bytes:
    """A JPEG whose EXIF says where it was taken, with what, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCamera"
    exif[GPS_LATITUDE] = {1: "N", 2: (30.0, 15.0, 0.0)}
    return picture(exif=exif.tobytes(), comment=b"SecretComment")


def in_other_colours() -> bytes:
    """A PNG with an ICC profile."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return picture("PNG", icc_profile=profile)


def sixteen_bits() -> bytes:
    """A PNG of grey with 16 bits, half as bright as can be."""
    content = io.BytesIO()
    Image.new("I;16", (10, 10), 32768).save(content, "PNG")
    return content.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that wants gigabytes."""
    rows = zlib.compress(bytes(1 + width * 3) * 16, 9)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            _chunk(b"IDAT", rows),
            _chunk(b"IEND", b""),
        )
    )


def moving(format: str = "GIF") -> bytes:
    """Three pictures in one file."""
    frames = [Image.new("RGB", (32, 32), (shade, 0, 0)) for shade in (0, 120, 240)]
    content = io.BytesIO()
    frames[0].save(content, format, save_all=True, append_images=frames[1:], duration=100)
    return content.getvalue()


def polyglot() -> bytes:
    """A GIF that is a script as well: ``GIF89a/*…*/=1;alert(1)``."""
    gif = picture("GIF", mode="P")
    width = struct.unpack("<H", b"/*")[0]
    return gif[:6] + struct.pack("<H", width) + gif[8:] + b"*/=1;alert(document.cookie)//"


def trailing_script() -> bytes:
    """A fine JPEG with a page behind its end."""
    return picture() + b"<script>alert(1)</script>"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def box(kind: bytes, *content: bytes) -> bytes:
    """One box of an MP4."""
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def track(handler: bytes, codec: bytes, width: int, height: int) -> bytes:
    """As small as a track can be."""
    tkhd = box(b"tkhd", bytes(76), struct.pack(">II", width << 16, height << 16))
    stsd = box(b"stsd", struct.pack(">II", 0, 1), box(codec, bytes(70)))
    hdlr = box(b"hdlr", bytes(8), handler, bytes(13))
    return box(b"trak", tkhd, box(b"mdia", hdlr, box(b"minf", box(b"stbl", stsd))))


def video(
    *,
    brand: bytes = b"isom",
    codec: bytes = b"avc1",
    sound: bytes | None = b"mp4a",
    size: tuple[int, int] = (640, 360),
    seconds: int = 12,
    moov: bool = True,
    more: bytes = b"",
    inside: bytes = b"",
    media: bytes = b"\x00\x00\x00\x01pictures" * 50,
) -> bytes:
    """An MP4 as far as boxes go; `more` stands at its end, `inside` in moov."""
    mvhd = box(b"mvhd", bytes(12), struct.pack(">II", 1000, seconds * 1000), bytes(80))
    tracks = [track(b"vide", codec, *size)] + ([track(b"soun", sound, 0, 0)] if sound else [])
    ftyp = box(b"ftyp", brand, struct.pack(">I", 512), brand)
    body = box(b"moov", mvhd, *tracks, inside) if moov else b""
    return ftyp + body + box(b"mdat", media) + more

"""Pictures are made anew: hostile ones are refused before they cost anything, fine ones come out clean."""

from __future__ import annotations

import io
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.media.domain.error import MediaUnsupported, PictureBroken, PictureMoves, TooManyPixels
from backend.media.domain.form import JPEG, PNG, VARIANTS, WEBP, Form
from backend.media.domain.picture import LONGEST_SIDE, looks_like_picture, re_encoded, variants_of
from kit.domain.error import DomainError
from tests.factories import media_files as made

PIXELS = 1_000_000


def stored(content: bytes, *, most_pixels: int = PIXELS) -> tuple[Form, bytes, Image.Image]:
    """Form, bytes, and the picture as anybody would open it."""
    facts, written = re_encoded(io.BytesIO(content), most_pixels=most_pixels)
    image = Image.open(io.BytesIO(written))
    image.load()
    assert (facts.bytes, facts.width, facts.height) == (len(written), *image.size)
    return facts.form, written, image


def near(colour: object, wanted: tuple[int, ...]) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(one - other) < 12 for one, other in zip(colour, wanted, strict=True))


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (made.picture("JPEG"), JPEG),
        (made.picture("PNG"), PNG),
        (made.picture("WEBP"), WEBP),
        (made.picture("GIF", mode="P"), PNG),
        (made.picture("JPEG", mode="CMYK"), JPEG),
        (made.picture("JPEG", mode="L"), JPEG),
        (made.picture("PNG", mode="RGBA"), PNG),
        (made.picture("PNG", mode="LA"), PNG),
        (made.picture("PNG", mode="1"), PNG),
        (made.in_other_colours(), PNG),
        (made.sixteen_bits(), PNG),
    ],
    ids=["jpeg", "png", "webp", "gif", "cmyk", "grey", "rgba", "la", "bits", "icc", "16 bit"],
)
def test_every_fine_picture_comes_out_in_a_form_that_browsers_show(content: bytes, form: Form) -> None:
    found, written, image = stored(content)
    assert found is form
    assert looks_like_picture(written[:16])
    assert image.mode in ("RGB", "RGBA")
    assert image.format == form.pillow


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_colours_stay_what_they_were(mode: str) -> None:
    _, _, image = stored(made.picture("JPEG", (64, 48), mode, quality=95))
    assert near(image.getpixel((10, 20)), made.RED)
    assert near(image.getpixel((50, 20)), made.BLUE)


def test_sixteen_bits_of_grey_are_scaled_not_cut() -> None:
    _, _, image = stored(made.sixteen_bits())
    assert near(image.convert("RGB").getpixel((5, 5)), (127, 127, 127))


def test_a_picture_stands_upright_and_says_nothing_of_places_and_cameras() -> None:
    before = Image.open(io.BytesIO(made.with_places()))
    assert before.getexif().get_ifd(made.GPS_LATITUDE)
    _, written, image = stored(made.with_places())
    assert image.size == (48, 64)
    assert dict(image.getexif()) == {}
    assert "icc_profile" not in image.info
    assert b"Secret" not in written
    assert b"Exif" not in written


def test_an_icc_profile_is_gone() -> None:
    assert "icc_profile" in Image.open(io.BytesIO(made.in_other_colours())).info
    _, written, image = stored(made.in_other_colours())
    assert "icc_profile" not in image.info
    assert b"iCCP" not in written


def test_what_shows_through_goes_on_showing_through() -> None:
    content = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 100)).save(content, "PNG")
    _, _, image = stored(content.getvalue())
    assert image.getpixel((5, 5)) == (255, 0, 0, 100)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (made.bomb(), TooManyPixels),
        (made.bomb(60_000, 1_000), TooManyPixels),
        (made.picture("PNG", (1001, 1000)), TooManyPixels),
        (made.moving("GIF"), PictureMoves),
        (made.moving("WEBP"), PictureMoves),
        (made.moving("PNG"), PictureMoves),
        (made.picture()[:400], PictureBroken),
        (made.picture("PNG")[:60], PictureBroken),
        (made.picture("WEBP")[:40], PictureBroken),
        (made.SVG, MediaUnsupported),
        (made.HTML, MediaUnsupported),
        (b"\xff\xd8\xff", MediaUnsupported),
        (b"", MediaUnsupported),
    ],
)
def test_bad_pictures_are_refused_by_name(content: bytes, error: type[DomainError]) -> None:
    with pytest.raises(error):
        re_encoded(io.BytesIO(content), most_pixels=PIXELS)


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    content = made.bomb()
    assert len(content) < 20_000
    tracemalloc.start()
    with pytest.raises(TooManyPixels, match="30000×30000"):
        re_encoded(io.BytesIO(content), most_pixels=25_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_script_inside_a_picture_does_not_survive() -> None:
    for content in (made.trailing_script(), made.picture(comment=b"<script>alert(1)</script>")):
        assert b"script" in content
        assert b"script" not in stored(content)[1]


def test_a_polyglot_is_refused_or_becomes_a_picture() -> None:
    content = made.polyglot()
    try:
        _, written, _ = stored(content, most_pixels=25_000_000)
    except PictureBroken:
        return
    assert b"alert" not in written


def test_a_large_picture_is_scaled_down() -> None:
    _, _, image = stored(made.picture("JPEG", (5200, 2600)), most_pixels=25_000_000)
    assert image.size == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_variants_are_as_wide_as_they_are_called_and_never_wider_than_the_picture(format: str) -> None:
    form, written, _ = stored(made.picture(format, (600, 300)))
    sizes = {name: Image.open(io.BytesIO(content)).size for name, content in variants_of(written, form, VARIANTS)}
    assert sizes == {"w200": (200, 100), "w400": (400, 200), "w800": (600, 300)}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_makes_anything_but_a_refusal(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([made.picture(f) for f in ("JPEG", "PNG", "WEBP", "GIF")])))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=12)):
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    with suppress(DomainError):
        re_encoded(io.BytesIO(bytes(content[:cut])), most_pixels=PIXELS)

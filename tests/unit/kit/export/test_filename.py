"""Names that reach a header or somebody's disk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.export.filename import safe_filename


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("订单-20261101.csv", "订单-20261101.csv"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..\\x.csv", "_x.csv"),
        ('a"; filename="evil.exe', "a_ filename=_evil.exe"),
        ("a\r\nSet-Cookie: x=1.csv", "a_Set-Cookie_ x=1.csv"),
        ("gpj\u202e.exe", "gpj_.exe"),
        ("", "file"),
        ("...", "file"),
        ("长" * 200 + ".csv", "长" * 96 + ".csv"),
    ],
)
def test_a_hostile_name_becomes_a_harmless_one(name: str, safe: str) -> None:
    assert safe_filename(name) == safe


@given(st.text())
def test_every_name_is_short_and_stays_in_its_folder(name: str) -> None:
    safe = safe_filename(name)
    assert 0 < len(safe) <= 101
    assert not set(safe) & set('/\\"\r\n\x00')
    assert safe not in (".", "..")
    safe.encode()

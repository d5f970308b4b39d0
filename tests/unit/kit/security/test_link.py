"""A link opens one thing, for a while, and only if we made it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from itsdangerous import URLSafeSerializer

from kit.security.link import LinkExpired, LinkInvalid, LinkSigner

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
SECRET = "s" * 40


def signer(secret: str = SECRET, purpose: str = "report") -> LinkSigner:
    return LinkSigner(secret=secret, purpose=purpose)


def test_a_link_is_good_until_its_moment_and_not_at_it() -> None:
    token = signer().issue(str(2**62), expires_at=NOW)
    assert signer().read(token, now=NOW - timedelta(milliseconds=1)) == str(2**62)
    with pytest.raises(LinkExpired):
        signer().read(token, now=NOW)


@pytest.mark.parametrize("other", [signer(secret="t" * 40), signer(purpose="avatar")])
def test_another_key_or_purpose_does_not_open_it(other: LinkSigner) -> None:
    with pytest.raises(LinkInvalid):
        signer().read(other.issue("7", expires_at=NOW), now=NOW - timedelta(minutes=1))


def test_every_changed_character_is_noticed() -> None:
    token = signer().issue("7", expires_at=NOW)
    # The last character of base64 carries bits that nobody reads.
    for place in range(len(token) - 1):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(LinkInvalid):
            signer().read(changed, now=NOW - timedelta(minutes=1))


@pytest.mark.parametrize("token", ["", ".", "x", "a.b", "苹果", "\x00", "a" * 5000, "W10.x"])
def test_junk_is_not_valid(token: str) -> None:
    with pytest.raises(LinkInvalid):
        signer().read(token, now=NOW)


def test_what_is_signed_with_the_bare_secret_or_says_something_else_is_not_valid() -> None:
    bare = URLSafeSerializer(SECRET, salt="qiyuan.link.report").dumps(["7", 2**40])
    odd = URLSafeSerializer(
        SECRET,
        salt="qiyuan.link.report",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    ).dumps({"7": 1})
    for token in (bare, odd):
        with pytest.raises(LinkInvalid):
            signer().read(str(token), now=NOW)


def test_a_link_needs_no_escaping_in_an_address() -> None:
    token = signer().issue(str(2**62), expires_at=NOW)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")

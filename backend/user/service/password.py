"""Passwords: argon2id with 19 MiB, two passes, one lane (OWASP's first choice for servers). About 20 ms each."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kit.service.transaction import assert_no_transaction

_argon2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Passwords:
    """Hashes and compares, with no transaction open: 20 ms of computing hold no lock and no connection."""

    def hash(self, password: str) -> str:
        """What is stored instead of `password`."""
        assert_no_transaction()
        return _argon2.hash(password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether `password` is the one. Without a hash (nobody of that name) it costs the same and is False."""
        assert_no_transaction()
        try:
            return _argon2.verify(password_hash or _decoy(), password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, password_hash: str) -> bool:
        """True for a hash made with other parameters: hash anew while the password is at hand."""
        return _argon2.check_needs_rehash(password_hash)


@cache
def _decoy() -> str:
    """A hash nobody knows the password of."""
    return _argon2.hash(secrets.token_urlsafe(32))

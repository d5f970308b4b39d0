"""The two kinds of clients of the shop, as thin as wx.request: JSON in, JSON out, a token, an Idempotency-Key."""

from __future__ import annotations

import uuid
from typing import Any

import requests

ANSWER_SECONDS = 20


class CallFailed(Exception):
    """The shop did not answer what the journey expected."""


class ShopClient:
    """One logged-in (or not yet logged-in) caller."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, path: str, **query: Any) -> Any:
        """GET, 200 expected."""
        return self.call("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str | None = None) -> Any:
        """POST with an Idempotency-Key (a new one unless given), 2xx expected."""
        return self.call("POST", path, json=body, headers={"Idempotency-Key": key or uuid.uuid4().hex})

    def call(self, method: str, path: str, **options: Any) -> Any:
        """Any call; the decoded answer, None for 204. Raises `CallFailed` for everything but 2xx."""
        answer = self._session.request(method, self._base_url + path, timeout=ANSWER_SECONDS, **options)
        if not answer.ok:
            raise CallFailed(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, status: int, **options: Any) -> Any:
        """A call that must be refused with `status`; the error body."""
        answer = self._session.request(method, self._base_url + path, timeout=ANSWER_SECONDS, **options)
        if answer.status_code != status:
            raise CallFailed(f"{method} {path}: {answer.status_code} instead of {status}: {answer.text[:500]}")
        return answer.json()

    def use_token(self, access_token: str) -> None:
        """Send this token from now on."""
        self._session.headers["Authorization"] = f"Bearer {access_token}"

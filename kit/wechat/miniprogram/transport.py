"""Sends one request to WeChat and reads its answer. The secret travels in addresses: none of them is ever shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from loguru import logger

from kit.service.transaction import assert_no_transaction
from kit.wechat.miniprogram.error import LoginCodeInvalid, NotSubscribed, WechatBusy, WechatRefused
from kit.wechat.slots import NoSlot, VendorSlots

TIMEOUT = (3, 5)  # seconds to connect, seconds between bytes
_CODE_INVALID = {40029, 40163}
_BUSY = {-1, 45009, 45011}  # the system, the quota of the day, the quota of the minute
_NOT_SUBSCRIBED = 43101


class Transport:
    """HTTP to `api_url`. Errors come with status 200 and a field `errcode`."""

    def __init__(self, api_url: str, session: requests.Session | None = None, *, max_calls: int = 3) -> None:
        self._api_url = api_url.rstrip("/")
        self._session = session or _direct_session()
        self._slots = VendorSlots(max_calls)

    def call(
        self, method: str, path: str, *, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """WeChat's answer. Raises `LoginCodeInvalid`, `NotSubscribed`, `WechatBusy`, `WechatRefused`.

        No transaction may be open. What is sent is never logged.
        """
        assert_no_transaction()
        answer = self._read(path, self._send(method, path, query, body))
        errcode = answer.get("errcode", 0)
        if errcode == 0:
            return answer
        if errcode == _NOT_SUBSCRIBED:
            raise NotSubscribed  # a user's choice: nothing to warn of
        logger.warning("wechat {}: errcode {}", path, errcode)
        if not isinstance(errcode, int):
            raise WechatRefused
        if errcode in _CODE_INVALID:
            raise LoginCodeInvalid
        if errcode in _BUSY:
            raise WechatBusy
        raise WechatRefused(errcode)

    def _send(
        self, method: str, path: str, query: Mapping[str, str] | None, body: Mapping[str, Any] | None
    ) -> requests.Response:
        try:
            with self._slots.slot():
                return self._session.request(
                    method, self._api_url + path, params=query, json=body, timeout=TIMEOUT, allow_redirects=False
                )
        except (requests.RequestException, NoSlot) as error:
            failure = type(error).__name__
        # Raised out here: the exception above holds the address, and the address holds the secret.
        logger.warning("wechat {}: {}", path, failure)
        raise WechatBusy

    def _read(self, path: str, response: requests.Response) -> dict[str, Any]:
        if response.status_code != 200:
            logger.warning("wechat {}: HTTP {}", path, response.status_code)
            raise WechatBusy if response.status_code >= 500 else WechatRefused
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            logger.warning("wechat {}: the answer is not a JSON object", path)
            raise WechatBusy
        return answer


def _direct_session() -> requests.Session:
    session = requests.Session()
    # No proxy or .netrc of the machine stands between WeChat and us unnoticed.
    session.trust_env = False
    return session

"""The whole shop in one process: staff fetch an export, and a buyer's orders arrive by mail."""

from __future__ import annotations

import io
import uuid
from pathlib import Path
from typing import Any

import pytest
import requests
from openpyxl import load_workbook

from tests.support.post_office import post_office
from tests.support.processes import until
from tests.support.shop import open_embedded_shop
from tests.support.shopper import Shopper

PASSWORD = "correct horse battery"


def intent() -> dict[str, str]:
    return {"Idempotency-Key": uuid.uuid4().hex}


@pytest.mark.timeout(180)
def test_from_the_wish_to_the_file_and_to_the_mail(tmp_path: Path) -> None:
    with post_office() as office, open_embedded_shop(tmp_path, staff=("boss", PASSWORD)) as shop:
        shop.environment |= {
            "STORAGE_FOLDER": str(tmp_path / "storage"),
            "MAIL_HOST": "localhost",
            "MAIL_PORT": str(office.port),
            "MAIL_SECURITY": "none",
            "MAIL_SENDER": "shop@example.cn",
        }
        shop.embedded()
        shopper = Shopper(shop.url)
        order = shopper.place(shopper.sku())

        shopper.client.call("POST", "/api/v1/me/orders/export", json={"email": "lin@example.cn"}, headers=intent())
        login = {"username": "boss", "password": PASSWORD}
        tokens = requests.post(f"{shop.url}/admin/v1/auth/login", json=login, timeout=5).json()
        staff = {"Authorization": f"Bearer {tokens['access_token']}"}
        asked = requests.post(
            f"{shop.url}/admin/v1/reports/orders", json={"format": "xlsx"}, headers=staff | intent(), timeout=5
        )
        assert asked.status_code == 202

        def done() -> Any:
            address = f"{shop.url}/admin/v1/reports/jobs/{asked.json()['id']}"
            return requests.get(address, headers=staff, timeout=5).json()["download_url"]

        file = requests.get(until(done, seconds=60, what="the report is done"), timeout=5)
        rows = list(load_workbook(io.BytesIO(file.content))["Sheet1"].values)
        assert order["no"] in {row[0] for row in rows}
        (mail,) = until(lambda: office.mails, seconds=60, what="the mail")
        (attached,) = mail.iter_attachments()
        content = attached.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert order["no"].encode() in content

"""Imports and exports on a real RabbitMQ, by a worker that consumes the bulk queue and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from task.queues import BULK
from tests.factories.catalog_jobs import table
from tests.factories.catalog_sheet import row, sheet
from tests.support.processes import until
from tests.support.servers import Servers
from tests.support.shop import Shop, open_shop

PASSWORD = "correct horse battery"
PRODUCTS = 800


@pytest.fixture(scope="module")
def shop(servers: Servers, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Web, relay, and one bulk worker of one child."""
    with open_shop(servers, worker_id, tmp_path_factory, staff=("boss", PASSWORD)) as shop:
        shop.environment["STORAGE_FOLDER"] = str(tmp_path_factory.mktemp("storage"))
        shop.web()
        shop.relay()
        shop.worker(queues=[BULK], concurrency=1)
        shop.children.wait_until_ready()
        yield shop


@pytest.fixture(scope="module")
def staff(shop: Shop) -> dict[str, str]:
    """The headers of the boss."""
    login = {"username": "boss", "password": PASSWORD}
    tokens = requests.post(f"{shop.url}/admin/v1/auth/login", json=login, timeout=10).json()
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def over(shop: Shop, staff: dict[str, str], path: str, job: Any, seen: list[int]) -> Any:
    """The job once it is over; `seen` gets the percents on the way."""

    def ended() -> Any:
        now = requests.get(f"{shop.url}{path}/{job['id']}", headers=staff, timeout=10).json()
        seen.append(now["percent"])
        return now if now["state"] in ("done", "failed") else None

    return until(ended, seconds=90, what=f"the job at {path} is over")


@pytest.mark.timeout(240)
def test_from_the_upload_over_rabbitmq_to_the_export(shop: Shop, staff: dict[str, str]) -> None:
    imports, exports = "/admin/v1/catalog/imports", "/admin/v1/catalog/exports"
    rows = [row(商品编号=f"P{number}", 商品名称=f"商品{number}") for number in range(PRODUCTS)]

    def upload(content: bytes) -> Any:
        files = {"file": ("春季.csv", content)}
        asked = requests.post(f"{shop.url}{imports}", files=files, headers=staff, timeout=30)
        assert asked.status_code == 202, asked.text
        return asked.json()

    seen: list[int] = []
    done = over(shop, staff, imports, upload(sheet(*rows).getvalue()), seen)
    assert (done["state"], done["counts"]["products_created"], done["counts"]["skus_created"]) == (
        "done",
        PRODUCTS,
        PRODUCTS,
    )
    assert any(0 < percent < 100 for percent in seen), "the percent is seen while it runs"

    asked = requests.post(
        f"{shop.url}{exports}",
        json={"format": "xlsx"},
        headers=staff | {"Idempotency-Key": uuid.uuid4().hex},
        timeout=10,
    ).json()
    exported = over(shop, staff, exports, asked, seen)
    file = requests.get(exported["download_url"], timeout=30)
    assert len(table(file.content)) == PRODUCTS + 1

    again = over(shop, staff, imports, upload(file.content), seen)
    assert (again["counts"]["products_unchanged"], again["counts"]["products_updated"]) == (PRODUCTS, 0)
    assert shop.value("SELECT COUNT(*) FROM kit_job WHERE runs <> 1 OR state <> 'done'") == 0

"""Swagger UI books once what is pressed twice, and anew what was changed: nobody has to make up an Idempotency-Key."""

from __future__ import annotations

import re

from kit.api.idempotency import PLACEHOLDER
from tests.browser.test_pages import SHOWN
from tests.support.browser import Browser

INBOUND = "[id$='-bookInbound']"
FIELD = f"{INBOUND} tr[data-param-name='Idempotency-Key'] input"


def pressed(chromium: Browser) -> str:
    """The key that one more press of the button sends."""
    chromium.run(f'document.querySelector("{INBOUND} .btn-clear")?.click()')
    chromium.until(f'document.querySelector("{INBOUND} .curl") === null')
    chromium.click(f"{INBOUND} .execute")
    said = str(chromium.until(f'document.querySelector("{INBOUND} .curl").innerText'))
    (key,) = re.findall(r"Idempotency-Key: ([\w-]+)", said)
    return str(key)


def test_every_body_has_a_key_of_its_own_unless_one_is_typed(chromium: Browser, shop: str) -> None:
    chromium.open(f"{shop}/swagger-ui?document=staff&keys")
    chromium.until("location.href.includes('keys')")
    chromium.until(SHOWN["swagger-ui"])
    chromium.click(f"{INBOUND} .opblock-summary-control")
    chromium.until(f'document.querySelector("{INBOUND} .execute") !== null')
    chromium.settle(quiet=1)
    assert chromium.run(f'document.querySelector("{FIELD}").value') == PLACEHOLDER

    first = pressed(chromium)
    again = pressed(chromium)
    chromium.type(f"{INBOUND} textarea.body-param__text", " ")
    chromium.settle()
    changed = pressed(chromium)
    chromium.run(f'document.querySelector("{FIELD}").select()')
    chromium.type(FIELD, "delivery-of-tuesday")
    chromium.settle(quiet=1)
    typed = pressed(chromium)

    assert re.fullmatch("[0-9a-f]{32}", first)
    assert again == first
    assert re.fullmatch("[0-9a-f]{32}", changed)
    assert changed != first
    assert typed == "delivery-of-tuesday"


def test_tags_can_be_looked_for(chromium: Browser, shop: str) -> None:
    chromium.open(f"{shop}/swagger-ui?document=staff&tags")
    chromium.until("location.href.includes('tags')")
    chromium.until(SHOWN["swagger-ui"])
    chromium.type(".operation-filter-input", "盘点")
    chromium.until("document.querySelectorAll('.opblock-tag-section').length === 1")
    assert "盘点 Stocktakes" in chromium.run("document.querySelector('.opblock-tag-section').innerText")

"""The documentation as a browser shows it: complete, without a complaint, and without a request to anywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.user.domain.error import LoginRefused
from tests.browser.conftest import USERNAME
from tests.factories.user import PASSWORD
from tests.support.browser import Browser, find_chromium

PICTURES = Path(__file__).parents[2] / "var" / "pictures"
# What must be on the screen before the page counts as shown: an operation of the document by its name.
SHOWN = {
    "swagger-ui": "document.querySelectorAll('.opblock').length > 15",
    "redoc": "document.querySelectorAll('[data-section-id*=operation]').length > 15",
    "rapidoc": "document.querySelector('rapi-doc').shadowRoot.querySelectorAll('.nav-bar-path').length > 15",
}


def strangers(requests: list[str], shop: str) -> list[str]:
    """Requests to anything but the shop; ``data:`` and ``blob:`` stay inside the browser."""
    return [url for url in requests if not url.startswith((f"{shop}/", "data:", f"blob:{shop}/", "about:"))]


@pytest.mark.parametrize("document", ["members", "staff"])
@pytest.mark.parametrize("viewer", SHOWN)
def test_page_is_shown_and_asks_nobody_but_the_shop(chromium: Browser, shop: str, viewer: str, document: str) -> None:
    chromium.requests.clear()
    chromium.complaints.clear()

    chromium.open(f"{shop}/{viewer}?document={document}")
    chromium.until(f"location.href.includes('/{viewer}?document={document}')")
    chromium.until(SHOWN[viewer])
    chromium.settle()
    chromium.picture(PICTURES / f"{viewer}-{document}.png")

    assert f"{shop}/openapi/{document}.json" in chromium.requests
    assert strangers(chromium.requests, shop) == []
    assert chromium.complaints == []


def test_a_request_to_somebody_else_is_noticed_and_gets_nowhere(chromium: Browser, shop: str) -> None:
    chromium.open("about:blank")
    chromium.until("location.href === 'about:blank'")
    chromium.requests.clear()
    chromium.complaints.clear()

    chromium.run("document.body.innerHTML = '<img src=\"https://cdn.example.com/logo.svg\">'")
    chromium.settle()

    assert strangers(chromium.requests, shop) == ["https://cdn.example.com/logo.svg"]
    assert any("ERR_NAME_NOT_RESOLVED" in complaint for complaint in chromium.complaints)


def test_a_page_that_calls_elsewhere_is_stopped_by_its_policy(chromium: Browser, shop: str) -> None:
    chromium.open(f"{shop}/swagger-ui")
    chromium.until(SHOWN["swagger-ui"])
    answer = chromium.run("fetch('https://cdn.example.com/').then(() => 'answered', error => String(error))")
    assert "answered" not in answer
    assert any("Content Security Policy" in complaint for complaint in chromium.complaints)


def execute_orders(chromium: Browser) -> str:
    """The status that "Try it out" shows for GET /admin/v1/orders."""
    operation = "[id$='-listAllOrders']"
    chromium.click(f"{operation} .opblock-summary-control")
    chromium.until(f'document.querySelector("{operation} .execute") !== null')
    # The button is drawn again while the operation unfolds: a click on the old one would be lost.
    chromium.settle(quiet=1)
    chromium.click(f"{operation} .execute")
    chromium.run(f'document.querySelector("{operation}").scrollIntoView()')
    cell = f"{operation} .live-responses-table tbody .response-col_status"
    return str(chromium.until(f'document.querySelector("{cell}").innerText')).split()[0]


def test_staff_authorize_with_username_and_password_and_try_an_operation(chromium: Browser, shop: str) -> None:
    chromium.open(f"{shop}/swagger-ui?document=staff")
    chromium.until(SHOWN["swagger-ui"])
    assert execute_orders(chromium) == "401"

    chromium.open(f"{shop}/swagger-ui?document=staff&again")
    chromium.until("location.href.includes('again')")
    chromium.until(SHOWN["swagger-ui"])
    chromium.click(".btn.authorize")
    chromium.type("#oauth_username", USERNAME)
    chromium.type("#oauth_password", PASSWORD)
    chromium.picture(PICTURES / "swagger-ui-authorize.png")
    chromium.click(".auth-container:has(#oauth_username) button.authorize")
    chromium.until("[...document.querySelectorAll('.auth-container h6')].some(line => line.innerText === 'Authorized')")
    chromium.click(".btn-done")

    assert execute_orders(chromium) == "200"
    chromium.picture(PICTURES / "swagger-ui-tried.png")


def test_the_dialog_begins_with_the_username(chromium: Browser, shop: str) -> None:
    chromium.run("localStorage.clear()")
    chromium.open(f"{shop}/swagger-ui?document=staff&begin")
    chromium.until("location.href.includes('begin')")
    chromium.until(SHOWN["swagger-ui"])
    chromium.click(".btn.authorize")
    chromium.until("document.activeElement.id === 'oauth_username'")


def test_wrong_password_authorizes_nobody(chromium: Browser, shop: str) -> None:
    chromium.run("localStorage.clear()")
    chromium.open(f"{shop}/swagger-ui?document=staff&wrong")
    chromium.until("location.href.includes('wrong')")
    chromium.until(SHOWN["swagger-ui"])
    chromium.click(".btn.authorize")
    chromium.type("#oauth_username", USERNAME)
    chromium.type("#oauth_password", "not the password")
    chromium.click(".auth-container:has(#oauth_username) button.authorize")
    said = chromium.until("document.querySelector('.auth-container .errors')?.innerText")
    # In the browser's language, whichever it has here.
    assert "invalid_grant" in said
    assert LoginRefused.zh in said or LoginRefused.en in said
    chromium.click(".btn-done")
    assert execute_orders(chromium) == "401"


def test_without_a_browser_the_run_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Chromium on this machine"):
        find_chromium()
    monkeypatch.setenv("REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="REQUIRE_BROWSER=1"):
        find_chromium()

"""A picture is uploaded from Swagger UI: a file is chosen, not typed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.browser.conftest import USERNAME
from tests.browser.test_pages import PICTURES, SHOWN
from tests.factories.media_files import with_places
from tests.factories.user import PASSWORD
from tests.support.browser import Browser

UPLOAD = "[id$='-uploadMedia']"


def test_staff_choose_a_picture_and_get_its_reference(chromium: Browser, shop: str, tmp_path: Path) -> None:
    photo = tmp_path / "红富士.jpg"
    photo.write_bytes(with_places())
    log_in(chromium, shop)
    chromium.click(f"{UPLOAD} .opblock-summary-control")
    chromium.until(f'document.querySelector("{UPLOAD} .execute") !== null')
    chromium.settle(quiet=1)
    choose(chromium, f"{UPLOAD} input[type=file]", photo)
    chromium.run(f'document.querySelector("{UPLOAD}").scrollIntoView()')
    chromium.picture(PICTURES / "swagger-ui-upload-chosen.png")
    chromium.click(f"{UPLOAD} .execute")
    table = f"{UPLOAD} .live-responses-table"
    status = chromium.until(f'document.querySelector("{table} tbody .response-col_status").innerText')
    body = chromium.until(f'document.querySelector("{table} .highlight-code code").innerText')
    chromium.run(f'document.querySelector("{table}").scrollIntoView()')
    chromium.picture(PICTURES / "swagger-ui-uploaded.png")

    assert str(status).split()[0] == "201"
    answer = json.loads(body)
    assert answer["reference"] == f"media:{answer['key']}"
    assert (answer["filename"], answer["width"], answer["height"]) == ("红富士.jpg", 48, 64)
    shown = f"fetch('/media/{answer['key']}').then(found => found.blob()).then(found => found.type + ' ' + found.size)"
    assert chromium.run(shown) == f"image/jpeg {answer['bytes']}"


def log_in(chromium: Browser, shop: str) -> None:
    chromium.open(f"{shop}/swagger-ui?document=staff&upload")
    chromium.until("location.href.includes('upload')")
    chromium.until(SHOWN["swagger-ui"])
    chromium.click(".btn.authorize")
    chromium.type("#oauth_username", USERNAME)
    chromium.type("#oauth_password", PASSWORD)
    chromium.click(".auth-container:has(#oauth_username) button.authorize")
    chromium.until("[...document.querySelectorAll('.auth-container h6')].some(line => line.innerText === 'Authorized')")
    chromium.click(".btn-done")


def choose(chromium: Browser, selector: str, path: Path) -> None:
    """What a person does in the file dialog, which a headless browser has not."""
    chromium.until(f"document.querySelector({json.dumps(selector)}) !== null")
    root = chromium.call("DOM.getDocument")["root"]["nodeId"]
    field = chromium.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
    chromium.call("DOM.setFileInputFiles", nodeId=field, files=[str(path)])

"""Takes the pictures in docs/pictures anew (`make pictures`). Needs Chromium and a CJK font, fonts-noto-cjk."""

from __future__ import annotations

import base64
import html
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.demo.__main__ import STAFF_LOGIN
from tests.support.browser import Browser, browser
from tests.support.clerk import Clerk

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
_TERMINAL = (
    "<meta charset=utf-8><body style='margin:0;padding:14px 18px;background:#16212e;color:#d8e2ec;"
    'font:14px/1.55 monospace,"Noto Sans CJK SC";white-space:pre-wrap\'>'
)


def main() -> int:
    """The demo plays its purchase, then its pages are opened."""
    with demo() as (url, said), tempfile.TemporaryDirectory() as profile, browser(Path(profile)) as tab:
        take_terminal(tab, said)
        take_swagger(tab, url)
        take_redoc(tab, url)
        take_request(tab, url)
    for path in sorted(FOLDER.glob("*.png")):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KiB")
    return 0


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Its address, and what it wrote: from the opening to the books."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.demo", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if address := re.match(r"API +(http://[^/]+)", line):
                journey = "".join(lines).partition("s\n\n")[2].partition("\nAPI")[0]
                yield address[1], f"$ make demo\n\n{journey}"
                return
        raise RuntimeError(f"the demo ended:\n{''.join(lines)}")
    finally:
        process.terminate()
        process.wait(20)


def take_terminal(tab: Browser, said: str) -> None:
    """The purchase, as a terminal shows it."""
    page = base64.b64encode((_TERMINAL + html.escape(said.strip())).encode()).decode()
    resize(tab, 1000, 600)
    tab.open(f"data:text/html;base64,{page}")
    tab.until("document.body.innerText.includes('make demo')")
    tab.settle()
    resize(tab, 1000, tab.run("Math.ceil(document.documentElement.getBoundingClientRect().height)"))
    tab.picture(FOLDER / "demo.png")


def take_swagger(tab: Browser, url: str) -> None:
    """The staff document, logged in, with an operation that was tried."""
    resize(tab, 1000, 1240)
    log_in(tab, f"{url}/swagger-ui?document=staff", STAFF_LOGIN)
    execute(tab, "[id$='-listAllOrders']")
    tab.run("document.querySelector(\"[id$='-listAllOrders']\").scrollIntoView()")
    tab.settle()
    tab.picture(FOLDER / "swagger-ui-staff.png")


def take_request(tab: Browser, url: str) -> None:
    """What an approver reads of a price that waits (docs/guides/staff-day.md)."""
    approver, request_id = ask(url)
    resize(tab, 1000, 500)
    tab.run("localStorage.clear()")
    log_in(tab, f"{url}/swagger-ui?document=staff&approver", approver)
    operation = "[id$='-getApprovalRequest']"
    tab.click(f"{operation} .opblock-summary-control")
    tab.type(f"{operation} tr[data-param-name=request_id] input", "")
    tab.run("document.activeElement.select()")
    tab.type(f"{operation} tr[data-param-name=request_id] input", request_id)
    tab.settle(quiet=1)
    execute(tab, operation)
    tab.run(f'document.querySelector("{operation} .live-responses-table").scrollIntoView()')
    tab.settle()
    tab.picture(FOLDER / "staff-day-request.png")


def ask(url: str) -> tuple[tuple[str, str], str]:
    """An approver's login, and the id of the request of a manager who wants another price."""
    boss = Clerk(url, *STAFF_LOGIN)
    roles = {
        "shop_manager": ("店铺经理", ["catalog:read", "catalog:edit"]),
        "approver": ("审批人", ["approval:read", "approval:decide"]),
    }
    for code, (name, permissions) in roles.items():
        role = boss.execute("createRole", {"code": code, "name": name, "permissions": permissions}, status=201)["id"]
        boss.execute("createStaff", {"username": code, "password": STAFF_LOGIN[1], "role_ids": [role]}, status=201)
    boss.execute("createApprovalRule", {"role_ids": [role]}, status=201)
    manager = Clerk(url, "shop_manager", STAFF_LOGIN[1])
    product_id = manager.execute("listStaffProducts", status=200)["items"][0]["id"]
    form = manager.execute("showProductForm", product_id=product_id, status=200)
    form["skus"][0]["price_fen"] += 400
    waiting = manager.execute("editProduct", form, whole=True, product_id=product_id, status=202)
    return ("approver", STAFF_LOGIN[1]), str(waiting["approval_request_id"])


def log_in(tab: Browser, address: str, login: tuple[str, str]) -> None:
    """Through Authorize."""
    tab.open(address)
    tab.until(f"location.href === {address!r} && document.querySelectorAll('.opblock').length > 15")
    tab.click(".btn.authorize")
    for field, text in zip(("username", "password"), login, strict=True):
        tab.type(f"#oauth_{field}", text)
    tab.click(".auth-container:has(#oauth_username) button.authorize")
    tab.until("[...document.querySelectorAll('.auth-container h6')].some(line => line.innerText === 'Authorized')")
    tab.click(".btn-done")


def execute(tab: Browser, operation: str) -> None:
    """Unfold the operation unless it is, press its button, and wait for what came back."""
    if not tab.run(f'document.querySelector("{operation} .execute") !== null'):
        tab.click(f"{operation} .opblock-summary-control")
    tab.until(f'document.querySelector("{operation} .execute") !== null')
    tab.settle(quiet=1)
    tab.click(f"{operation} .execute")
    tab.until(f'document.querySelector("{operation} .live-responses-table") !== null')


def take_redoc(tab: Browser, url: str) -> None:
    """The members' document, at the placing of an order."""
    resize(tab, 1200, 720)
    tab.open(f"{url}/redoc?document=members#operation/placeOrder")
    tab.until("document.querySelectorAll('[data-section-id*=operation]').length > 15")
    tab.settle(quiet=1.5)
    tab.run("document.querySelector('[id=\"operation/placeOrder\"]').scrollIntoView()")
    tab.settle(quiet=1)
    tab.picture(FOLDER / "redoc-members.png")


def resize(tab: Browser, width: int, height: int) -> None:
    """The page's size in pixels."""
    tab.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)


if __name__ == "__main__":
    sys.exit(main())

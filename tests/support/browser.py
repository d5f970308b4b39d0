"""Headless Chromium, driven over its debugging pipe: no driver, no port, and a list of every request it made."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from typing import Any

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever is not this machine has no address: a request that tries to leave fails, and is on the list.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--window-size=1280,1600",
    "--remote-debugging-pipe",
)
_SECONDS = 30.0


def find_chromium() -> str:
    """The browser's path. Skips without one; with REQUIRE_BROWSER=1 that fails instead."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("REQUIRE_BROWSER=1, but there is no Chromium on this machine")
    pytest.skip("no Chromium on this machine; REQUIRE_BROWSER=1 makes this a failure")


class Browser:
    """One tab. `requests` are the URLs it asked for, in order; `complaints` the errors on its console."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def attach(self) -> None:
        """Open the tab and listen to its network and console."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Network", "Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Go there."""
        self.call("Page.navigate", url=url)

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression; a promise is awaited. AssertionError with its error."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, script: str, *, seconds: float = _SECONDS) -> Any:
        """The first true value of the expression; AssertionError after `seconds`."""
        deadline = time.monotonic() + seconds
        guarded = f"(() => {{ try {{ return {script} }} catch (error) {{ return null }} }})()"
        while not (answer := self.run(guarded)):
            assert time.monotonic() < deadline, f"not within {seconds} s: {script}"
            time.sleep(0.1)
        return answer

    def click(self, selector: str) -> None:
        """Wait for the element and click it."""
        self.until(f"document.querySelector({json.dumps(selector)}) !== null")
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, selector: str, text: str) -> None:
        """Wait for the field and write into it, as a keyboard would."""
        self.until(f"document.querySelector({json.dumps(selector)}) !== null")
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def settle(self, *, quiet: float = 0.7) -> None:
        """Wait until it has asked for nothing for `quiet` seconds."""
        seen, since = -1, time.monotonic()
        while time.monotonic() - since < quiet:
            self.run("0")
            if len(self.requests) != seen:
                seen, since = len(self.requests), time.monotonic()
            time.sleep(0.05)

    def picture(self, path: Path) -> None:
        """Write what is seen as PNG."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the DevTools protocol and its result."""
        self._number += 1
        command: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            command["sessionId"] = self._session
        os.write(self._write, json.dumps(command).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == self._number:
                assert "error" not in message, f"{method}: {message.get('error')}"
                result: dict[str, Any] = message["result"]
                return result
            self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        said = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(said["request"]["url"])
            case "Log.entryAdded" if said["entry"]["level"] == "error":
                self.complaints.append(f"{said['entry']['text']} {said['entry'].get('url', '')}".strip())
            case "Runtime.exceptionThrown":
                self.complaints.append(
                    said["exceptionDetails"]["text"]
                    + str(said["exceptionDetails"].get("exception", {}).get("description", ""))
                )

    def _next(self) -> dict[str, Any]:
        deadline = time.monotonic() + _SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select([self._read], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"no answer from the browser in {_SECONDS} s"
            chunk = os.read(self._read, 1 << 20)
            assert chunk, "the browser has ended"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser with an empty profile in `profile`, gone when the block ends."""
    chromium = find_chromium()
    (their_read, our_write), (our_read, their_write) = os.pipe(), os.pipe()
    # Chromium reads descriptor 3 and writes 4; moved away first, so that the redirections cannot collide.
    high_read, high_write = (fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (their_read, their_write))
    launch = f'exec "$0" "$@" 3<&{high_read} 4>&{high_write} {high_read}<&- {high_write}>&-'
    command = ["bash", "-c", launch, chromium, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(
        command,
        pass_fds=(high_read, high_write),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    for fd in (their_read, their_write, high_read, high_write):
        os.close(fd)
    try:
        tab = Browser(our_write, our_read)
        tab.attach()
        yield tab
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(our_write)
        os.close(our_read)

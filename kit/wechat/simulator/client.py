"""For tests and the demo: the control API as methods, and the simulator as a child process."""

import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kit.wechat.simulator.client_calls import Answer
from kit.wechat.simulator.client_messages import MessageControl
from kit.wechat.simulator.client_transfers import TransferControl
from kit.wechat.simulator.settings_file import SETTINGS, read_settings

START_LIMIT_SECONDS = 30


class SimulatorControl(TransferControl, MessageControl):
    """Every method answers the simulator's JSON; amounts in fen. requests.HTTPError for what makes no sense."""

    def create_user(self, **given: str) -> Answer:
        """`given`: openid, phone, unionid, appid, real_name; what is missing or empty is made up or kept."""
        return self._post("/users", {name: value for name, value in given.items() if value})

    def login_code(self, openid: str) -> str:
        return str(self._post(f"/users/{openid}/login-code")["code"])

    def phone_code(self, openid: str) -> str:
        return str(self._post(f"/users/{openid}/phone-code")["code"])

    def expire_access_token(self) -> None:
        self._post("/access-token/expire")

    def request_payment(self, parameters: dict[str, Any], **how: Any) -> Answer:
        """`parameters`: appId, timeStamp, nonceStr, package, signType, paySign. `how` as in `pay`."""
        return self._post("/request-payment", {**parameters, **how})

    def pay(self, *, prepay_id: str = "", out_trade_no: str = "", **how: Any) -> Answer:
        """`how`: openid, payer_total, override {total, currency, appid, mchid, out_trade_no, openid}, force."""
        return self._post("/pay", {**named(prepay_id, out_trade_no), **how})

    def abandon(self, *, prepay_id: str = "", out_trade_no: str = "") -> Answer:
        return self._post("/abandon", named(prepay_id, out_trade_no))

    def unknown_money(self, out_trade_no: str, *, total: int, openid: str, **how: Any) -> Answer:
        """`how`: notify_url (without it no callback), payer_total, override."""
        return self._post("/unknown-money", {"out_trade_no": out_trade_no, "total": total, "openid": openid, **how})

    def transactions(self) -> list[Answer]:
        return self._list("/transactions")

    def refunds(self) -> list[Answer]:
        return self._list("/refunds")

    def finish_refund(self, out_refund_no: str, state: str = "SUCCESS") -> Answer:
        return self._post(f"/refunds/{out_refund_no}/finish", {"state": state})

    def refund_rule(self, *, delay: float | None, state: str = "SUCCESS") -> Answer:
        """Refunds end as `state` after `delay` seconds; None waits for `finish_refund`."""
        return self._post("/refund-rule", {"delay": delay, "state": state})

    def deliveries(self) -> list[Answer]:
        return self._list("/deliveries")

    def resend(self, notice_id: str) -> None:
        self._post(f"/deliveries/{notice_id}/resend")

    def weather(self, fault: str, *, prefix: str = "", times: int | None = 1, **more: Any) -> Answer:
        """`prefix` of the path; `more`: method, seconds, status, code, errcode. `times` None: until cleared."""
        return self._post("/weather", {"fault": fault, "prefix": prefix, "times": times, **more})

    def callback_weather(self, fault: str, *, prefix: str = "", times: int | None = 1, **more: Any) -> Answer:
        """`prefix` of the event type; `more`: seconds (late), copies (duplicate)."""
        return self._post("/callback-weather", {"fault": fault, "prefix": prefix, "times": times, **more})

    def clear_weather(self) -> None:
        self._call("DELETE", "/weather")

    def signing(self, **mode: str) -> Answer:
        """answers=…, callbacks=…: "public_key" or "certificate"."""
        return self._post("/signing", mode)

    def requests(self, prefix: str = "") -> list[Answer]:
        return self._list(f"/requests?prefix={prefix}")

    def state(self) -> Answer:
        return dict(self._call("GET", "/state"))

    def keys(self) -> dict[str, str]:
        return dict(self._call("GET", "/keys"))

    def reset(self) -> None:
        self._post("/reset")


class SimulatorProcess:
    """`with SimulatorProcess(folder) as simulator:` runs one until the block ends."""

    def __init__(self, keys_dir: Path, port: int = 0, *, retry_scale: float = 1.0) -> None:
        self.keys_dir = Path(keys_dir).absolute()
        self._options = [f"--port={port}", f"--keys={self.keys_dir}", f"--retry-scale={retry_scale}"]
        self.settings: dict[str, str] = {}
        self.url = ""

    def __enter__(self) -> Self:
        self.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Its presence will mean that this run is ready, not an earlier one.
        (self.keys_dir / SETTINGS).unlink(missing_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, module and options
                [sys.executable, "-m", "kit.wechat.simulator", *self._options, f"--parent-pid={os.getpid()}"],
                cwd=Path(__file__).parents[3],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        self.settings = read_settings(self.keys_dir)
        self.url = self.settings["WECHAT_PAY_URL"]
        self.control = SimulatorControl(self.url)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.control.close()
        self.stop()

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def _log(self) -> Path:
        return self.keys_dir / "simulator.log"

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT_SECONDS
        while not (self.keys_dir / SETTINGS).exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the simulator did not start: {self._log.read_text(errors='replace')}")
            time.sleep(0.02)


def named(prepay_id: str, out_trade_no: str) -> dict[str, str]:
    given = {"prepay_id": prepay_id, "out_trade_no": out_trade_no}
    return {name: value for name, value in given.items() if value}

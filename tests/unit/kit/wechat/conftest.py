"""A simulator in this process, an independent merchant that signs with `cryptography` alone, a shop that listens."""

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from kit.wechat.simulator.client import SimulatorControl
from kit.wechat.simulator.server import SimulatorServer
from kit.wechat.simulator.settings_file import settings_of
from kit.wechat.simulator.world import World


def wait_for(condition: Callable[[], Any], seconds: float = 5) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "nothing happened in time"
        time.sleep(0.005)
    return value


@pytest.fixture(scope="session")
def running_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorServer]:
    server = SimulatorServer(World(tmp_path_factory.mktemp("wechat"), retry_scale=0.001))
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.stop()
    thread.join()


@pytest.fixture
def control(running_simulator: SimulatorServer) -> Iterator[SimulatorControl]:
    control = SimulatorControl(running_simulator.url)
    control.reset()
    yield control
    control.close()


class Merchant:
    """Signs requests and checks answers from the settings alone, without any code of the simulator."""

    def __init__(self, settings: dict[str, str], url: str, control: SimulatorControl) -> None:
        self.settings = settings
        self.url = url
        self.control = control
        self.appid = settings["WECHAT_APPID"]
        self.mchid = settings["WECHAT_PAY_MCHID"]
        self.serial = settings["WECHAT_PAY_CERT_SERIAL"]
        self.key = load_pem_private_key(Path(settings["WECHAT_PAY_PRIVATE_KEY_FILE"]).read_bytes(), None)
        certificate = Path(settings["WECHAT_PAY_PLATFORM_CERT_FILE"]).read_bytes()
        public_key = load_pem_public_key(Path(settings["WECHAT_PAY_PUBLIC_KEY_FILE"]).read_bytes())
        platform = x509.load_pem_x509_certificate(certificate)
        self.keys = {
            settings["WECHAT_PAY_PUBLIC_KEY_ID"]: public_key,
            f"{platform.serial_number:X}": platform.public_key(),
        }
        self.session = requests.Session()
        self.session.trust_env = False

    def sign(self, message: str) -> str:
        return base64.b64encode(self.key.sign(message.encode(), PKCS1v15(), SHA256())).decode()

    def authorization(self, method: str, target: str, body: str = "", **lies: str) -> str:
        claims = {"mchid": self.mchid, "nonce_str": secrets.token_hex(16), "serial_no": self.serial}
        claims |= {"timestamp": str(int(time.time()))} | lies
        signed = f"{method}\n{target}\n{claims['timestamp']}\n{claims['nonce_str']}\n{body}\n"
        claims.setdefault("signature", self.sign(signed))
        return "WECHATPAY2-SHA256-RSA2048 " + ",".join(f'{name}="{value}"' for name, value in claims.items())

    def send(self, method: str, target: str, content: Any = None, authorization: str = "") -> requests.Response:
        body = content if isinstance(content, str) else "" if content is None else json.dumps(content)
        headers = {"Authorization": authorization or self.authorization(method, target, body)}
        headers |= {"Accept": "application/json", "Content-Type": "application/json"}
        return self.session.request(method, self.url + target, data=body.encode(), headers=headers, timeout=10)

    def verifies(self, headers: Any, body: bytes) -> bool:
        signed = f"{headers['Wechatpay-Timestamp']}\n{headers['Wechatpay-Nonce']}\n".encode() + body + b"\n"
        try:
            signature = base64.b64decode(headers["Wechatpay-Signature"])
            self.keys[headers["Wechatpay-Serial"]].verify(signature, signed, PKCS1v15(), SHA256())
        except Exception:
            return False
        return abs(time.time() - int(headers["Wechatpay-Timestamp"])) < 300

    def decrypt(self, resource: dict[str, str]) -> Any:
        aead = AESGCM(self.settings["WECHAT_PAY_APIV3_KEY"].encode())
        sealed = base64.b64decode(resource["ciphertext"])
        plain = aead.decrypt(resource["nonce"].encode(), sealed, resource["associated_data"].encode())
        return plain.decode()

    def order(self, out_trade_no: str = "ORDER0001", **changes: Any) -> dict[str, Any]:
        body = {
            "appid": self.appid,
            "mchid": self.mchid,
            "description": "起源 茶杯",
            "out_trade_no": out_trade_no,
            "notify_url": "http://127.0.0.1:9/nobody-listens",
            "amount": {"total": 1000, "currency": "CNY"},
            "payer": {"openid": "buyer"},
        }
        return {name: value for name, value in (body | changes).items() if value is not None}

    def prepay(self, out_trade_no: str = "ORDER0001", **changes: Any) -> requests.Response:
        return self.send("POST", "/v3/pay/transactions/jsapi", self.order(out_trade_no, **changes))

    def query(self, out_trade_no: str = "ORDER0001") -> requests.Response:
        return self.send("GET", f"/v3/pay/transactions/out-trade-no/{out_trade_no}?mchid={self.mchid}")

    def close(self, out_trade_no: str = "ORDER0001") -> requests.Response:
        return self.send("POST", f"/v3/pay/transactions/out-trade-no/{out_trade_no}/close", {"mchid": self.mchid})

    def paid(self, out_trade_no: str = "ORDER0001", **changes: Any) -> dict[str, Any]:
        assert self.prepay(out_trade_no, **changes).status_code == 200
        answer = self.control.pay(out_trade_no=out_trade_no)
        assert answer["result"] == "ok"
        return answer

    def refund(self, out_refund_no: str | None, refund: int, *, total: int = 1000, **changes: Any) -> requests.Response:
        amount = {"refund": refund, "total": total, "currency": "CNY"}
        body = {"out_trade_no": "ORDER0001", "out_refund_no": out_refund_no, "amount": amount} | changes
        given = {name: value for name, value in body.items() if value is not None}
        return self.send("POST", "/v3/refund/domestic/refunds", given)

    def query_refund(self, out_refund_no: str) -> requests.Response:
        return self.send("GET", f"/v3/refund/domestic/refunds/{out_refund_no}")


@pytest.fixture(scope="session")
def the_merchant(running_simulator: SimulatorServer) -> Iterator[Merchant]:
    settings = settings_of(running_simulator.world.keyring, running_simulator.url)
    merchant = Merchant(settings, running_simulator.url, SimulatorControl(running_simulator.url))
    yield merchant
    merchant.session.close()
    merchant.control.close()


@pytest.fixture
def merchant(the_merchant: Merchant, control: SimulatorControl) -> Merchant:
    control.create_user(openid="buyer", phone="13800138000")
    return the_merchant


@dataclass
class Shop:
    """Answers callbacks with `statuses` in turn, then `always`, after `delays`; keeps every (headers, raw body)."""

    url: str
    statuses: list[int] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    always: int = 204
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def wait(self, count: int) -> list[tuple[dict[str, str], bytes]]:
        wait_for(lambda: len(self.received) >= count)
        return self.received


@pytest.fixture
def shop() -> Iterator[Shop]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                shop.received.append((dict(self.headers), body))
                status = shop.statuses.pop(0) if shop.statuses else shop.always
                delay = shop.delays.pop(0) if shop.delays else 0
            time.sleep(delay)
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shop = Shop(f"http://127.0.0.1:{server.server_port}/notify")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield shop
    server.shutdown()
    server.server_close()


@pytest.fixture
def eventually() -> Callable[..., Any]:
    return wait_for

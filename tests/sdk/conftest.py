"""The simulator as a process, and a shop in Node built on an SDK that nobody here wrote."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit.wechat.pay.keys import WechatKeys, load_wechat_keys
from kit.wechat.simulator.client import SimulatorProcess

HERE = Path(__file__).parent
PARTS = ("package.json", "package-lock.json", ".npmrc")


def unavailable(reason: str) -> None:
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"REQUIRE_SERVICES=1, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Installed from the lock file, once per lock file, outside the checkout."""
    if not (shutil.which("node") and shutil.which("npm")):
        unavailable("node or npm is missing (Debian: apt-get install nodejs npm)")
    lock = hashlib.sha256(b"".join((HERE / part).read_bytes() for part in PARTS)).hexdigest()[:16]
    home = Path(tempfile.gettempdir()) / f"qiyuan-sdk-{os.getuid()}-{lock}"
    if not home.exists():
        draft = Path(tempfile.mkdtemp(prefix="qiyuan-sdk-draft-"))
        for part in PARTS:
            shutil.copy(HERE / part, draft)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=draft, capture_output=True, text=True, timeout=100, check=False)
        if done.returncode:
            shutil.rmtree(draft)
            unavailable(f"npm ci failed: {done.stderr[-500:]}")
        try:
            draft.rename(home)
        except OSError:  # another worker was faster
            shutil.rmtree(draft)
    return home / "node_modules"


@pytest.fixture(scope="session")
def simulator(node_modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with SimulatorProcess(tmp_path_factory.mktemp("wechat"), retry_scale=0.001) as running:
        yield running


class NodeShop:
    """Commands of player.js as calls."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.notify_url = str(self._read()["notifyUrl"])

    def do(self, command: str, **wanted: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"name": command, **wanted}) + "\n")
        self._process.stdin.flush()
        answer = self._read()
        assert "error" not in answer, answer["error"]
        return answer.get("result")

    def call(self, method: str, path: str, body: Any = None, **params: str) -> tuple[int, Any]:
        answer = self.do("call", method=method, path=path, body=body, params=params)
        return answer["status"], answer.get("data")

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the Node shop died; its complaint is on stderr"
        return dict(json.loads(line))


@pytest.fixture
def shop(node_modules: Path, simulator: SimulatorProcess) -> Iterator[NodeShop]:
    """Knows the settings only. Empty books; a user `buyer`."""
    simulator.control.reset()
    simulator.control.create_user(openid="buyer", real_name="张三")
    settings = simulator.control.keys()
    told = {
        "url": simulator.url,
        "appid": settings["WECHAT_APPID"],
        "mchid": settings["WECHAT_PAY_MCHID"],
        "serial": settings["WECHAT_PAY_CERT_SERIAL"],
        "privateKeyFile": settings["WECHAT_PAY_PRIVATE_KEY_FILE"],
        "apiv3Key": settings["WECHAT_PAY_APIV3_KEY"],
        "certs": {
            settings["WECHAT_PAY_PUBLIC_KEY_ID"]: settings["WECHAT_PAY_PUBLIC_KEY_FILE"],
            settings["WECHAT_PAY_PLATFORM_SERIAL"]: settings["WECHAT_PAY_PLATFORM_CERT_FILE"],
        },
    }
    command = ["node", str(HERE / "player.js"), json.dumps(told)]
    environment = {**os.environ, "NODE_PATH": str(node_modules)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield NodeShop(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(5)


@pytest.fixture
def our_keys(simulator: SimulatorProcess) -> WechatKeys:
    settings = simulator.settings
    return load_wechat_keys(
        public_key_file=settings["WECHAT_PAY_PUBLIC_KEY_FILE"],
        public_key_id=settings["WECHAT_PAY_PUBLIC_KEY_ID"],
        platform_cert_file=settings["WECHAT_PAY_PLATFORM_CERT_FILE"],
    )

import stat
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from kit.wechat.simulator.cli import simulator as command
from kit.wechat.simulator.client import SimulatorProcess

ROOT = Path(__file__).parents[4]

NAMES = [
    "WECHAT_APPID",
    "WECHAT_APP_SECRET",
    "WECHAT_API_URL",
    "WECHAT_PAY_URL",
    "WECHAT_PAY_MCHID",
    "WECHAT_PAY_APIV3_KEY",
    "WECHAT_PAY_PRIVATE_KEY_FILE",
    "WECHAT_PAY_CERT_SERIAL",
    "WECHAT_PAY_PUBLIC_KEY_FILE",
    "WECHAT_PAY_PUBLIC_KEY_ID",
    "WECHAT_PAY_PLATFORM_CERT_FILE",
]


def test_a_child_process_writes_its_settings_and_keeps_its_keys(tmp_path):
    keys = tmp_path / "the keys"
    with SimulatorProcess(keys) as first:
        assert list(first.settings) == NAMES
        assert first.control.state()["transactions"] == 0
        assert (keys / "simulator.log").read_text() == f"simulator listening on {first.url}\n"
        secret = [path for path in keys.iterdir() if path.suffix in (".pem", ".env", ".json", ".txt")]
        assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
        assert first.settings["WECHAT_PAY_PUBLIC_KEY_ID"].startswith("PUB_KEY_ID_0")
        assert len(first.settings["WECHAT_PAY_CERT_SERIAL"]) == 40
        assert len(first.settings["WECHAT_PAY_APIV3_KEY"]) == 32
        for_people = (keys / "README.txt").read_text()
        told = [*first.settings.values(), first.control.keys()["WECHAT_PAY_PLATFORM_SERIAL"]]
        assert [value for value in told if value not in for_people] == []
    with pytest.raises(requests.ConnectionError):
        first.control.state()

    with SimulatorProcess(keys) as second:
        urls = {"WECHAT_API_URL": second.url, "WECHAT_PAY_URL": second.url}
        assert second.settings == first.settings | urls


def test_it_ends_with_its_parent(tmp_path, running_simulator, eventually):
    script = (
        "import os, sys; from pathlib import Path; from kit.wechat.simulator.client import SimulatorProcess\n"
        "child = SimulatorProcess(Path(sys.argv[1])).__enter__(); print(child.url, flush=True); os._exit(0)"
    )
    keys = running_simulator.world.keyring.folder
    done = subprocess.run(
        [sys.executable, "-c", script, keys], cwd=ROOT, capture_output=True, text=True, timeout=20, check=True
    )
    url = done.stdout.strip()

    def gone():
        try:
            requests.get(url, timeout=1)
        except requests.ConnectionError:
            return True
        return False

    assert url.startswith("http://127.0.0.1:"), done.stderr
    eventually(gone)


def test_it_refuses_production(tmp_path, monkeypatch):
    monkeypatch.setenv("APP_ENV", "production")

    result = CliRunner().invoke(command, ["--keys", str(tmp_path / "keys")])

    assert (result.exit_code, "does not run in production" in result.output) == (1, True)
    assert not (tmp_path / "keys").exists()


def test_a_start_that_fails_says_why(tmp_path, monkeypatch):
    monkeypatch.setenv("APP_ENV", "production")

    with pytest.raises(RuntimeError, match="does not run in production"), SimulatorProcess(tmp_path):
        pass


def test_it_listens_on_loopback_only(running_simulator):
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {columns[1] for columns in sockets if columns[3] == "0A"}
    port = int(running_simulator.url.rsplit(":", 1)[1])

    assert {address for address in listening if address.endswith(f":{port:04X}")} == {f"0100007F:{port:04X}"}

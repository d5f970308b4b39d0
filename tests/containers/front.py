"""A real nginx with conf/nginx.conf, filled in as the image's envsubst does."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path

import pytest
import requests

from scripts._services.failures import ServersUnavailable
from scripts._services.ports import free_port
from scripts._services.programs import ensure_program
from tests.containers.compose import filled
from tests.support.processes import Children

ROOT = Path(__file__).parents[2]
# What the image's own nginx.conf gives to the file that is included; everything it writes stays in the folder.
_AROUND = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
{user}
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/default.conf;
}}
"""


def nginx() -> str:
    """Its path. Installed as root; without it the test is skipped, or fails with REQUIRE_SERVICES=1."""
    try:
        with (Path(tempfile.gettempdir()) / "qiyuan-install-nginx.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)  # parallel test workers install it once
            return ensure_program("nginx", "nginx")
    except ServersUnavailable as unavailable:
        if os.environ.get("REQUIRE_SERVICES") == "1":
            raise
        pytest.skip(str(unavailable))


def start_front(processes: Children, name: str, *, upstream: str, front_proxy: str, port: int | None = None) -> str:
    """Run one; returns its address once it answers."""
    program, port, folder = nginx(), port or free_port(), processes.folder / name
    folder.mkdir()
    values = {"WEB_UPSTREAM": upstream, "NGINX_PORT": f"127.0.0.1:{port}", "FRONT_PROXY": front_proxy}
    (folder / "default.conf").write_text(filled((ROOT / "conf" / "nginx.conf").read_text(), values))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, user=user))
    command = [program, "-e", "stderr", "-c", str(folder / "nginx.conf")]
    url = f"http://127.0.0.1:{port}"
    environment = {"PATH": os.environ["PATH"]}
    front = processes.start(
        name, command, environment=environment, cwd=folder, ready=lambda _: answers(f"{url}/health/live")
    )
    front.wait_until_ready()
    return url


def answers(url: str) -> bool:
    """True when anything answers over HTTP, whatever it says."""
    try:
        requests.get(url, timeout=2)
    except requests.RequestException:
        return False
    return True

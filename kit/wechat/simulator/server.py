"""The process: listens on 127.0.0.1 only, tells the shop its settings, ends with its parent. Never in production."""

import os
import time
from pathlib import Path
from threading import Thread

from werkzeug.serving import WSGIRequestHandler, make_server

from kit.wechat.simulator.gateway import create_app
from kit.wechat.simulator.settings_file import write_settings
from kit.wechat.simulator.world import World

HOST = "127.0.0.1"
PARENT_CHECK_SECONDS = 0.5


class QuietHandler(WSGIRequestHandler):
    # Headers and body leave in two packets; waiting for the first one's ACK would cost 40 ms a request.
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The journal has it."""


class SimulatorServer:
    """Listens as soon as it exists; `serve` blocks until `stop`."""

    def __init__(self, world: World, port: int = 0) -> None:
        refuse_production()
        self.world = world
        self._server = make_server(HOST, port, create_app(world), threaded=True, request_handler=QuietHandler)
        self.url = f"http://{HOST}:{self._server.server_port}"

    def serve(self) -> None:
        try:
            self._server.serve_forever(poll_interval=0.05)
        finally:
            self.world.timetable.stop()

    def stop(self) -> None:
        self._server.shutdown()


def run(*, port: int, keys_dir: Path, retry_scale: float = 1.0, parent_pid: int | None = None) -> None:
    """Until interrupted, or until the process `parent_pid` is gone."""
    refuse_production()
    server = SimulatorServer(World(keys_dir, retry_scale=retry_scale), port)
    write_settings(server.world.keyring, server.url)
    print(f"simulator listening on {server.url}", flush=True)  # noqa: T201 - what whoever started it waits for
    if parent_pid is not None:
        Thread(target=stop_after, args=(parent_pid, server), daemon=True).start()
    server.serve()


def refuse_production() -> None:
    if os.environ.get("APP_ENV", "").strip().lower() == "production":
        raise RuntimeError("the WeChat simulator does not run in production")


def stop_after(pid: int, server: SimulatorServer) -> None:
    """A dead parent may linger as a zombie that still takes signals, hence the second question."""
    is_parent = os.getppid() == pid
    while alive(pid) and (os.getppid() == pid or not is_parent):
        time.sleep(PARENT_CHECK_SECONDS)
    server.stop()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

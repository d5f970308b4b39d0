"""`make demo`, `make demo ONCE=1`, `make run`: python -m scripts.demo [--once] [--no-journey] [--port N]."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

from kit.wechat.simulator.client import SimulatorProcess
from scripts.demo.journey import CallFailed, Journey, StepFailed

ROOT = Path(__file__).parents[2]
VAR = ROOT / "var"
CATALOG = ROOT / "scripts" / "demo" / "catalog.csv"
# Known to everybody who reads this: the embedded shop listens on loopback and takes no real money.
_OPENID = "oDemoCustomer0000000000000001"
# Of the messages on paid and shipped: the simulator takes any.
TEMPLATES = ("demo-order-paid", "demo-order-shipped")
STAFF_LOGIN = ("manager", "qiyuan-demo-2026")


def main() -> int:
    """Returns the exit code: 0 when every step held."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = VAR / ("run" if options.no_journey else "demo")
    if not options.no_journey:
        shutil.rmtree(folder, ignore_errors=True)  # every demo begins with an empty shop
    folder.mkdir(parents=True, exist_ok=True)
    port = 0 if options.once else options.port
    with SimulatorProcess(VAR / "wechat") as simulator:
        _set_environment(simulator, folder, _free_port(port))
        return _serve(simulator, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="exit after the journey")
    parser.add_argument("--no-journey", action="store_true", help="only serve")
    parser.add_argument("--port", type=int, default=8000, help="a free one is taken if it is in use")
    return parser.parse_args()


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                print(f"port {port} is in use, taking a free one")
                continue
            return int(probe.getsockname()[1])
    raise SystemExit("no free port")


def _set_environment(simulator: SimulatorProcess, folder: Path, port: int) -> None:
    """The embedded default, whatever the caller's environment says: a demo never touches a real shop."""
    os.environ.update(simulator.settings)
    os.environ.update(
        APP_ENV="development",
        DATABASE_URL=f"sqlite:///{folder / 'shop.db'}",
        REDIS_URL="memory://",
        BROKER_URL="memory://",
        PUBLIC_URL=f"http://127.0.0.1:{port}",
        TRUSTED_PROXIES="0",
        LOG_JSON="false",
        LOG_LEVEL=os.environ.get("LOG_LEVEL", "ERROR"),
        DEMO_PORT=str(port),
        WECHAT_TEMPLATE_ORDER_PAID=TEMPLATES[0],
        WECHAT_TEMPLATE_ORDER_SHIPPED=TEMPLATES[1],
    )


def _serve(simulator: SimulatorProcess, options: argparse.Namespace) -> int:
    # Imported here: the application reads the environment that was just set.
    from autoapp import app, celery  # noqa: PLC0415
    from task.cli import prepare_database  # noqa: PLC0415
    from task.embedded import background, serve_until_interrupted, web_server  # noqa: PLC0415

    started = time.monotonic()
    port = int(os.environ["DEMO_PORT"])
    with app.app_context():
        prepare_database(app.extensions["qiyuan_settings"])
    _command(app, "catalog", "import", str(CATALOG))
    _create_staff(app)
    with background(app, celery), web_server(app, host="127.0.0.1", port=port):
        base_url = f"http://127.0.0.1:{port}"
        print(f"the shop is open after {time.monotonic() - started:.1f} s\n", flush=True)
        held = True if options.no_journey else _play(base_url, simulator)
        if options.once:
            return 0 if held else 1
        _print_addresses(base_url, simulator)
        serve_until_interrupted()
        return 0 if held else 1


def _command(app, *arguments: str) -> None:  # type: ignore[no-untyped-def]  # Flask is imported late, see _serve
    result = app.test_cli_runner().invoke(args=list(arguments))
    if result.exit_code != 0:
        raise SystemExit(f"flask {' '.join(arguments)} failed:\n{result.output}") from result.exception
    print(result.output.strip(), flush=True)


def _create_staff(app) -> None:  # type: ignore[no-untyped-def]  # Flask is imported late, see _serve
    username, password = STAFF_LOGIN
    arguments = ["staff", "create", username, "--name", "陈店长", "--password-stdin"]
    result = app.test_cli_runner().invoke(args=arguments, input=password + "\n")
    if result.exit_code != 0 and "taken" not in result.output:
        raise SystemExit(f"flask staff create failed:\n{result.output}") from result.exception


def _play(base_url: str, simulator: SimulatorProcess) -> bool:
    numbers = iter(range(1, 100))

    def say(step: str) -> None:
        print(f"{next(numbers):>3}. {step}", flush=True)

    journey = Journey(
        base_url=base_url, wechat=simulator.control, staff_login=STAFF_LOGIN, say=say, templates=TEMPLATES
    )
    try:
        journey.play()
    except (StepFailed, CallFailed) as failure:
        print(f"\nFAILED: {failure}", flush=True)
        return False
    print("\nevery step held", flush=True)
    return True


def _print_addresses(base_url: str, simulator: SimulatorProcess) -> None:
    username, password = STAFF_LOGIN
    users = f"{simulator.url}/_control/users"
    print(
        f"""
API         {base_url}/api/v1/   {base_url}/admin/v1/
Swagger UI  {base_url}/swagger-ui?document=members   {base_url}/swagger-ui?document=staff
ReDoc       {base_url}/redoc
RapiDoc     {base_url}/rapidoc
staff       POST /admin/v1/auth/login  username {username}  password {password}
customer    POST /api/v1/auth/login with a code from the WeChat simulator:
            curl -s -X POST {users} -H 'Content-Type: application/json' -d '{{"openid":"{_OPENID}"}}'
            curl -s -X POST {users}/{_OPENID}/login-code
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())

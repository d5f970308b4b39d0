"""MariaDB, tuned for tests that create and drop many databases: it does not wait for the disk."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from .. import programs
from ..launch import Launch
from ..ports import free_port
from ..state import Server, write_private

_LONGEST_SOCKET_PATH = 107

_FAST = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=128M",
    "--innodb-log-file-size=48M",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--max-connections=300",
    "--performance-schema=0",
)
# The isolation level stays at the server's default, REPEATABLE READ, on purpose: the application sets READ COMMITTED
# itself, and the tests prove that it does.
_LIKE_PRODUCTION = (
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--default-time-zone=+00:00",
)


def plan() -> Server:
    return Server("mariadb", "native", f"mysql+pymysql://root:{secrets.token_hex(16)}@127.0.0.1:{free_port()}/")


def launch(server: Server, folder: Path, launch: Launch) -> None:
    if not server.ready:
        launch.run(server, _install(), folder=folder, environment=os.environ)
    _write_accounts(server, folder)
    launch.spawn(server, _serve(server, folder), folder=folder, environment=os.environ)


def prove(server: Server, folder: Path, launch: Launch) -> None:
    """The greeting has come; now log in over TCP and ask."""
    where = ("--protocol=tcp", "--host=127.0.0.1", f"--port={server.port}", "--user=root")
    command = [_program("mariadb"), "--no-defaults", *where, "--execute=SELECT VERSION()"]
    launch.run(server, command, folder=folder, environment={**os.environ, "MYSQL_PWD": server.password})


def _install() -> list[str]:
    return [
        _program("mariadb-install-db"),
        "--no-defaults",
        "--datadir=./data",  # relative: the script does not quote, so that a space in the path would split it
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--innodb-log-file-size=48M",
    ]


def _write_accounts(server: Server, folder: Path) -> None:
    """Run by the server before it takes the first connection: root without a password is never reachable."""
    statements = (
        f"CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY '{server.password}';",
        "GRANT ALL PRIVILEGES ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;",
        "DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> '127.0.0.1';",
        "FLUSH PRIVILEGES;",
    )
    write_private(folder / "accounts.sql", "\n".join(statements) + "\n")


def _serve(server: Server, folder: Path) -> list[str]:
    return [
        _program("mariadbd"),
        "--no-defaults",
        *_as_user(),
        f"--datadir={folder / 'data'}",
        f"--socket={_socket(server, folder)}",
        f"--pid-file={folder / 'mariadbd.pid'}",
        f"--init-file={folder / 'accounts.sql'}",
        "--bind-address=127.0.0.1",
        f"--port={server.port}",
        *_FAST,
        *_LIKE_PRODUCTION,
    ]


def _socket(server: Server, folder: Path) -> Path:
    here = folder / "mariadbd.sock"
    if len(os.fsencode(here)) <= _LONGEST_SOCKET_PATH:
        return here
    elsewhere = server.settings.get("socket_folder")
    if not elsewhere or not Path(elsewhere).is_dir():
        server.settings["socket_folder"] = elsewhere = tempfile.mkdtemp(prefix="services-")
    return Path(elsewhere) / "mariadbd.sock"


def _as_user() -> list[str]:
    """MariaDB refuses to run as root unless told so."""
    return ["--user=root"] if os.geteuid() == 0 else []


def _program(name: str) -> str:
    return programs.find(name) or name

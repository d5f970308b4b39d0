"""`scripts/services` without any server: what it remembers, prints, refuses and hands to Docker."""

import os
import re
import shlex
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from scripts._services import cli, handshake
from scripts._services.docker import DockerProvider
from scripts._services.failures import NoAnswer, ServicesFailure
from scripts._services.fleet import Fleet
from scripts._services.kinds import KINDS
from scripts._services.ports import free_port
from scripts._services.processes import Process
from scripts._services.state import Server, State

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = ROOT / "docker-compose.yml"
PASSWORD = re.compile(r"\$\{\w*PASSWORD\b[^}]*\}")


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path)


def _this_process() -> Process:
    return Process.started(os.getpid())


def _running(name: str, url: str, **settings: str) -> Server:
    return Server(name, "native", url, "1.0", ready=True, processes=[_this_process()], settings=settings)


@pytest.fixture
def all_running(state: State) -> State:
    state.servers = {
        "mariadb": _running("mariadb", "mysql+pymysql://root:pw@127.0.0.1:3307/"),
        "redis": _running("redis", "redis://:pw@127.0.0.1:6380"),
        "rabbitmq": _running("rabbitmq", "amqp://services:pw@127.0.0.1:5673/", rabbitmqctl="'/a b/rabbitmqctl'"),
    }
    state.save()
    return state


def test_state_is_remembered_between_two_calls(all_running: State) -> None:
    assert State(all_running.folder).servers == all_running.servers


def test_state_file_is_for_its_owner_only(all_running: State) -> None:
    assert stat.S_IMODE(all_running.file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["{", "[]", '{"servers": {"redis": {}}}', '{"servers": {"redis": 1}}'])
def test_damaged_state_is_reported_and_not_taken_for_an_empty_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "state.json").write_text(content)
    with pytest.raises(ServicesFailure, match="damaged"):
        State(tmp_path)


def test_address_does_not_show_the_password() -> None:
    assert _running("redis", "redis://:secret@127.0.0.1:6380").address == "127.0.0.1:6380"


def test_process_is_alive_while_it_runs() -> None:
    assert _this_process().alive


def test_process_with_the_pid_of_a_stranger_is_neither_alive_nor_signalled() -> None:
    recorded = Process(os.getpid(), "an earlier boot:1")
    recorded.end(patience=1)
    recorded.kill()
    assert not recorded.alive


def test_process_that_ended_is_not_alive_before_its_exit_code_is_collected() -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as child:
        process = Process.started(child.pid)
        assert process.alive
        process.end(patience=5)
        assert not process.alive


def test_free_ports_differ_and_can_be_bound() -> None:
    ports = {free_port() for _ in range(20)}
    assert len(ports) == 20
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", ports.pop()))


def test_free_port_is_not_one_the_system_gives_to_outgoing_connections() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert free_port() < max(first, 32_768)


def test_env_prints_what_a_shell_can_eval(all_running: State) -> None:
    script = "\n".join([*Fleet(all_running, {}).environment_lines(), 'echo "$TEST_BROKER_URL $TEST_RABBITMQCTL"'])
    printed = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    broker, *control = shlex.split(printed)
    assert broker == "amqp://services:pw@127.0.0.1:5673/"
    assert control == ["/a b/rabbitmqctl"]


def test_env_exports_one_variable_per_server_and_rabbitmqctl(all_running: State) -> None:
    names = [line.removeprefix("export ").split("=")[0] for line in Fleet(all_running, {}).environment_lines()]
    assert names == ["TEST_DATABASE_URL", "TEST_REDIS_URL", "TEST_BROKER_URL", "TEST_RABBITMQCTL"]


def test_env_names_what_is_not_running(all_running: State) -> None:
    all_running.servers["redis"].processes.clear()
    with pytest.raises(ServicesFailure, match="not running: redis"):
        Fleet(all_running, {}).environment_lines()


def test_env_fails_with_nothing_on_stdout_to_eval(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _alone(monkeypatch, tmp_path)
    assert cli.main(["env"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "not running: mariadb, rabbitmq, redis" in printed.err


def test_server_named_by_the_environment_is_not_ours_to_stop(all_running: State) -> None:
    fleet = Fleet(all_running, {"TEST_REDIS_URL": "redis://elsewhere:6379"})
    with pytest.raises(ServicesFailure, match="named by TEST_REDIS_URL"):
        fleet.stop(["redis"])
    assert all_running.servers["redis"].alive


def test_named_server_that_does_not_answer_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _alone(monkeypatch, tmp_path)
    monkeypatch.setenv("TEST_REDIS_URL", f"redis://127.0.0.1:{free_port()}")
    assert cli.main(["start", "redis"]) == 69
    assert "does not answer: Connection refused" in capsys.readouterr().err


def test_missing_servers_are_named_with_three_ways_to_provide_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _alone(monkeypatch, tmp_path)
    assert cli.main(["start"]) == 69
    message = capsys.readouterr().err
    for kind in KINDS.values():
        assert f"{kind.name}: {', '.join(kind.programs)} not found" in message
        assert kind.variable in message
        assert kind.package in message
    assert "Docker" in message
    assert State(tmp_path / "state").servers == {}


def test_program_runs_as_a_command(tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path), "SERVICES_BIN": str(tmp_path), "SERVICES_DIR": str(tmp_path / "state")}
    command = [sys.executable, str(ROOT / "scripts" / "services"), "start", "rabbitmq"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 69
    assert "rabbitmq: rabbitmq-server, rabbitmqctl, epmd not found" in result.stderr


def _alone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A machine with no server, no Docker and no apt-get, and nothing named."""
    monkeypatch.setattr(cli, "interrupt_on_signals", lambda: None)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("SERVICES_BIN", str(folder))
    monkeypatch.setenv("SERVICES_DIR", str(folder / "state"))
    for kind in KINDS.values():
        monkeypatch.delenv(kind.variable, raising=False)


@pytest.mark.parametrize(
    ("scheme", "answer", "said", "reason"),
    [
        ("mysql", handshake.mysql, b"", "closed the connection"),
        ("mysql", handshake.mysql, b"\x17\x00\x00\x00\xff\x10\x04Too many connections", "Too many connections"),
        ("mysql", handshake.mysql, b"HTTP/1.1 400 Bad Request\r\n\r\n", "closed the connection"),
        ("redis", handshake.redis, b"-LOADING dataset\r\n", "LOADING dataset"),
        ("redis", handshake.redis, b"HTTP/1.1 400 Bad Request\r\n\r\n", "something else than Redis"),
        ("amqp", handshake.amqp, b"AMQP\x00\x00\x09\x01", "something else than AMQP 0-9-1"),
        ("amqp", handshake.amqp, b"HTTP/1.1 400 Bad Request\r\n\r\n", "something else than AMQP 0-9-1"),
    ],
)
def test_who_does_not_speak_the_protocol_gives_no_answer(scheme, answer, said, reason) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        speaker = threading.Thread(target=_say_once, args=(listener, said))
        speaker.start()
        with pytest.raises(NoAnswer, match=reason):
            answer(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/", 2.0)
        speaker.join()


def _say_once(listener: socket.socket, said: bytes) -> None:
    peer, _ = listener.accept()
    with peer:
        peer.sendall(said)
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(1024):
            pass


def test_hung_server_gives_no_answer_within_the_time_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(NoAnswer, match=r"silent for 0\.1 s"):
        handshake.mysql(f"mysql://127.0.0.1:{listener.getsockname()[1]}/", 0.1)


def test_version_is_read_from_the_greeting_of_mariadb() -> None:
    greeting = b"\x0a5.5.5-10.11.6-MariaDB\x00rest"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        packet = len(greeting).to_bytes(3, "little") + b"\x00" + greeting
        speaker = threading.Thread(target=_say_once, args=(listener, packet))
        speaker.start()
        assert handshake.mysql(f"mysql://127.0.0.1:{listener.getsockname()[1]}/", 2.0) == "10.11.6-MariaDB"
        speaker.join()


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
class TestEveryServerInCompose:
    def test_has_a_health_check(self, compose, kind) -> None:
        assert compose["services"][kind.compose]["healthcheck"]["test"]

    def test_is_published_on_loopback_only(self, compose, kind) -> None:
        ports = compose["services"][kind.compose]["ports"]
        assert ports
        assert all(port.startswith("127.0.0.1:${") for port in ports)

    def test_takes_its_password_from_the_environment_without_a_default(self, compose, kind) -> None:
        secrets = PASSWORD.findall(yaml.safe_dump(compose["services"][kind.compose], width=1000))
        assert secrets
        assert all(":?" in secret for secret in secrets)


def test_mysql_in_compose_is_set_up_for_the_shop(compose) -> None:
    options = compose["services"]["mysql"]["command"]
    assert "--character-set-server=utf8mb4" in options
    assert "--transaction-isolation=READ-COMMITTED" in options


def test_docker_gets_a_random_value_for_every_variable_the_compose_file_requires(state: State, tmp_path: Path) -> None:
    compose_file = tmp_path / "docker-compose.yml"
    compose_file.write_text("a: ${MYSQL_ROOT_PASSWORD:?set it}\nb: ${SECRET_OF_A_LATER_SERVICE:?set it}\n")
    docker = DockerProvider(state, compose_file)
    values = docker.variables()
    assert len(values["SECRET_OF_A_LATER_SERVICE"]) == 32
    assert values["SECRET_OF_A_LATER_SERVICE"] != values["MYSQL_ROOT_PASSWORD"]
    assert docker.variables() == values
    assert stat.S_IMODE((state.folder / "compose.env").stat().st_mode) == 0o600


def test_docker_project_is_not_the_one_of_a_deployment(state: State, tmp_path: Path) -> None:
    project = _project(DockerProvider(state))
    assert re.fullmatch(r"services-[0-9a-f]{8}", project)
    assert project != _project(DockerProvider(State(tmp_path / "other")))


def _project(docker: DockerProvider) -> str:
    command = docker.command("ps")
    return command[command.index("--project-name") + 1]

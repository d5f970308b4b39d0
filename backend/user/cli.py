"""`flask staff`: the first administrator, and forgotten passwords."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from backend.user.domain.role import ADMINISTRATOR
from backend.user.wiring import services
from kit.domain.clock import utc_now
from kit.domain.error import DomainError
from kit.log.context import acting

staff = AppGroup("staff", help="Members of staff.")

_password_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")


@staff.command("create")
@click.argument("username")
@click.option("--name", default="", help="What people call them; the username if not given.")
@click.option("--role", "role_code", default=ADMINISTRATOR, show_default=True, help="Code of their role.")
@_password_stdin
def create(username: str, name: str, role_code: str, password_stdin: bool) -> None:
    """Create a member of staff, by default an administrator."""
    password = _password(from_stdin=password_stdin)
    with _told_to_people():
        made = services().staff_setup.create(
            username=username,
            name=name.strip()[:40] or username,
            role_code=role_code,
            password=password,
            now=utc_now(),
        )
    click.echo(f"Created {made.username} with the role {role_code}.")


@staff.command("password")
@click.argument("username")
@_password_stdin
def password(username: str, password_stdin: bool) -> None:
    """Give a member of staff a new password, and end their sessions."""
    new = _password(from_stdin=password_stdin)
    with _told_to_people():
        services().staff_setup.set_password(username=username, password=new, now=utc_now())
    click.echo(f"{username} has a new password; all sessions have ended.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    entered: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return entered


@contextmanager
def _told_to_people() -> Iterator[None]:
    """A refusal is a sentence and exit code 1, not a traceback."""
    try:
        with acting(request=None, actor="system:cli"):
            yield
    except DomainError as error:
        raise click.ClickException(f"{error} ({error.code})") from None

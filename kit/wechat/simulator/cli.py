"""The command `simulator`, for `python -m kit.wechat.simulator` and for the application's own command line."""

from pathlib import Path

import click

from kit.wechat.simulator import server


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 picks a free one.")
@click.option(
    "--keys",
    "keys_dir",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for keys and settings.env; filled on the first start.",
)
@click.option(
    "--retry-scale",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Multiplies the waiting times between callbacks.",
)
@click.option("--parent-pid", type=int, help="Stop when this process is gone.")
def simulator(port: int, keys_dir: Path, retry_scale: float, parent_pid: int | None) -> None:
    """Run a stand-in for WeChat Pay and the mini-program APIs on 127.0.0.1."""
    try:
        server.refuse_production()
    except RuntimeError as error:
        raise click.ClickException(str(error)) from None
    server.run(port=port, keys_dir=keys_dir, retry_scale=retry_scale, parent_pid=parent_pid)

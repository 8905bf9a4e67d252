"""What the commands that serve have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tuki.cli import fail

if TYPE_CHECKING:
    from tuki.config.server.layout import Layout

Command = TypeVar("Command", bound=Callable[..., Any])


def web_options(command: Command) -> Command:
    for option in reversed(
        (
            click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
            click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65534)),
            click.option(
                "--processes",
                type=click.IntRange(1, 64),
                help="Web processes.  [default: 1 on SQLite, 2 on PostgreSQL]",
            ),
            click.option(
                "--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="In each of them."
            ),
            click.option("--plain", is_flag=True, help="Serve pages by plain WSGI, and live updates on the next port."),
        )
    ):
        command = option(command)
    return command


def worker_options(command: Command) -> Command:
    return click.option(
        "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Worker processes."
    )(command)


def serve(layout: Layout) -> None:
    """Run it, and end in one line where it can't start."""
    from tuki.config.server.layout import CannotStart
    from tuki.config.server.serve import serve as run

    def ready() -> None:
        if layout.web != 0:
            click.echo(f"Tuki answers on http://{layout.host}:{layout.port} until you press Ctrl+C.")
        else:
            click.echo("Tuki works until you press Ctrl+C.")

    try:
        run(layout, ready)
    except CannotStart as why:
        fail(why)

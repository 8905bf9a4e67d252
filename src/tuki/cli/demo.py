"""`tuki demo`."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuki.cli import fail

if TYPE_CHECKING:
    from tuki.demo.place import Place

DESKS = ("heeros", "haiilo", "admicom", "festum")


@click.command()
@click.argument("desk", type=click.Choice(DESKS), default="heeros")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65510), help="Mail comes in on PORT + 25."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for its data.  [default: data/demo-DESK in the checkout]",
)
@click.option("--reload", "reloads", is_flag=True, help="Start again whenever one of Tuki's files changes.")
def command(desk: str, port: int, data: Path | None, reloads: bool) -> None:
    """Show a desk with lively data on this machine, and tell whom to sign in as.

    Its mail never leaves: it is kept and shown under /outbox. The first start makes the data, later ones find it as it
    was left.
    """
    from tuki.demo import place as places

    folder = data or places.default_folder(desk)
    if reloads:
        from tuki.demo import reload

        reload.run(["demo", desk, "--port", str(port), "--data", str(folder)], _say)
        return
    try:
        place = places.claim(folder, desk)
    except places.Unfit as why:
        fail(why)
    _require_free(port)
    _require_free(port + 25)
    places.set_environment(os.environ, place, port)
    _serve(place, port)


def _require_free(port: int) -> None:
    """Say so now where somebody else listens there, and not after the desk was made."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            fail(f"can't listen on 127.0.0.1:{port}: {error.strerror}; name another with --port")


def _serve(place: Place, port: int) -> None:
    import django

    from tuki.config.server.layout import CannotStart, Layout
    from tuki.config.server.serve import serve
    from tuki.demo import start

    django.setup()
    try:
        start.make(place, _say)
        serve(Layout(port=port), lambda: _introduce(place.desk, port))
    except start.NotMade:
        sys.exit(1)
    except CannotStart as why:
        fail(why)


def _introduce(desk: str, port: int) -> None:
    """Where it is, and who to be."""
    from tuki.demo.content import sign_ins
    from tuki.demo.filling import password

    rows = sign_ins(desk)
    width = max(len(row.role) for row in rows)
    lines = [
        "",
        f"The desk of {desk} answers on http://127.0.0.1:{port} until you press Ctrl+C.",
        f"Its mail is kept at http://127.0.0.1:{port}/outbox; mail to it is taken on 127.0.0.1:{port + 25}.",
        "",
        f"Sign in as anybody; everybody's password is {password(desk)}",
        *(f"  {row.role:{width}}  {row.email}" for row in rows),
        "",
    ]
    click.echo("\n".join(lines))


def _say(words: str) -> None:
    click.echo(words, err=True)

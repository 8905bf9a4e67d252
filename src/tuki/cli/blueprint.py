"""`tuki blueprint`: a desk written as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuki.cli import fail

if TYPE_CHECKING:
    from tuki.blueprint.reading import Blueprint


@click.group()
def command() -> None:
    """Check or apply a blueprint: a folder of TOML files that is a whole desk.

    DIR is such a folder, or the name of one that comes with Tuki. See docs/blueprints.md.
    """


@command.command()
@click.argument("folder", metavar="DIR")
def check(folder: str) -> None:
    """Name every mistake in DIR, a line each. Changes nothing."""
    import django

    django.setup()
    _read(folder)
    click.echo("No mistakes.")


@command.command()
@click.argument("folder", metavar="DIR")
def apply(folder: str) -> None:
    """Make this installation the desk that DIR describes, and tell what that changed.

    Doing it again changes nothing. What vanished from the files is retired, so that old requests go on naming it.
    """
    import django

    from tuki.config.server.layout import CannotStart
    from tuki.config.server.serve import prepare

    django.setup()
    blueprint = _read(folder)
    try:
        prepare()
    except CannotStart as why:
        fail(why)
    from tuki.blueprint import actions
    from tuki.journal.via import Via
    from tuki.lib.refusal import Refused
    from tuki.people.actor import Actor
    from tuki.people.queries import system

    try:
        changes = actions.apply(blueprint, by=Actor(system(), Via.IMPORT))
    except Refused as refused:
        fail(refused)
    for change in changes or ["Nothing to change."]:
        click.echo(change)


def _read(folder: str) -> Blueprint:
    """The blueprint, its warnings told; or the end, with every mistake on a line of its own."""
    from tuki.blueprint.reading import SHIPPED, Mistaken, read_folder

    path = Path(folder)
    if not path.is_dir() and path.name == folder and (SHIPPED / folder).is_dir():
        path = SHIPPED / folder
    if not path.is_dir():
        shipped = ", ".join(sorted(found.name for found in SHIPPED.iterdir() if found.is_dir()))
        fail(f"{folder} is no folder; Tuki comes with the blueprints {shipped}")
    try:
        blueprint = read_folder(path)
    except Mistaken as mistaken:
        for mistake in mistaken.mistakes:
            click.echo(str(mistake), err=True)
        raise SystemExit(1) from None
    for warning in blueprint.warnings:
        click.echo(str(warning), err=True)
    return blueprint

"""The `tuki` command: a file for each subcommand, with a click command called `command` in it.

Such a file imports Django, and what needs it, inside its functions: `tuki --help` reads all of them.
"""

import importlib
import os
import pkgutil
import sys
from typing import NoReturn

import click


class _Folder(click.Group):
    """Commands that are found in this folder and loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"tuki.cli.{name}").command
        return command


@click.command(cls=_Folder, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Tuki, a help center and service desk.

    Settings come from the environment: TUKI_DATA, TUKI_DATABASE_URL, TUKI_URL and others; see docs/operations.md.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tuki.config.settings")


def fail(why: object) -> NoReturn:
    """End with one line that says why."""
    sys.exit(f"tuki: {why}")

"""`tuki django`: Django's own commands, for whoever works on Tuki."""

import sys

import click


@click.command(
    hidden=True,
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run one of Django's commands, such as `makemigrations --check`."""
    from django.core.management import execute_from_command_line

    execute_from_command_line([f"{sys.argv[0]} django", *arguments])

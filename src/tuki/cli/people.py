"""`tuki people`: people and companies, many at a time."""

from pathlib import Path

import click

from tuki.cli import fail


@click.group()
def command() -> None:
    """Make people and companies known."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what is wrong with each line, and change nothing.")
def take_in(file: Path, dry_run: bool) -> None:
    """Take in a CSV table of people and companies; its columns are told in docs/operations.md.

    Lines that can't be done are told and stop no other. Ends with 1 where there are any.
    """
    import django

    django.setup()
    from tuki.journal.via import Via
    from tuki.lib.refusal import Refused
    from tuki.people import actions, lists, queries
    from tuki.people.actor import Actor

    by = Actor(queries.system(), Via.IMPORT)
    try:
        batch = actions.begin_import(file.name, file.read_bytes(), by=by)
    except Refused as refused:
        fail(refused)
    while actions.work_on_import(batch.pk, by=by):
        pass
    if not dry_run:
        actions.run_import(batch, by=by)
        while actions.work_on_import(batch.pk, by=by):
            pass
    for line in lists.wrong_lines(batch):
        click.echo(f"{file.name}:{line.number}: {line.data['email']}: {line.words}")
    told = lists.progress(batch)
    click.echo(f"{told.lines - told.wrong} of {told.lines} lines {'can be' if dry_run else 'were'} done")
    raise SystemExit(1 if told.wrong else 0)

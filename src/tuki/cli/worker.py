"""`tuki worker`."""

import click

from tuki.cli._serving import serve


@click.command()
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 64), help="Jobs done at once.")
def command(threads: int) -> None:
    """Run jobs, timers and mail only, beside pages elsewhere."""
    from tuki.config.server.layout import Layout

    serve(Layout(web=0, worker_threads=threads))

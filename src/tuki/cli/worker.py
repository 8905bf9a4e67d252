"""`tuki worker`."""

import click

from tuki.cli._serving import serve, worker_options


@click.command()
@worker_options
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 64), help="Jobs done at once by each.")
def command(workers: int, threads: int) -> None:
    """Run jobs, timers and mail only, beside pages elsewhere."""
    from tuki.config.server.layout import Layout

    serve(Layout(web=0, workers=workers, worker_threads=threads))

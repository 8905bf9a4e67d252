"""`tuki serve`."""

import click

from tuki.cli._serving import serve, web_options, worker_options


@click.command()
@web_options
@worker_options
def command(host: str, port: int, processes: int | None, threads: int, plain: bool, workers: int) -> None:
    """Run everything: pages, live updates, jobs, timers and mail."""
    from tuki.config.server.layout import Layout

    serve(Layout(host, port, web=processes, threads=threads, plain=plain, workers=workers))

"""`tuki web`."""

import click

from tuki.cli._serving import serve, web_options


@click.command()
@web_options
def command(host: str, port: int, processes: int | None, threads: int, plain: bool) -> None:
    """Run pages and live updates only, beside a worker elsewhere."""
    from tuki.config.server.layout import Layout

    serve(Layout(host, port, web=processes, threads=threads, plain=plain, workers=0))

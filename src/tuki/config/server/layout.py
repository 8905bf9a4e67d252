"""What a command asks to be run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """Which processes to run. web: how many serve pages; None is as many as the database is good for. workers: how many
    do jobs, and fetch and take mail."""

    host: str = "127.0.0.1"
    port: int = 8000
    web: int | None = None
    threads: int = 4  # of each web process
    workers: int = 1
    worker_threads: int = 2  # of each
    plain: bool = False


class CannotStart(Exception):
    """Says in one line why."""

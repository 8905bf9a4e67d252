"""The real `tuki` command with a few things otherwise: python -m tests.plugins.served serve --port 8000

Here it remembers the desk's rules for a moment only: each test has a desk of its own. The product knows nothing of
this: what differs is set before its processes part.
"""

import sys
from collections.abc import Callable

import django

REMEMBERS = 0.05  # seconds


def tuki(change: Callable[[], None]) -> None:
    """Run the command of our own arguments. change: what is done once Django is there, and before anything else."""
    set_up = django.setup

    def set_up_changed(set_prefix: bool = True) -> None:
        django.setup = set_up  # once is enough
        set_up(set_prefix)
        change()

    django.setup = set_up_changed
    from tuki.cli import main

    sys.argv[0] = "tuki"
    main()


def remember_for_a_moment() -> None:
    from tuki.desk import queries

    queries._FRESH = REMEMBERS


if __name__ == "__main__":
    tuki(remember_for_a_moment)

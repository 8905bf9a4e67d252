"""`tuki docs`: the pages of docs/ that are made from code."""

from __future__ import annotations

import dataclasses
import inspect
import textwrap
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

import click

from tuki.cli import fail

if TYPE_CHECKING:
    from tuki.journal.events import Event

DOCS = Path(__file__).resolve().parents[3] / "docs"
WIDTH = 120


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail where a page is stale.")
def command(check: bool) -> None:
    """Write docs/events.md anew from the code."""
    import django

    django.setup()
    page, text = DOCS / "events.md", events_page()
    if not check:
        page.write_text(text, encoding="utf-8")
    elif not page.exists() or page.read_text(encoding="utf-8") != text:
        fail("docs/events.md is stale; `bin/tuki docs` writes it anew")


def events_page() -> str:
    """All events there are, by app."""
    from tuki.journal.events import EVENTS

    kinds = sorted(EVENTS.values(), key=lambda kind: (_app(kind), kind.name))
    lines = [
        "# Events",
        "",
        *_wrapped(
            "What the journal says of what was done, and what handlers hear. Made from code by `tuki docs`. "
            "Every entry also has what it was done to, by whom, via what and when."
        ),
    ]
    for app, of_app in groupby(kinds, _app):
        lines += ["", f"## {app}"]
        for kind in of_app:
            lines += ["", *_about(kind)]
    return "\n".join(lines) + "\n"


def _app(kind: type[Event]) -> str:
    return kind.__module__.removeprefix("tuki.").rpartition(".")[0]


def _about(kind: type[Event]) -> Iterator[str]:
    yield f"### {kind.name}"
    yield from _wrapped(" ".join((inspect.getdoc(kind) or "").split()))
    types = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        yield f"- `{field.name}`: {_named(types[field.name])}"
    if getattr(kind, "internal", False):
        yield "- For agents only."
    yield from _wrapped(f"- Forgets: {kind.forgets}", "  ")


def _named(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else str(kind)


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False)

"""`tuki mail`: how the desk's mail fares outside."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from tuki.cli import fail

if TYPE_CHECKING:
    from tuki.mail.trust.check import Finding

_MARKS = {"good": "ok", "advice": "note", "wrong": "WRONG", "unknown": "?"}


@click.group()
def command() -> None:
    """Look after mail."""


@command.command()
@click.option("--domain", default="", help="One domain only; all that the desk writes from unless given.")
@click.option("--language", default="", help="Of the answers; the desk's unless given.")
def check(domain: str, language: str) -> None:
    """Say what is missing for the desk's mail to be believed: SPF, DKIM, DMARC, MX, and the server that takes it.

    Ends with 1 where something is wrong.
    """
    import django

    django.setup()
    from django.db import DatabaseError
    from django.utils import translation

    from tuki.desk.queries import the_desk
    from tuki.mail.trust.check import check as look

    try:
        with translation.override(language or the_desk().language):
            report = look(domain)
    except DatabaseError as error:
        fail(f"the database can't be used: {str(error).strip().splitlines()[0]}")
    _show("", report.server)
    for one in report.domains:
        _show(f"{one.domain} ({', '.join(one.addresses)})" if one.addresses else one.domain, one.findings)
    raise SystemExit(1 if report.is_wrong else 0)


def _show(title: str, findings: "Iterable[Finding]") -> None:
    if title:
        click.echo(f"\n{title}")
    for finding in findings:
        click.echo(f"{_MARKS[finding.standing.value]:>5}  {finding.about:<5}  {finding.words}")
        if finding.found:
            click.echo(f"{'':14}= {finding.found}")
        if finding.publish:
            click.echo(f"{'':14}+ {finding.publish.name}  {finding.publish.type}  {finding.publish.value}")

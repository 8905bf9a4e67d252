"""`tuki person`: the first people of a desk, who can't yet be made on its pages, and the last who can let others in."""

import click

from tuki.cli import fail

ROLES = ("customer", "agent", "administrator")


@click.group()
def command() -> None:
    """Make people, and let them in."""


@command.command()
@click.argument("email")
@click.option("--name", default="", help="Their name.")
@click.option("--role", type=click.Choice(ROLES), default="customer", show_default=True)
def add(email: str, name: str, role: str) -> None:
    """Make a person, and print a one-time link with which they set a password."""
    _begin()
    from django.conf import settings
    from django.urls import reverse

    from tuki.lib.refusal import Refused
    from tuki.people import actions, invitations, queries
    from tuki.people.actor import Actor
    from tuki.people.models import Role

    try:
        person = actions.add_person(email, name=name, role=Role(role), by=Actor(queries.system()))
    except Refused as refused:
        fail(refused)
    link = reverse("portal:welcome", args=[person.language, invitations.token_for(person)])
    click.echo(settings.PUBLIC_URL + link)


@command.command("reset-two-step")
@click.argument("email")
def reset_two_step(email: str) -> None:
    """Let somebody sign in who has lost their second factor: a desk's only administrator, say."""
    _begin()
    from tuki.lib.refusal import Refused
    from tuki.people import actions, queries
    from tuki.people.actor import Actor

    person = queries.account(email)
    if person is None:
        fail(f"Nobody signs in as {email}.")
    try:
        actions.reset_two_factor(person, by=Actor(queries.system()))
    except Refused as refused:
        fail(refused)
    click.echo(f"{person} signs in without a second step, and is signed out everywhere.")


def _begin() -> None:
    import django

    from tuki.config.server.layout import CannotStart
    from tuki.config.server.serve import prepare

    django.setup()
    try:
        prepare()
    except CannotStart as why:
        fail(why)

"""Who is on the desk that dies: `python -m tests.crash.scene desk` puts them there, on the database of its environment.

python -m tests.crash.scene source PORT USER mark|move     an account from which mail is fetched
python -m tests.crash.scene followers COUNT                readers who follow its news by their addresses
"""

import sys
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from tuki.knowledge.models import Section

PASSWORD = "correct horse battery"
AGENT = "eva@festum.example"
CUSTOMERS = tuple(f"{name}@acme.example" for name in ("ada", "bert", "carol", "dora"))
TITLE = "Maintenance on Sunday"


def readers(count: int) -> tuple[list[str], list[str]]:
    """Addresses of followers: of those who are told at once, and of those who are in the morning."""
    addresses = [f"reader{n}@far{n % 97}.example" for n in range(count)]
    return [one for n, one in enumerate(addresses) if n % 3], addresses[::3]


def set_up() -> None:
    from allauth.account.models import EmailAddress

    from tuki.blueprint import actions as blueprints
    from tuki.blueprint.reading import SHIPPED, read_folder
    from tuki.config.server.prepare import prepare
    from tuki.desk.models import Desk
    from tuki.journal.via import Via
    from tuki.knowledge import actions as knowledge
    from tuki.people import actions as people
    from tuki.people.actor import Actor
    from tuki.people.models import Person, Role
    from tuki.people.queries import system
    from tuki.tickets import actions as tickets

    prepare()
    machine = Actor(system(), Via.IMPORT)
    blueprints.apply(read_folder(SHIPPED / "festum"), by=machine)
    # More is said here within an hour than anybody says.
    Desk.objects.update(acknowledgements_each=10_000, acknowledgements_to_strangers=10_000)
    people.add_organization("Acme Oy", code="1001", domains=["acme.example"], by=machine)

    def make(address: str, role: Role) -> Person:
        person = people.add_person(
            address, name=address.partition("@")[0].title(), role=role, language="en", by=machine
        )
        person.set_password(PASSWORD)
        person.save()
        EmailAddress.objects.filter(user=person).update(verified=True)
        return person

    agent = make(AGENT, Role.AGENT)
    for address in CUSTOMERS:
        customer = make(address, Role.CUSTOMER)
        # One that the customer goes on about, one that the agent does.
        for subject in ("The customer's", "The agent's"):
            ticket = tickets.submit(subject, "<p>It began so.</p>", by=Actor(customer))
            tickets.assign(ticket, agent, by=Actor(agent))
    article = knowledge.make_article(_news(), TITLE, "<p>We work at night.</p>", language="en", by=Actor(agent))
    knowledge.publish(article.translations.get(), version=article.translations.get().version, by=Actor(agent))


def _news() -> "Section":
    from tuki.knowledge.models import Section

    return Section.objects.get(key="service")


def add_followers(count: str) -> None:
    from django.utils import timezone

    from tuki.knowledge.models import Following, Pace

    section, now = _news(), timezone.now()
    at_once, daily = readers(int(count))
    Following.objects.bulk_create(
        [
            Following(section=section, address=address, language="en", pace=pace, made_at=now, confirmed_at=now)
            for pace, addresses in ((Pace.AT_ONCE, at_once), (Pace.DAILY, daily))
            for address in addresses
        ],
        batch_size=1000,
    )


def add_source(port: str, user: str, afterwards: str) -> None:
    from tests.plugins.dovecot import PASSWORD as OF_ACCOUNT
    from tuki.journal.via import Via
    from tuki.mail import actions
    from tuki.people.actor import Actor
    from tuki.people.queries import system

    actions.add_source(
        host="127.0.0.1",
        port=int(port),
        security="none",
        user=user,
        secret=OF_ACCOUNT,
        afterwards=afterwards,
        move_to="Done" if afterwards == "move" else "",
        from_beginning=True,
        by=Actor(system(), Via.IMPORT),
    )


if __name__ == "__main__":
    django.setup()
    {"desk": set_up, "source": add_source, "followers": add_followers}[sys.argv[1]](*sys.argv[2:])

"""A demo's companies and their people: main contacts, whoever is invited or suspended, seats that end."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from tuki.demo.content import Cast, Company, Customer, Invited
from tuki.demo.telling import Stage, Step
from tuki.desk.models import WhoGivesSeats
from tuki.desk.queries import the_desk
from tuki.journal.via import Via
from tuki.people import actions as people
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Package, Person

_A_DAY = timedelta(days=1)


def companies(cast: Cast, persons: Mapping[str, Person], now: datetime, *, by: Actor) -> None:
    """Companies with their people, as they were when they became customers. by: who took them in, and when."""
    packages = {package.key: package for package in Package.objects.all()}
    for company in cast.companies.values():
        made = people.add_organization(
            company.name,
            code=company.code,
            domains=company.domains,
            who_sees=company.who_sees,
            package=packages[company.package],
            by=by,
        )
        _seat(company, _joined(company, made, cast, persons, by=by), cast, persons, now, by=by)


def _joined(
    company: Company, made: Organization, cast: Cast, persons: Mapping[str, Person], *, by: Actor
) -> dict[str, Membership]:
    """The company's people in it, by key."""
    return {
        customer.key: people.join(persons[customer.key], made, role="manager" if customer.manager else "member", by=by)
        for customer in cast.customers.values()
        if company.key in {customer.organization, *customer.also}
    }


def _seat(
    company: Company,
    places: Mapping[str, Membership],
    cast: Cast,
    persons: Mapping[str, Person],
    now: datetime,
    *,
    by: Actor,
) -> None:
    """Say who signed and who answers for them; then whoever gives seats at this desk gives them."""
    support = Actor(persons[cast.administrator.key], Via.WEB, by.at + _A_DAY)
    organization = places[company.main_contact].organization
    people.name_main_contact(places[company.main_contact], by=support)
    people.name_account_manager(organization, persons[company.account_manager], by=support)
    if company.note:
        people.change_organization(organization, note=company.note, by=support)
    rule = the_desk().who_gives_seats
    if rule == WhoGivesSeats.NOBODY:
        return
    giver = persons[company.main_contact] if rule == WhoGivesSeats.COMPANY else support.person
    for key, place in places.items():
        customer = cast.customers[key]
        if customer.seat:
            until = now + timedelta(days=customer.seat_ends_in_days) if customer.seat_ends_in_days else None
            people.give_seat(place, until=until, by=Actor(giver, Via.WEB, support.at + _A_DAY))


def lately(stage: Stage, now: datetime) -> Iterator[Step]:
    """What companies did with their people a short while ago, each with its moment."""
    for invited in stage.cast.invited:
        yield now - timedelta(days=invited.age_days), partial(_invite, invited, stage)
    for customer in stage.cast.customers.values():
        if customer.suspended_days:
            moment = now - timedelta(days=customer.suspended_days)
            yield moment, partial(_suspend, customer, stage)


def _invite(invited: Invited, stage: Stage, at: datetime) -> None:
    manager = _manager(invited.organization, stage, at)
    people.invite_colleague(
        _organization(invited.organization, stage),
        invited.email,
        name=invited.name,
        language=invited.language,
        with_seat=invited.seat,
        by=manager,
    )


def _suspend(customer: Customer, stage: Stage, at: datetime) -> None:
    place = stage.persons[customer.key].memberships.get(organization=_organization(customer.organization, stage))
    people.suspend(place, by=_manager(customer.organization, stage, at))


def _manager(company: str, stage: Stage, at: datetime) -> Actor:
    return Actor(stage.persons[stage.cast.companies[company].main_contact], Via.WEB, at)


def _organization(company: str, stage: Stage) -> Organization:
    return Organization.objects.get(code=stage.cast.companies[company].code)

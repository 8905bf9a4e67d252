"""Who may change what of people."""

from tuki.desk.models import WhoGivesSeats
from tuki.desk.queries import the_desk
from tuki.people.actor import Actor
from tuki.people.models import Organization, Person, Role
from tuki.people.standing import place


def may_sign_in(person: Person) -> bool:
    """Whoever is here under this row: not a closed account, not a duplicate that was merged, not the desk itself."""
    return person.is_active and person.merged_into_id is None and not person.is_system


def may_run_account(viewer: Actor, person: Person) -> bool:
    """Choose how one signs in and by which addresses one is known: nobody does that for somebody else."""
    return viewer.is_system or viewer.person == person


def may_reset_two_factor(viewer: Actor, person: Person) -> bool:
    """Let somebody else in who has lost their second factor: never oneself, or a browser left open would do."""
    return may_give_roles(viewer) and viewer.person != person


def may_change_profile(viewer: Actor, person: Person) -> bool:
    """Oneself, or an agent for a customer, or an administrator for anyone."""
    if viewer.is_system or viewer.person == person:
        return True
    if viewer.person is not None and viewer.person.role == Role.ADMINISTRATOR:
        return True
    return viewer.is_agent and person.role == Role.CUSTOMER


def may_run_people(viewer: Actor) -> bool:
    """Add people and companies, give seats, send sign-in links, merge duplicates."""
    return viewer.is_agent or viewer.is_system


def may_run_company(viewer: Actor, organization: Organization | int) -> bool:
    """Invite and suspend a company's people, and say who of them are its managers: its managers, and support (D7)."""
    return may_run_people(viewer) or _manages(viewer, organization)


def may_give_seats(viewer: Actor, organization: Organization | int) -> bool:
    """Let people of a company use support, and end it: whom the desk's setting names, and support."""
    rule = the_desk().who_gives_seats
    if rule == WhoGivesSeats.NOBODY:
        return False
    return may_run_people(viewer) or (rule == WhoGivesSeats.COMPANY and _manages(viewer, organization))


def _manages(viewer: Actor, organization: Organization | int) -> bool:
    person = viewer.person
    if person is None or not person.is_active:
        return False
    return (organization if isinstance(organization, int) else organization.pk) in place(person).managed


def may_set_up(viewer: Actor) -> bool:
    """See and change how the desk itself runs."""
    return viewer.is_system or (
        viewer.is_agent and viewer.person is not None and viewer.person.role == Role.ADMINISTRATOR
    )


def may_give_roles(viewer: Actor) -> bool:
    return viewer.is_system or (viewer.person is not None and viewer.person.role == Role.ADMINISTRATOR)

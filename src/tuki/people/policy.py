"""Who may change what of people."""

from tuki.people.actor import Actor
from tuki.people.models import Person, Role


def may_sign_in(person: Person) -> bool:
    """Whoever is here under this row: not a closed account, not a duplicate that was merged, not the desk itself."""
    return person.is_active and person.merged_into_id is None and not person.is_system


def may_run_account(viewer: Actor, person: Person) -> bool:
    """Choose how one signs in and by which addresses one is known: nobody does that for somebody else."""
    return viewer.is_system or viewer.person == person


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


def may_set_up(viewer: Actor) -> bool:
    """See and change how the desk itself runs."""
    return viewer.is_system or (
        viewer.is_agent and viewer.person is not None and viewer.person.role == Role.ADMINISTRATOR
    )


def may_give_roles(viewer: Actor) -> bool:
    return viewer.is_system or (viewer.person is not None and viewer.person.role == Role.ADMINISTRATOR)

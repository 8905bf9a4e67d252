"""Who may handle single mails, and the ways they come."""

from tuki.mail.models import Delivery
from tuki.people import policy as people
from tuki.people.actor import Actor


def may_run_mail(viewer: Actor) -> bool:
    """Read a mail again, put one on a ticket, send one again, stop one; say where mail is fetched."""
    return people.may_set_up(viewer)


def may_see_to(viewer: Actor, delivery: Delivery) -> bool:
    """Send this mail again, stop it, let it rest: whoever may run any, and the agent who wrote what it carries."""
    return may_run_mail(viewer) or (viewer.is_agent and delivery.author_id == viewer.person_id)


def may_run_addresses(viewer: Actor) -> bool:
    """Choose which addresses are not written to, and whose mail is spam."""
    return viewer.is_agent or viewer.is_system

"""Who may handle single mails, and the ways they come."""

from tuki.mail.models import Delivery
from tuki.people.actor import Actor
from tuki.people.models import Role


def may_run_mail(viewer: Actor) -> bool:
    """Read a mail again, send one again, stop one; say where mail is fetched."""
    return viewer.is_system or (
        viewer.is_agent and viewer.person is not None and viewer.person.role == Role.ADMINISTRATOR
    )


def may_see_to(viewer: Actor, delivery: Delivery) -> bool:
    """Send this mail again, stop it, let it rest: whoever may run any, and the agent who wrote what it carries."""
    return may_run_mail(viewer) or (viewer.is_agent and delivery.author_id == viewer.person_id)

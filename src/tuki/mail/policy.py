"""Who may handle single mails, and the ways they come."""

from tuki.people.actor import Actor
from tuki.people.models import Role


def may_run_mail(viewer: Actor) -> bool:
    """Read a mail again, send one again, stop one; say where mail is fetched."""
    return viewer.is_system or (
        viewer.is_agent and viewer.person is not None and viewer.person.role == Role.ADMINISTRATOR
    )

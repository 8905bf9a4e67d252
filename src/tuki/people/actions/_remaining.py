"""The one administrator whom a desk can't lose: asked when an account is closed, and when a role changes."""

from django.utils.translation import gettext_lazy as _

from tuki.lib.refusal import Refused
from tuki.people.models import Person, Role


def require_another_administrator(person: Person) -> None:
    """Raise Refused where nobody could set the desk up any more without this person. Administrators stay locked."""
    # In one order, so that of two administrators who close each other one is left.
    administrators = Person.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True)
    left = [one.pk for one in administrators.order_by("pk")]
    if left == [person.pk]:
        raise Refused(_("%(person)s is the only administrator. Make somebody else one first.") % {"person": person})

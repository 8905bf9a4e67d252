"""What allauth does by itself and others may want to know of, written down."""

from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from tuki.doors.arrivals import SEEN_AT
from tuki.people import actions
from tuki.people.actor import Actor

if TYPE_CHECKING:
    from tuki.people.models import Person


@receiver(authenticator_added)
def a_second_factor_is_added(user: "Person", authenticator: Authenticator, **_more: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        actions.note_factor(authenticator, by=Actor(user))


@receiver(user_logged_in)
def a_session_begins(request: HttpRequest, **_more: Any) -> None:
    request.session[SEEN_AT] = int(timezone.now().timestamp())

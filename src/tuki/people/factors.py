"""What shows, beside a password or a code by mail, that it is them: an authenticator app, or a passkey."""

from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import BigIntegerField

from tuki.desk.queries import the_desk
from tuki.lib.questions import Question, Slot
from tuki.people.models import Person

APP, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
HAS_FACTOR = "has_factor"  # in a session: that its person had one

_FACTORS = Question(
    lambda: Authenticator.objects.filter(user=Slot("person", BigIntegerField()), type__in=(APP, PASSKEY)).order_by("pk")
)


def factors_of(person: int) -> list[Authenticator]:
    """A person's second factors, the oldest first. Recovery codes stand in for one, and are none."""
    return _FACTORS.ask(person=person)


def must_have(person: Person) -> bool:
    """Whether the desk asks a second factor of somebody in this role."""
    return person.role in the_desk().two_step_for


def is_missing(person: Person, session: SessionBase) -> bool:
    """Whether somebody must set up a second factor before anything else. Every request asks it.

    That there is one is kept in the session: whoever takes the last one away ends the others and forgets it here.
    """
    if not must_have(person) or session.get(HAS_FACTOR):
        return False
    if not factors_of(person.pk):
        return True
    session[HAS_FACTOR] = True
    return False

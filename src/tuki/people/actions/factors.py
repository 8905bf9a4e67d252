"""The second factors of signing in: one more, one taken away, all reset for somebody who has lost theirs."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.journal.events import Event
from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.people import events, factors, marks, policy
from tuki.people.actor import Actor
from tuki.people.models import Person


def note_factor(factor: Authenticator, *, by: Actor) -> None:
    """Write down that a person can sign in with one more second factor."""
    require(policy.may_run_account(by, factor.user))
    with transaction.atomic():
        record(_is_here(factor, True), on=factor.user, by=by)


def _is_here(factor: Authenticator, here: bool) -> Event:
    if factor.type == factors.PASSKEY:
        return events.PasskeyAdded() if here else events.PasskeyRemoved()
    return events.TwoFactorChanged(here)


def remove_factor(factor: Authenticator, *, keep_session: str = "", by: Actor) -> None:
    """Cease to sign in with an app or a passkey. With the last one go the recovery codes and all other sessions.

    keep_session: the key of the session that asks. Raises Refused where it is the last, and the desk asks for one.
    """
    require(policy.may_run_account(by, factor.user))
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=factor.user_id)
        others = [other for other in factors.factors_of(person.pk) if other.pk != factor.pk]
        if not others and factors.must_have(person):
            raise Refused(
                _("Your role signs in with two steps, and this is the only way you have. Add another one first.")
            )
        if not Authenticator.objects.filter(pk=factor.pk).delete()[0]:
            return
        if not others:
            _be_without(person, keep_session=keep_session)
        record(_is_here(factor, False), on=person, by=by)


def reset_two_factor(person: Person, *, by: Actor) -> None:
    """Let somebody in who has lost their second factor: it goes, recovery codes and all, and every session ends."""
    require(policy.may_reset_two_factor(by, person))
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if not factors.factors_of(person.pk):
            raise Refused(_("This person signs in without a second step."))
        _be_without(person)
        record(events.TwoFactorReset(), on=person, by=by)


def _be_without(person: Person, *, keep_session: str = "") -> None:
    """Checks nothing: its callers have."""
    Authenticator.objects.filter(user=person).delete()
    marks.end_sessions(person, but=keep_session)

"""Accounts that are closed, and opened again."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.people import events, marks, policy
from tuki.people.actions._remaining import require_another_administrator
from tuki.people.actions._seating import ended
from tuki.people.actor import Actor
from tuki.people.models import Membership, Organization, Person


def close_account(person: Person, *, by: Actor) -> Person:
    """Shut somebody out at once: their sessions and their seats end. What they wrote stays.

    Raises Refused for oneself, and for the last administrator.
    """
    require(policy.may_give_roles(by))
    if person.pk == by.person_id:
        raise Refused(_("You can't close your own account. Ask another administrator."))
    with transaction.atomic():
        # Companies before people, as everybody who gives a seat holds them.
        companies = Membership.objects.filter(person=person).values("organization")
        list(Organization.objects.select_for_update().filter(pk__in=companies).order_by("pk").values_list("pk"))
        require_another_administrator(person)
        person = Person.objects.select_for_update().get(pk=person.pk)
        if not person.is_active or person.is_system:
            return person
        for membership in Membership.objects.filter(person=person).select_related("person", "organization"):
            ended(membership, by=by)
        person.is_active = False
        person.save(update_fields=["is_active"])
        marks.end_sessions(person)
        record(events.AccountClosed(), on=person, by=by)
    return person


def reopen_account(person: Person, *, by: Actor) -> Person:
    """Let somebody sign in again, with the role and the companies they had. Seats have to be given anew."""
    require(policy.may_give_roles(by))
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.merged_into_id is not None:
            raise Refused(_("This person was merged already."))
        if not person.is_active:
            person.is_active = True
            person.save(update_fields=["is_active"])
            record(events.AccountReopened(), on=person, by=by)
    return person

"""Hearing of what colleagues ask (A17)."""

from django.db import transaction

from tuki.journal.record import record
from tuki.lib.refusal import require
from tuki.people.actor import Actor
from tuki.people.models import Organization
from tuki.tickets import events, policy
from tuki.tickets.models import CompanyFollower


def follow_company(organization: Organization, *, by: Actor) -> None:
    """Get a mail for each new ticket of a company all of whose tickets one sees."""
    require(policy.may_follow_company(by, organization.pk))
    with transaction.atomic():
        _row, new = CompanyFollower.objects.get_or_create(organization=organization, person=by.person)
        if new:
            record(events.CompanyFollowed(), on=organization, by=by)


def unfollow_company(organization: Organization, *, by: Actor) -> None:
    """Get them no longer. It takes no right: who has lost the others keeps this one."""
    with transaction.atomic():
        if CompanyFollower.objects.filter(organization=organization, person=by.person).delete()[0]:
            record(events.CompanyUnfollowed(), on=organization, by=by)

"""What tickets do when people and companies turn out to be one, and when somebody gets the right to write."""

from tuki.jobs.queue import enqueue
from tuki.journal.models import Entry
from tuki.journal.record import hears
from tuki.mail.queries import waiting_for_right
from tuki.people.events import (
    MembershipAdded,
    MembershipRestored,
    OrganizationsMerged,
    PersonsMerged,
    PlaceAccepted,
    SeatGiven,
)
from tuki.tickets import jobs
from tuki.tickets.models import CompanyFollower, Copy, Message, ReadMark, Ticket


@hears(PersonsMerged)
def move_persons_tickets(event: PersonsMerged, entry: Entry) -> None:
    """All that was the duplicate's is the kept person's. The journal goes on saying who it was then."""
    kept, duplicate = entry.on_id, event.duplicate
    Ticket.objects.filter(requester=duplicate).update(requester=kept)
    Ticket.objects.filter(shown_updated_by=duplicate).update(shown_updated_by=kept)
    Message.objects.filter(author=duplicate).update(author=kept)
    held = Copy.objects.filter(person=kept).values("ticket")
    Copy.objects.filter(person=duplicate, ticket__in=held).delete()
    Copy.objects.filter(person=duplicate).update(person=kept)
    Copy.objects.filter(person=kept, ticket__in=Ticket.objects.filter(requester=kept).values("pk")).delete()
    ReadMark.objects.filter(person=duplicate).delete()
    followed = list(CompanyFollower.objects.filter(person=kept).values_list("organization", flat=True))
    CompanyFollower.objects.filter(person=duplicate, organization__in=followed).delete()
    CompanyFollower.objects.filter(person=duplicate).update(person=kept)


@hears(OrganizationsMerged)
def move_organizations_tickets(event: OrganizationsMerged, entry: Entry) -> None:
    kept, duplicate = entry.on_id, event.duplicate
    Ticket.objects.filter(organization=duplicate).update(organization=kept)
    followers = list(CompanyFollower.objects.filter(organization=kept).values_list("person", flat=True))
    CompanyFollower.objects.filter(organization=duplicate, person__in=followers).delete()
    CompanyFollower.objects.filter(organization=duplicate).update(organization=kept)


@hears(SeatGiven, MembershipAdded, MembershipRestored, PlaceAccepted)
def take_up_what_waits(event: SeatGiven | MembershipAdded | MembershipRestored | PlaceAccepted, entry: Entry) -> None:
    """What somebody wrote before they had the right to is read again, if they have it now."""
    if waiting_for_right(event.person, at=entry.at).exists():
        enqueue(jobs.take_up_mails, person=event.person)

"""All that happens to a ticket.

`internal` events are for agents: customers neither read their line nor hear that something happened. After those that
`narrow` somebody who knew of the ticket may not any more.
"""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from tuki.journal.events import Event

_IDS_ONLY = "Holds ids only; erasure blanks the rows they point to."


@dataclass(frozen=True)
class TicketEvent(Event):
    """Something that happened to a ticket."""

    internal: ClassVar[bool] = False
    narrows: ClassVar[bool] = False


@dataclass(frozen=True)
class Submitted(TicketEvent):
    """A customer asked for help, or an agent did on their behalf."""

    message: int

    name = "ticket.submitted"
    line = _("submitted the request")
    forgets = _IDS_ONLY


@dataclass(frozen=True)
class Replied(TicketEvent):
    """Somebody said something that both sides can read."""

    message: int

    name = "ticket.replied"
    line = _("replied")
    forgets = _IDS_ONLY


@dataclass(frozen=True)
class Noted(TicketEvent):
    """An agent said something that only agents read."""

    message: int

    name = "ticket.noted"
    line = _("wrote an internal note")
    forgets = _IDS_ONLY
    internal = True


@dataclass(frozen=True)
class MailPlaced(TicketEvent):
    """An administrator put a mail on the ticket as its sender's message, which it had not become by itself."""

    message: int

    name = "ticket.mail_placed"
    line = _("put the mail here by hand")
    forgets = _IDS_ONLY
    internal = True


@dataclass(frozen=True)
class Assigned(TicketEvent):
    """An agent was given the ticket, or it was taken from one."""

    old: int | None
    new: int | None

    name = "ticket.assigned"
    line = _("assigned the request to %(new)s")
    forgets = _IDS_ONLY
    internal = True
    narrows = True


@dataclass(frozen=True)
class TakenOver(TicketEvent):
    """The ticket of an agent who has left went to whoever takes over, or back to its team's queue."""

    old: int | None
    new: int | None

    name = "ticket.taken_over"
    line = _("passed the request on from %(old)s, who has left, to %(new)s")
    forgets = _IDS_ONLY
    internal = True
    narrows = True


@dataclass(frozen=True)
class DepartureBegun(Event):
    """An agent left, and what they had goes to whoever takes over, or to the teams' queues."""

    successor: int | None

    name = "person.left"
    line = _("had everything handed over to: %(successor)s")
    forgets = _IDS_ONLY


@dataclass(frozen=True)
class HandedOver(TicketEvent):
    """Another team's queue got the ticket."""

    old: int | None
    new: int | None

    name = "ticket.handed_over"
    line = _("handed the request over to %(new)s")
    forgets = "Ids of teams."
    internal = True
    narrows = True


@dataclass(frozen=True)
class StatusChanged(TicketEvent):
    """The ticket went from one unsolved status to another."""

    old: int
    new: int

    name = "ticket.status_changed"
    line = _("changed the status from %(old)s to %(new)s")
    forgets = "Ids of statuses."


@dataclass(frozen=True)
class Solved(TicketEvent):
    """The matter was dealt with, or rejected. with_message: the public message that said so, if one did."""

    old: int
    new: int
    with_message: int | None = None

    name = "ticket.solved"
    line = _("changed the status from %(old)s to %(new)s")
    forgets = "Ids of statuses and a message."


@dataclass(frozen=True)
class Reopened(TicketEvent):
    """A solved ticket became somebody's turn again."""

    old: int
    new: int

    name = "ticket.reopened"
    line = _("reopened the request")
    forgets = "Ids of statuses."


@dataclass(frozen=True)
class SubjectChanged(TicketEvent):
    """The subject was written anew. old: the FormerText that keeps what it was."""

    old: int

    name = "ticket.subject_changed"
    line = _("changed the subject; it was “%(old)s”")
    forgets = "The former subject lies in a row of its own that erasure blanks."


@dataclass(frozen=True)
class SeverityChanged(TicketEvent):
    """The customer's word on how grave it is changed."""

    old: str
    new: str

    name = "ticket.severity_changed"
    line = _("changed the severity from %(old)s to %(new)s")
    forgets = "Keys of the desk's list."


@dataclass(frozen=True)
class PriorityChanged(TicketEvent):
    """Support's word on how urgent it is changed."""

    old: int | None
    new: int | None

    name = "ticket.priority_changed"
    line = _("changed the priority from %(old)s to %(new)s")
    forgets = "Numbers of the desk's scale."


@dataclass(frozen=True)
class ProductChanged(TicketEvent):
    """What the ticket is about was corrected: product and module, as [product id, module id]."""

    old: list[int | None]
    new: list[int | None]

    name = "ticket.product_changed"
    line = _("changed the product to %(new)s")
    forgets = "Ids of products."


@dataclass(frozen=True)
class RequesterChanged(TicketEvent):
    """The ticket turned out to be another person's matter."""

    old: int
    new: int

    name = "ticket.requester_changed"
    line = _("changed the requester from %(old)s to %(new)s")
    forgets = _IDS_ONLY
    internal = True
    narrows = True


@dataclass(frozen=True)
class CopyAdded(TicketEvent):
    """Somebody gets public messages from now on."""

    person: int

    name = "ticket.copy_added"
    line = _("added %(person)s in copy")
    forgets = _IDS_ONLY


@dataclass(frozen=True)
class CopyRemoved(TicketEvent):
    """Somebody gets public messages no longer."""

    person: int

    name = "ticket.copy_removed"
    line = _("removed %(person)s from the copies")
    forgets = _IDS_ONLY
    narrows = True


@dataclass(frozen=True)
class Left(TicketEvent):
    """Somebody in copy wants to hear no longer."""

    name = "ticket.left"
    line = _("left the conversation")
    forgets = "Nothing beside the entry's own person."
    narrows = True


@dataclass(frozen=True)
class CameBack(TicketEvent):
    """Somebody who had left the conversation is in copy again."""

    name = "ticket.came_back"
    line = _("came back to the conversation")
    forgets = "Nothing beside the entry's own person."


@dataclass(frozen=True)
class Followed(TicketEvent):
    """An agent wants to hear of what happens."""

    person: int

    name = "ticket.followed"
    line = _("follows the request")
    forgets = _IDS_ONLY
    internal = True


@dataclass(frozen=True)
class CompanyFollowed(Event):
    """A customer wants to hear of each new ticket of their company."""

    name = "organization.followed"
    line = _("follows the company’s requests")
    forgets = "Nothing beside the entry's own person."


@dataclass(frozen=True)
class CompanyUnfollowed(Event):
    """A customer wants to hear of their company's tickets no longer."""

    name = "organization.unfollowed"
    line = _("no longer follows the company’s requests")
    forgets = "Nothing beside the entry's own person."


@dataclass(frozen=True)
class Unfollowed(TicketEvent):
    """An agent wants to hear no longer."""

    person: int

    name = "ticket.unfollowed"
    line = _("no longer follows the request")
    forgets = _IDS_ONLY
    internal = True
    narrows = True


@dataclass(frozen=True)
class Tagged(TicketEvent):
    """Tags were added or removed."""

    added: list[str]
    removed: list[str]

    name = "ticket.tagged"
    line = _("changed the tags: %(added)s %(removed)s")
    forgets = "Words of agents about the matter; the desk's policy keeps persons out of tags."
    internal = True


@dataclass(frozen=True)
class ConfidentialityChanged(TicketEvent):
    """The ticket was hidden from all but its own people, or shown again."""

    confidential: bool

    name = "ticket.confidentiality_changed"
    line = _("changed who may see the request")
    forgets = "Nothing of a person."
    internal = True
    narrows = True


@dataclass(frozen=True)
class MessageRedacted(TicketEvent):
    """What a message said was removed for good."""

    message: int
    of_note: bool

    name = "ticket.message_redacted"
    line = _("removed what a message said")
    forgets = "The id of a row that is blank by then."
    internal = True


@dataclass(frozen=True)
class FileRedacted(TicketEvent):
    """A file was removed for good."""

    file: int

    name = "ticket.file_redacted"
    line = _("removed a file")
    forgets = "The id of a row that is blank by then."
    internal = True


@dataclass(frozen=True)
class Trashed(TicketEvent):
    """The ticket was put away; customers see it no longer."""

    name = "ticket.trashed"
    line = _("moved the request to the trash")
    forgets = "Nothing of a person."
    internal = True
    narrows = True


@dataclass(frozen=True)
class Restored(TicketEvent):
    """The ticket was taken out of the trash."""

    name = "ticket.restored"
    line = _("restored the request from the trash")
    forgets = "Nothing of a person."
    internal = True


@dataclass(frozen=True)
class MarkedAsSpam(TicketEvent):
    """Somebody found that the ticket is spam; it is put away, and its sender hears nothing of it."""

    blocked: bool  # whether what its requester sends is spam from then on

    name = "ticket.marked_as_spam"
    line = _("marked the request as spam")
    forgets = "Nothing of a person."
    internal = True
    narrows = True


@dataclass(frozen=True)
class CaughtAsSpam(TicketEvent):
    """A ticket was put away as spam as it came in."""

    rule: str  # the kind of rule; empty where it answers a ticket that is spam

    name = "ticket.caught_as_spam"
    line = _("put the request away as spam: %(rule)s")
    forgets = "A kind of rule."
    internal = True
    narrows = True


@dataclass(frozen=True)
class FoundNoSpam(TicketEvent):
    """A ticket that had been taken for spam was found to be none."""

    name = "ticket.found_no_spam"
    line = _("found that the request is no spam")
    forgets = "Nothing of a person."
    internal = True

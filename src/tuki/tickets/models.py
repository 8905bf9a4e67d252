"""A ticket, what is said on it, and who has to do with it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tuki.desk.labels import Labels, label
from tuki.desk.models import Module, Product
from tuki.files.models import File
from tuki.journal.via import Via
from tuki.knowledge.models import Article
from tuki.people.models import Organization, Person, Team
from tuki.tickets.doubt import Doubt


class State(models.TextChoices):
    """Where a ticket stands for the machine. A desk names its statuses; each belongs to one state."""

    NEW = "new", _("New")  # nobody has looked
    OPEN = "open", _("Open")  # our turn
    PENDING = "pending", _("Pending")  # the customer's: response clocks stand still
    HOLD = "hold", _("On hold")  # a third party's
    SOLVED = "solved", _("Solved")  # a reply may reopen it
    CLOSED = "closed", _("Closed")  # for good: a reply starts a follow-up


UNSOLVED = (State.NEW, State.OPEN, State.PENDING, State.HOLD)


class Status(models.Model):
    """A desk's own name for where a ticket stands. The first of each state is what the machine sets by itself."""

    key = models.SlugField(unique=True)
    state = models.CharField(max_length=8, choices=State)
    labels: models.Field[Labels, Labels] = models.JSONField(default=dict)  # as agents read it
    customer_labels: models.Field[Labels, Labels] = models.JSONField(default=dict)  # as customers read it
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return label(self.labels)

    @property
    def for_customers(self) -> str:
        return label(self.customer_labels or self.labels)


_UNSOLVED = Q(solved_at=None, trashed_at=None)


class Counter(models.Model):
    """The number given last. One row, locked last before a commit, so that numbers have no gaps."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Ticket(models.Model):
    """One matter, from its first message to its last.

    What is said on it is a Message; what is done to it is a journal entry.
    """

    # What people read out on the phone: gapless, never reused, and not the row's id. Null only inside the transaction
    # that submits the ticket, which takes the number as its last act.
    number: models.Field[int, int] = models.PositiveIntegerField(  # type: ignore[misc]  # an int to all who read it
        unique=True, null=True, editable=False
    )
    subject = models.CharField(max_length=200)
    # The subject folded for finding words in it: SQLite's own comparison knows only ASCII.
    folded_subject = models.CharField(max_length=400)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="+")
    requester = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    assignee = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    severity = models.CharField(max_length=40, blank=True)  # the customer's own word: a key of the desk's list
    priority = models.PositiveSmallIntegerField(null=True, blank=True)  # support's scale: 1 is the most urgent
    language = models.CharField(max_length=8)
    via = models.CharField(max_length=6, choices=Via)
    # For its assignee, its team and its followers only, and for no colleague of the requester.
    confidential = models.BooleanField(default=False)
    trashed_at = models.DateTimeField(null=True, blank=True)
    # Put away as spam: kept apart from the trash, and hidden as that is.
    spam = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    ours = models.BooleanField(default=True)  # new or open: the desk has to act
    # When the turn last changed sides. Lists sort by it, clocks start from it.
    turn_since = models.DateTimeField()
    updated_at = models.DateTimeField()
    # The same as customers may know it: an internal note must not show, not even by its time.
    shown_updated_at = models.DateTimeField()
    shown_updated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    first_answer_at = models.DateTimeField(null=True, blank=True)  # support's first public message
    solved_at = models.DateTimeField(null=True, blank=True)
    follow_up_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    # A stranger wrote with this other ticket's tag or chain: shown to agents only.
    mentions = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    # What its requester had read when they asked: shown to agents, and counted in reports.
    after_reading = models.ForeignKey(
        Article, on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    # Grows with each change: what was drawn of an older version is stale.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-number"]
        # One for each list, newest first. Their conditions are on NULLs and booleans: SQLite finds no use for a partial
        # index whose condition it would have to match with a query's parameters.
        indexes = [
            models.Index(fields=["-updated_at", "-id"], condition=_UNSOLVED, name="ticket_unsolved"),
            models.Index(
                fields=["-updated_at", "-id"], condition=_UNSOLVED & Q(assignee=None), name="ticket_unassigned"
            ),
            models.Index(fields=["assignee", "-updated_at", "-id"], condition=_UNSOLVED, name="ticket_assignee"),
            models.Index(fields=["team", "-updated_at", "-id"], condition=_UNSOLVED, name="ticket_team"),
            models.Index(fields=["-updated_at", "-id"], condition=_UNSOLVED & Q(ours=False), name="ticket_waiting"),
            models.Index(
                fields=["-solved_at", "-id"],
                condition=Q(solved_at__isnull=False, trashed_at=None),
                name="ticket_solved",
            ),
            models.Index(
                fields=["-trashed_at", "-id"], condition=Q(trashed_at__isnull=False, spam=False), name="ticket_trash"
            ),
            models.Index(
                fields=["-trashed_at", "-id"], condition=Q(trashed_at__isnull=False, spam=True), name="ticket_spam"
            ),
            models.Index(fields=["requester", "-shown_updated_at", "-id"], name="ticket_requester"),
            models.Index(fields=["organization", "-shown_updated_at", "-id"], name="ticket_organization"),
            # Of the few that have one: in an index of all, SQLite sees so many alike that it would rather read all.
            models.Index(fields=["follow_up_of"], condition=Q(follow_up_of__isnull=False), name="ticket_follow_up_of"),
            models.Index(fields=["mentions"], condition=Q(mentions__isnull=False), name="ticket_mentions"),
            models.Index(
                fields=["after_reading", "-created_at"],
                condition=Q(after_reading__isnull=False),
                name="ticket_after_reading",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(spam=False) | Q(trashed_at__isnull=False), name="spam_is_put_away")
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    @property
    def is_solved(self) -> bool:
        return self.state in {State.SOLVED, State.CLOSED}


class Message(models.Model):
    """What somebody said on a ticket: public, or internal for agents only."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    internal = models.BooleanField(default=False)
    by_support = models.BooleanField(default=False)  # said for the desk, not by a customer
    html = models.TextField()  # clean; pictures point to our own files
    quoted = models.TextField(blank=True)  # clean HTML that a mail repeated from earlier: kept, folded away
    excerpt = models.CharField(max_length=200)
    via = models.CharField(max_length=6, choices=Via)
    sent_at = models.DateTimeField()
    raw_mail = models.BigIntegerField(null=True, blank=True)  # the ledger's row it came from
    doubt = models.CharField(max_length=8, choices=Doubt, blank=True)
    redacted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sent_at", "pk"]
        indexes = [models.Index(fields=["ticket", "sent_at", "id"], name="message_thread")]

    def __str__(self) -> str:
        return self.excerpt


class Attachment(models.Model):
    """A file that came with a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    inline = models.BooleanField(default=False)  # a picture within the text

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file)


class Copy(models.Model):
    """Somebody who gets public messages too (cc)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="copies")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "copies"
        constraints = [models.UniqueConstraint(fields=["person", "ticket"], name="one_copy_each")]

    def __str__(self) -> str:
        return f"{self.person} in copy"


class Follower(models.Model):
    """An agent who wants to hear of what happens on a ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "ticket"], name="one_follower_each")]

    def __str__(self) -> str:
        return f"{self.person} follows"


class CompanyFollower(models.Model):
    """A customer who wants to hear of each new ticket of their company's (A17)."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "person"], name="one_follower_of_a_company_each")
        ]

    def __str__(self) -> str:
        return f"{self.person} follows {self.organization}"


class Tag(models.Model):
    """A word that agents put on a ticket to find its like."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=50)  # lower case

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name", "ticket"], name="one_tag_each")]

    def __str__(self) -> str:
        return self.name


class FormerText(models.Model):
    """Free text that was replaced. The journal points here, so that erasure can blank it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text[:50]


class Draft(models.Model):
    """An agent's unfinished message, or one that leaves in a moment and can still be taken back. Private."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    internal = models.BooleanField(default=False)
    html = models.TextField(blank=True)
    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    files = models.ManyToManyField(File, related_name="+", blank=True)
    saved_at = models.DateTimeField()
    sends_at = models.DateTimeField(null=True, blank=True)  # set: it leaves then, unless taken back
    held_because = models.CharField(max_length=300, blank=True)  # why it could not leave

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "ticket"], condition=Q(sends_at=None), name="one_unsent_draft_each"
            )
        ]
        indexes = [models.Index(fields=["ticket", "sends_at"], condition=Q(sends_at__isnull=False), name="draft_due")]

    def __str__(self) -> str:
        return f"draft of {self.person} on {self.ticket_id}"


class ReadMark(models.Model):
    """Up to when a person has read a ticket. Private."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "ticket"], name="one_read_mark_each")]

    def __str__(self) -> str:
        return f"{self.person} read {self.ticket_id}"


class Departure(models.Model):
    """An agent who leaves: who takes over, and how much went over so far. What is left is asked of the tickets."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Nobody: what they had comes back to the teams' queues.
    successor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    begun_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    tickets = models.PositiveIntegerField(default=0)
    drafts = models.PositiveIntegerField(default=0)
    companies = models.PositiveIntegerField(default=0)
    articles = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="one_departure_at_a_time_each")
        ]

    def __str__(self) -> str:
        return f"departure of {self.person}"

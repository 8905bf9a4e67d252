"""Mail as rows: where it comes in, what came, and what goes out."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tuki.desk.labels import Labels, label
from tuki.journal.models import Entry
from tuki.people.models import Team

# Names of the jobs that follow a row of this app; the actions that ask for them stand below the jobs.
DECIDE = "mail.decide"
SEND = "mail.send"

MESSAGE_ID_LENGTH = 255


class Mailbox(models.Model):
    """An address of the desk's at which mail comes in."""

    address = models.EmailField(unique=True)  # lower case
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    language = models.CharField(max_length=8, blank=True)  # of whoever first writes to it; empty: the desk's
    labels: models.Field[Labels, Labels] = models.JSONField(default=dict)  # the name that answers from it carry
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "address"]

    def __str__(self) -> str:
        return self.address

    @property
    def name(self) -> str:
        return label(self.labels)


class Outcome(models.TextChoices):
    """How a mail that came in ended."""

    WAITING = "waiting", _("waiting")
    TICKET = "ticket", _("new request")
    REPLY = "reply", _("reply")
    IGNORED = "ignored", _("ignored")
    QUARANTINED = "quarantined", _("in quarantine")


class RawMail(models.Model):
    """A mail that came in, in the ledger before its sender was told that we have it."""

    received_at = models.DateTimeField()
    mailbox = models.ForeignKey(Mailbox, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    envelope_from = models.CharField(max_length=320, blank=True)  # empty: a bounce, or another machine's word
    envelope_to = models.JSONField(default=list)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # Of a mail too large for a row: a file named by its hash in settings.MAIL_RAW_FOLDER. Else the bytes are RawBytes.
    path = models.CharField(max_length=64, blank=True)
    message_id = models.CharField(max_length=MESSAGE_ID_LENGTH, blank=True)
    # Counted before each reading, so that a mail that kills its reader is set aside too.
    tries = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=11, choices=Outcome, default=Outcome.WAITING)
    reason = models.TextField(blank=True)  # why it was ignored or is in quarantine, for whoever looks
    # What became of it, as plain numbers: mail knows no ticket.
    thread = models.BigIntegerField(null=True, blank=True)
    message = models.BigIntegerField(null=True, blank=True)
    # What makes two mails the same one, over all the ways it may have come; only the first of them has it.
    identity = models.CharField(max_length=64, unique=True, null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["outcome", "-id"], name="raw_mail_outcome"),
            models.Index(fields=["received_at"], condition=Q(outcome="waiting"), name="raw_mail_waiting"),
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="raw_mail_message_id"),
            models.Index(fields=["thread", "id"], condition=Q(thread__isnull=False), name="raw_mail_thread"),
            models.Index(fields=["message"], condition=Q(message__isnull=False), name="raw_mail_message"),
        ]

    def __str__(self) -> str:
        return f"mail #{self.pk} from {self.envelope_from or '<>'}"

    def content(self) -> bytes:
        """The mail as it came, byte for byte; nothing once it was forgotten."""
        if self.is_forgotten:
            return b""
        if self.path:
            return (Path(settings.MAIL_RAW_FOLDER) / self.path).read_bytes()
        return bytes(self.kept.content)

    @property
    def is_forgotten(self) -> bool:
        """What it said was removed for good, with the message that it became."""
        return not self.sha256


class RawBytes(models.Model):
    """What a mail of the ledger consists of. Apart from its row, so that to change the row never rewrites the mail."""

    raw_mail = models.OneToOneField(RawMail, on_delete=models.CASCADE, primary_key=True, related_name="kept")
    content = models.BinaryField()


class State(models.TextChoices):
    """Where a mail to somebody stands."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    DELAYED = "delayed", _("delayed")  # the server said: later
    BOUNCED = "bounced", _("bounced")  # taken by the server, and came back
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class Delivery(models.Model):
    """One mail to one address.

    It has one job for as long as it waits or is delayed, unless it is parked. What it says never changes once made.
    """

    # Why there is this mail. With person and kind it is unique, so that doing the work twice makes no second mail.
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    kind = models.CharField(max_length=40)  # which mail it is, such as "answer"
    address = models.EmailField(max_length=320)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    # There is no mail server to hand it to, and no job that tries.
    parked = models.BooleanField(default=False)
    message_id = models.CharField(max_length=MESSAGE_ID_LENGTH, unique=True)  # the same at every try
    from_name = models.CharField(max_length=200, blank=True)
    from_address = models.EmailField(max_length=320)
    reply_to = models.EmailField(max_length=320, blank=True)
    in_reply_to = models.CharField(max_length=MESSAGE_ID_LENGTH, blank=True)
    references = models.TextField(blank=True)  # Message-IDs with spaces between
    subject = models.CharField(max_length=400)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)  # further ones, name to value
    # [{"path": its name in the default storage, "name", "type", "cid": of a picture in the text, else empty}]
    attachments = models.JSONField(default=list)
    language = models.CharField(max_length=8, blank=True)
    automatic = models.BooleanField(default=False)  # no machine shall answer it
    # What it tells of, as plain numbers: mail knows no ticket.
    thread = models.BigIntegerField(null=True, blank=True)
    message = models.BigIntegerField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_answer = models.TextField(blank=True)  # the server's words, or ours
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()  # not sent before
    first_tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "person", "kind"],
                condition=Q(entry__isnull=False),
                name="one_delivery_per_entry_person_and_kind",
            ),
            models.UniqueConstraint(
                fields=["entry", "address", "kind"],
                condition=Q(entry__isnull=False, person__isnull=True),
                name="one_delivery_per_entry_address_and_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="delivery_state"),
            models.Index(fields=["id"], condition=Q(parked=True), name="delivery_parked"),
            models.Index(fields=["made_at"], condition=Q(state__in=["waiting", "delayed"]), name="delivery_waiting"),
            models.Index(fields=["thread", "id"], condition=Q(thread__isnull=False), name="delivery_thread"),
            models.Index(fields=["message"], condition=Q(message__isnull=False), name="delivery_message"),
            models.Index(fields=["address", "-id"], name="delivery_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"

    @property
    def is_over(self) -> bool:
        """Nothing more will happen by itself."""
        return self.state not in {State.WAITING, State.DELAYED}

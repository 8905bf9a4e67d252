"""The ledger: every mail that came in, with its end."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tuki.mail.models.boxes import Mailbox, Source
from tuki.mail.reasons import in_words

# The job that follows a row: the actions that ask for it stand below the jobs.
DECIDE = "mail.decide"
MESSAGE_ID_LENGTH = 255


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
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    envelope_from = models.CharField(max_length=320, blank=True)  # empty: a bounce, or another machine's word
    envelope_to = models.JSONField(default=list)
    # Of the machine that brought it, and what it called itself. Empty where none did: it was fetched.
    client_ip = models.CharField(max_length=45, blank=True)
    helo = models.CharField(max_length=255, blank=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # Of a mail too large for a row: a file named by its hash in settings.MAIL_RAW_FOLDER. Else the bytes are RawBytes.
    path = models.CharField(max_length=64, blank=True)
    # Of its header, to find it by. What a mail says of itself is a stranger's claim.
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=400, blank=True)
    message_id = models.CharField(max_length=MESSAGE_ID_LENGTH, blank=True)
    # Counted before each reading, so that a mail that kills its reader is set aside too.
    tries = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=11, choices=Outcome, default=Outcome.WAITING)
    reason = models.TextField(blank=True)  # why it was ignored or is in quarantine, for whoever looks
    reason_about: models.Field[dict[str, str], dict[str, str]] = models.JSONField(default=dict)  # what stands in it
    # Whether it is from its sender (authentication.Authenticity), and how that was found out; empty until then.
    authenticity = models.CharField(max_length=7, blank=True)
    authentication = models.JSONField(default=dict)
    lacks_right = models.BooleanField(default=False)  # set aside until its sender may send requests
    # A machine wrote it, or it answers what a machine of ours wrote: two machines would never end.
    calls_for_no_answer = models.BooleanField(default=False)
    # What became of it, as plain numbers: mail knows no ticket.
    thread = models.BigIntegerField(null=True, blank=True)
    message = models.BigIntegerField(null=True, blank=True)
    # What makes two mails the same one, over all the ways it may have come; only the first of them has it.
    identity = models.CharField(max_length=64, unique=True, null=True, blank=True)
    # Where it was fetched: with `era` and `uid` the place of one mail, whatever became of it there.
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    era = models.PositiveIntegerField(null=True, blank=True)
    uid = models.BigIntegerField(null=True, blank=True)
    # Not yet marked as read, or moved, where it was fetched.
    to_put_away = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "era", "uid"], condition=Q(source__isnull=False), name="each_mail_fetched_once"
            ),
        ]
        indexes = [
            models.Index(fields=["source", "sha256"], condition=Q(source__isnull=False), name="raw_mail_fetched"),
            models.Index(fields=["source", "uid"], condition=Q(to_put_away=True), name="raw_mail_to_put_away"),
            models.Index(fields=["outcome", "-id"], name="raw_mail_outcome"),
            models.Index(fields=["mailbox", "-id"], name="raw_mail_mailbox"),
            models.Index(fields=["mailbox", "outcome", "-id"], name="raw_mail_mailbox_outcome"),
            models.Index(fields=["sender", "-id"], name="raw_mail_sender"),
            models.Index(fields=["-id"], condition=Q(lacks_right=True), name="raw_mail_lacks_right"),
            models.Index(fields=["received_at"], condition=Q(outcome="waiting"), name="raw_mail_waiting"),
            models.Index(fields=["message_id"], name="raw_mail_message_id"),
            models.Index(fields=["thread", "id"], condition=Q(thread__isnull=False), name="raw_mail_thread"),
            models.Index(fields=["message"], condition=Q(message__isnull=False), name="raw_mail_message"),
        ]

    def __str__(self) -> str:
        return f"mail #{self.pk} from {self.envelope_from or '<>'}"

    @property
    def why(self) -> str:
        """Why it was ignored or is in quarantine, in the active language."""
        return in_words(self.reason, self.reason_about)

    def content(self) -> bytes:
        """The mail as it came, byte for byte; nothing once it was forgotten."""
        if self.is_forgotten:
            return b""
        if self.path:
            return (Path(settings.MAIL_RAW_FOLDER) / self.path).read_bytes()
        return bytes(self.kept.content)

    @property
    def is_cut(self) -> bool:
        """Where it was fetched more could not be had of it than its header, if that."""
        return self.uid is not None and not self.is_forgotten and len(self.content()) < max(self.size, 1)

    @property
    def is_forgotten(self) -> bool:
        """What it said was removed for good, with the message that it became."""
        return not self.sha256


class RawBytes(models.Model):
    """What a mail of the ledger consists of. Apart from its row, so that to change the row never rewrites the mail."""

    raw_mail = models.OneToOneField(RawMail, on_delete=models.CASCADE, primary_key=True, related_name="kept")
    content = models.BinaryField()

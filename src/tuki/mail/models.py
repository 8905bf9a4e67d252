"""Mail as rows: where it comes in, what came, and what goes out."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tuki.desk.labels import Labels, label
from tuki.journal.models import Entry
from tuki.mail.reasons import in_words
from tuki.people.models import Team

# Names of the jobs that follow a row of this app; the actions that ask for them stand below the jobs.
DECIDE = "mail.decide"
SEND = "mail.send"
LANE = "mail.lane"

MESSAGE_ID_LENGTH = 255
LATE_AFTER = timedelta(hours=1)


class Mailbox(models.Model):
    """An address of the desk's at which mail comes in."""

    address = models.EmailField(unique=True)  # lower case
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    language = models.CharField(max_length=8, blank=True)  # of whoever first writes to it; empty: the desk's
    labels: models.Field[Labels, Labels] = models.JSONField(default=dict)  # the name that answers from it carry
    # Under the mails of tickets that came in by it, per language, where their team has none.
    signatures: models.Field[Labels, Labels] = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "address"]

    def __str__(self) -> str:
        return self.address

    @property
    def name(self) -> str:
        return label(self.labels)


class Security(models.TextChoices):
    """How a conversation with a mail server is kept from others."""

    TLS = "tls", _("TLS")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("none")  # within this machine only


class SignIn(models.TextChoices):
    """By what a mail server knows us."""

    PASSWORD = "password", _("password")
    XOAUTH2 = "xoauth2", _("OAuth 2")


class Afterwards(models.TextChoices):
    """What is done on its server with a mail that we have."""

    LEAVE = "leave", _("leave as it is")
    MARK = "mark", _("mark as read")
    MOVE = "move", _("move to a folder")


class Trouble(models.TextChoices):
    """Why a source can't be fetched from."""

    NO_HOST = "no_host", _("There is no server of this name.")
    CLOSED = "closed", _("Nobody answers there: the server is down, or host or port are wrong.")
    SILENT = "silent", _("The server does not answer in time.")
    NO_IMAP = "no_imap", _("What answers at this port does not speak IMAP.")
    TLS = "tls", _("The connection can't be secured.")
    TOKEN = "token", _("The address for OAuth 2 does not give us the right to sign in.")
    SIGN_IN = "sign_in", _("The server does not accept the user or the password.")
    FOLDER = "folder", _("The server has no such folder.")
    SECRET = "secret", _("What was entered to sign in can no longer be read: enter it again.")
    LOST = "lost", _("The connection broke off.")
    SERVER = "server", _("The server does not do what it is asked for.")
    AFTERWARDS = "afterwards", _("Mails that were fetched can't be marked or moved there.")
    OURSELVES = "ourselves", _("Tuki itself can't keep mail at the moment.")


class Source(models.Model):
    """An account on another mail server from which mail is fetched."""

    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    user = models.CharField(max_length=320)
    sign_in = models.CharField(max_length=8, choices=SignIn, default=SignIn.PASSWORD)
    secret = models.TextField(blank=True)  # the password or the refresh token, sealed
    # Of OAuth 2: where, and as whom, a refresh token is changed for one that signs in.
    token_url = models.URLField(max_length=500, blank=True)
    client_id = models.CharField(max_length=300, blank=True)
    client_secret = models.TextField(blank=True)  # sealed
    folder = models.CharField(max_length=200, default="INBOX")
    afterwards = models.CharField(max_length=5, choices=Afterwards, default=Afterwards.LEAVE)
    move_to = models.CharField(max_length=200, blank=True)
    # Whose mail it is where it names none of the desk's addresses.
    mailbox = models.ForeignKey(Mailbox, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    # What lay there and had come before is none of ours. Unset: all is.
    begins_at = models.DateTimeField(null=True, blank=True)
    enabled = models.BooleanField(default=True)
    # Removed. The row stays, since mails of the ledger go on naming it; its secrets don't.
    retired = models.BooleanField(default=False)

    # A UID names a mail for as long as UIDVALIDITY stays. How often that, or the account, has changed: the era.
    uid_validity = models.BigIntegerField(null=True, blank=True)
    era = models.PositiveIntegerField(default=0)
    old_below = models.BigIntegerField(default=0)  # the first UID that was not there when the era began
    last_uid = models.BigIntegerField(default=0)  # up to here the ledger has all

    fetched_at = models.DateTimeField(null=True, blank=True)  # when all that was there was last known to be here
    trouble = models.CharField(max_length=10, choices=Trouble, blank=True)
    last_error = models.TextField(blank=True)  # what the other side said of it, in its own words
    failing_since = models.DateTimeField(null=True, blank=True)
    wanted_at = models.DateTimeField(null=True, blank=True)  # when somebody last asked for a look at once
    changed_at = models.DateTimeField(default=timezone.now)  # whoever fetches by older settings begins anew

    # Who fetches. With `turn`, which counts claims, it is the fence: whoever was taken for dead holds an old count.
    worker = models.CharField(max_length=64, blank=True)
    turn = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["host", "user", "folder", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["host", "user", "folder"], condition=Q(retired=False), name="one_source_per_folder"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} on {self.host}"

    @property
    def error(self) -> str:
        """What is wrong, for whoever looks: our words in their language, and the other side's. Empty: nothing is."""
        return said(self.trouble, self.last_error)


def said(trouble: str, words: str) -> str:
    """A trouble in the reader's language, with what the other side said of it."""
    if not trouble:
        return ""
    return f"{Trouble(trouble).label} ({words})" if words else str(Trouble(trouble).label)


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


class State(models.TextChoices):
    """Where a mail to somebody stands."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    DELAYED = "delayed", _("delayed")  # the server said: later
    BOUNCED = "bounced", _("bounced")  # taken by the server, and came back
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


OPEN = (State.WAITING, State.DELAYED)  # something is still to happen by itself
LOST = (State.FAILED, State.BOUNCED)  # it did not arrive, and will not


class Why(models.TextChoices):
    """Why we don't write to an address."""

    BOUNCED = "bounced", _("mail to this address comes back")
    COMPLAINED = "complained", _("its owner called our mail spam")
    BY_HAND = "by_hand", _("somebody chose so")
    SPAM = "spam", _("what it tells of is spam")  # of single mails; no address is suppressed for it


class Suppression(models.Model):
    """An address that we don't write to, or did not until it was tried again."""

    address = models.EmailField(max_length=320, unique=True)  # lower case
    why = models.CharField(max_length=10, choices=Why)
    words = models.TextField(blank=True)  # the server's
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)  # set: written to again

    def __str__(self) -> str:
        return f"{self.address}: {self.get_why_display()}"

    @property
    def stops_answers(self) -> bool:
        """Whether it stops what an agent writes too, and not only what nobody wrote."""
        return self.why != Why.COMPLAINED


class Sign(models.TextChoices):
    """By what a mail is known as spam."""

    SENDER = "sender", _("this sender is blocked")
    DOMAIN = "domain", _("this sender’s domain is blocked")
    SUBJECT = "subject", _("words of the subject")
    SCORE = "score", _("the score of the mail server’s own filter")


class SpamRule(models.Model):
    """A sign by which what comes in is put away as spam. Taken off, the row goes; the journal keeps that it was."""

    sign = models.CharField(max_length=7, choices=Sign)
    value = models.CharField(max_length=320)  # an address, a domain, words, a number: folded to lower case
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sign", "value"], name="one_rule_each")]
        indexes = [models.Index(fields=["-made_at", "-id"], name="spam_rule_made")]

    def __str__(self) -> str:
        return f"{self.sign}: {self.value}"


class Delivery(models.Model):
    """One mail to one address.

    While it waits or is delayed it is in one place: in the hands of a job, in its domain's lane, or parked. What it
    says never changes once made.
    """

    # Why there is this mail. With person and kind it is unique, so that doing the work twice makes no second mail.
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    kind = models.CharField(max_length=40)  # which mail it is, such as "answer"
    address = models.EmailField(max_length=320)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    domain = models.CharField(max_length=255, blank=True)  # where the address lies
    in_hand = models.BooleanField(default=False)  # of its own job
    lane_at = models.DateTimeField(null=True, blank=True)  # in its domain's lane, and not to be tried before
    # There is no mail server to hand it to, and no job that tries.
    parked = models.BooleanField(default=False)
    # The agent who wrote what it carries, and is told where it does not arrive; until somebody has seen to that.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    seen_to_at = models.DateTimeField(null=True, blank=True)
    told_late = models.BooleanField(default=False)  # pages that show it were told that it is late
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
    # What it quotes of before, apart so that it can be taken out: {"message": its number, "line": who wrote, "text"}.
    earlier = models.JSONField(default=dict)
    # [{"path": its name in the default storage, "name", "type", "cid": of a picture in the text, else empty}]
    attachments = models.JSONField(default=list)
    language = models.CharField(max_length=8, blank=True)
    automatic = models.BooleanField(default=False)  # no machine shall answer it
    # What it tells of, as plain numbers: mail knows no ticket.
    thread = models.BigIntegerField(null=True, blank=True)
    message = models.BigIntegerField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_answer = models.TextField(blank=True)  # the server's words, or ours
    held_because = models.CharField(max_length=10, choices=Why, blank=True)  # why we never sent it
    came_back_at = models.DateTimeField(null=True, blank=True)  # when a server last reported trouble with it
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
            models.Index(fields=["state", "-id"], condition=Q(state="failed", seen_to_at=None), name="delivery_unseen"),
            models.Index(fields=["made_at"], condition=Q(state__in=["waiting", "delayed"]), name="delivery_waiting"),
            models.Index(fields=["thread", "id"], condition=Q(thread__isnull=False), name="delivery_thread"),
            models.Index(fields=["message"], condition=Q(message__isnull=False), name="delivery_message"),
            models.Index(fields=["address", "-id"], name="delivery_address"),
            models.Index(fields=["domain", "lane_at", "id"], condition=Q(lane_at__isnull=False), name="delivery_lane"),
            models.Index(fields=["domain", "id"], condition=Q(in_hand=True), name="delivery_in_hand"),
            models.Index(
                fields=["author", "state", "-id"],
                condition=Q(author__isnull=False, seen_to_at=None),
                name="delivery_to_see_to",
            ),
            models.Index(fields=["kind", "made_at"], name="delivery_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.address}"

    @property
    def is_secret(self) -> bool:
        """It lets its reader in, or may do so: mail about signing in, which nobody else is to read."""
        return self.thread is None and self.automatic

    @property
    def is_reported_late(self) -> bool:
        """A server further on has said, since it left, that it does not get on."""
        if self.state != State.SENT or self.came_back_at is None:
            return False
        return self.sent_at is None or self.came_back_at > self.sent_at

    @property
    def state_if_held(self) -> State:
        """What it becomes where it is not to be sent at all: lost, where somebody wrote it and is to know."""
        return State.FAILED if self.author_id else State.CANCELLED

    @property
    def is_over(self) -> bool:
        """Nothing more will happen by itself."""
        return self.state not in OPEN

    @property
    def is_forgotten(self) -> bool:
        """What it said was removed for good, with the message that it told of."""
        return not self.text

    @property
    def is_late(self) -> bool:
        """It should have left an hour ago, and whoever wrote it may want to know."""
        return not self.is_over and timezone.now() - self.due_at > LATE_AFTER


class Lane(models.Model):
    """The way to one domain: how much mail went there this minute, and whether it rests as the domain said: later."""

    domain = models.CharField(max_length=255, primary_key=True)
    minute = models.DateTimeField(null=True, blank=True)  # in which `handed` mails were handed over
    handed = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True, blank=True)
    rests = models.PositiveSmallIntegerField(default=0)  # since the domain last took a mail, or refused one for good
    is_slow = models.BooleanField(default=False)  # the last mail took long

    def __str__(self) -> str:
        return f"the way to {self.domain}"

    @property
    def is_careful(self) -> bool:
        """One mail at a time, until one goes through as it should."""
        return self.is_slow or self.rests > 0

    def left(self, now: datetime) -> int:
        """How many more mails may leave in this minute."""
        _at_once, a_minute = settings.MAIL_PACE
        gone = self.handed if self.minute and now - self.minute < timedelta(minutes=1) else 0
        return max(0, a_minute - gone)

    def opens_at(self, now: datetime) -> datetime:
        """When the next mail may leave: now, unless it rests or this minute's are gone."""
        if self.rests_until and self.rests_until > now:
            return self.rests_until
        return now if self.minute is None or self.left(now) else self.minute + timedelta(minutes=1)

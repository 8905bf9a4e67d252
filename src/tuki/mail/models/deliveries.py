"""Every mail that goes out, and the lane that it leaves by."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tuki.journal.models import Entry
from tuki.mail.models.arrivals import MESSAGE_ID_LENGTH
from tuki.mail.models.nuisance import Why

# The jobs that follow a row: the actions that ask for them stand below the jobs.
SEND = "mail.send"
LANE = "mail.lane"
LATE_AFTER = timedelta(hours=1)


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
    bulk = models.BooleanField(default=False)  # one of many that say the same: what somebody waits for goes first
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
            models.Index(fields=["state", "id"], condition=Q(state="waiting", bulk=False), name="delivery_waiting"),
            models.Index(fields=["thread", "id"], condition=Q(thread__isnull=False), name="delivery_thread"),
            models.Index(fields=["message"], condition=Q(message__isnull=False), name="delivery_message"),
            models.Index(fields=["address", "-id"], name="delivery_address"),
            models.Index(
                fields=["domain", "bulk", "lane_at", "id"], condition=Q(lane_at__isnull=False), name="delivery_lane"
            ),
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
        return self.thread is None and self.automatic and not self.bulk

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
        return self.is_late_at(timezone.now())

    def is_late_at(self, moment: datetime) -> bool:
        return not self.is_over and moment - self.due_at > LATE_AFTER


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

    def left(self, now: datetime, *, bulk: bool) -> int:
        """How many more mails may leave in this minute. A fifth of them is kept for mail that somebody waits for."""
        _at_once, a_minute = settings.MAIL_PACE
        if bulk:
            a_minute = max(1, a_minute * 4 // 5)
        gone = self.handed if self.minute and now - self.minute < timedelta(minutes=1) else 0
        return max(0, a_minute - gone)

    def opens_at(self, now: datetime, *, bulk: bool) -> datetime:
        """When the next mail may leave: now, unless it rests or this minute's are gone."""
        if self.rests_until and self.rests_until > now:
            return self.rests_until
        return now if self.minute is None or self.left(now, bulk=bulk) else self.minute + timedelta(minutes=1)

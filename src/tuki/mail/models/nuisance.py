"""To whom we don't write, and by what spam is known."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Why(models.TextChoices):
    """Why we don't write to an address."""

    BOUNCED = "bounced", _("mail to this address comes back")
    COMPLAINED = "complained", _("its owner called our mail spam")
    BY_HAND = "by_hand", _("somebody chose so")
    # Of single mails; no address is suppressed for these.
    SPAM = "spam", _("what it tells of is spam")
    NO_RIGHT = "no_right", _("its reader may no longer see what it tells of")


class Suppression(models.Model):
    """An address that we don't write to, or did not until it was tried again."""

    address = models.EmailField(max_length=320, unique=True)  # lower case
    why = models.CharField(max_length=10, choices=Why)
    words = models.TextField(blank=True)  # the server's
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)  # set: written to again

    class Meta:
        indexes = [
            models.Index(fields=["-since", "-id"], condition=Q(lifted_at__isnull=True), name="suppression_since")
        ]

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

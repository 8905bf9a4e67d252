"""How far followers have been told of what was published."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Telling(models.Model):
    """That followers are told of one publish. A job walks them in helpings, and this says how far it has come."""

    entry = models.OneToOneField("journal.Entry", on_delete=models.PROTECT, related_name="+", primary_key=True)
    article = models.ForeignKey("knowledge.Article", on_delete=models.CASCADE, related_name="+", db_index=False)
    language = models.CharField(max_length=8)
    revision = models.ForeignKey("knowledge.Revision", on_delete=models.CASCADE, related_name="+", db_index=False)
    again = models.BooleanField()  # followers were told of it before: something was wrong, or is new
    # Followings are walked by their ids. None: nobody has looked yet how many there are.
    followers = models.PositiveIntegerField(null=True, blank=True)
    last = models.BigIntegerField(default=0)  # of those there were when the walk began
    cursor = models.BigIntegerField(default=0)  # up to here all have been told
    walked = models.PositiveIntegerField(default=0)
    mails = models.PositiveIntegerField(default=0)  # made at once
    waiting = models.PositiveIntegerField(default=0)  # hear of it in the morning
    begun_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["article", "-entry"], name="telling_article")]

    def __str__(self) -> str:
        return f"telling of entry {self.entry_id}"


class Waiting(models.Model):
    """That somebody hears of a publish with the next daily or weekly mail. Deleted as that mail is made."""

    telling = models.ForeignKey(Telling, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", null=True)
    address = models.EmailField(blank=True)  # empty for a person
    due_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["telling", "person"], condition=Q(person__isnull=False), name="person_waits_once"
            ),
            models.UniqueConstraint(fields=["telling", "address"], condition=~Q(address=""), name="address_waits_once"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="waiting_due"),
            models.Index(fields=["address", "due_at"], name="waiting_address"),
        ]

    def __str__(self) -> str:
        return f"waiting for {self.due_at:%Y-%m-%d %H:%M}"

"""What is kept for a moment, so that open pages hear of each other."""

from django.conf import settings
from django.db import models


class Signal(models.Model):
    """That something changed, on a database that can't say so itself (SQLite). Short-lived: only the newest stay."""

    topic = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.topic


class Presence(models.Model):
    """That an agent has a ticket open. It counts for as long as it is fresh."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    typing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="one_presence_each")]

    def __str__(self) -> str:
        return f"{self.person_id} has {self.ticket_id} open"

"""One row for each thing done."""

from django.conf import settings
from django.db import models

from tuki.journal.via import Via


class Entry(models.Model):
    """That somebody did something to something. Never changed, never deleted; a person is forgotten elsewhere."""

    event = models.CharField(max_length=64)  # the event's name, such as "ticket.replied"
    data = models.JSONField(default=dict)  # the event's fields
    # What it was done to: a model's name and its row. No foreign key, so that the journal knows nobody above it.
    on_kind = models.CharField(max_length=32)
    on_id = models.BigIntegerField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    via = models.CharField(max_length=6, choices=Via)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["on_kind", "on_id", "id"], name="entry_on"),
            models.Index(fields=["event", "at"], name="entry_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event} on {self.on_kind} {self.on_id}"

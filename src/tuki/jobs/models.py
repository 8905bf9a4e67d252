"""Work to do, as rows that live and die with the change they belong to."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class State(models.TextChoices):
    """Where a job stands. A job that is done has no row."""

    READY = "ready"
    RUNNING = "running"
    FAILED = "failed"  # for good, until somebody runs it again


class Job(models.Model):
    """One piece of work, done at least once."""

    kind = models.CharField(max_length=64)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.READY)
    priority = models.SmallIntegerField(default=50)  # low goes first
    run_at = models.DateTimeField(default=timezone.now)
    # Counts claims. With `worker` it is the fence: whoever was taken for dead holds an old count.
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    # While a job with this key waits, asking for another changes nothing.
    dedupe_key = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - NULLs don't collide
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"], condition=Q(state="ready"), name="one_waiting_job_per_dedupe_key"
            ),
        ]
        indexes = [
            models.Index(fields=["priority", "run_at", "id"], condition=Q(state="ready"), name="job_ready"),
            models.Index(fields=["run_at"], condition=Q(state="ready"), name="job_ready_at"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_running"),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="job_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Timer(models.Model):
    """A moment at which the domain must do something by itself. The change that ends the wait deletes it."""

    kind = models.CharField(max_length=64)  # the job's kind; it gets `subject` and `at`
    subject = models.BigIntegerField()
    due_at = models.DateTimeField()
    # Set once the worker has made a job of it. The row stays, so that an action which comes first can still settle it.
    queued = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="one_timer_per_kind_and_subject")]
        indexes = [models.Index(fields=["due_at"], condition=Q(queued=False), name="timer_due")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject} at {self.due_at:%Y-%m-%d %H:%M:%S}"


class Beat(models.Model):
    """A worker's sign of life."""

    worker = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.worker} at {self.at:%H:%M:%S}"

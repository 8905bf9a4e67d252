"""What of the desk's own work went wrong."""

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from tuki.jobs.models import Job, State

# Written literally: a value that comes beside the statement would keep SQLite from the index of failed jobs alone.
_FAILED = RawSQL(f"state = '{State.FAILED}'", (), output_field=BooleanField())


def failed_jobs() -> QuerySet[Job]:
    """Work that was given up, for lists that go by id."""
    return Job.objects.filter(_FAILED)

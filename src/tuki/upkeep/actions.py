"""Setting going again what stands still."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tuki.jobs import queue
from tuki.jobs.models import Job, State
from tuki.journal.record import record
from tuki.lib.refusal import Refused, require
from tuki.people import policy
from tuki.people.actor import Actor
from tuki.upkeep import events


def run_job_again(job: Job, *, by: Actor) -> None:
    """Give work that failed for good a new set of tries. Raises Refused where somebody did so before."""
    require(policy.may_set_up(by))
    with transaction.atomic():
        failed = Job.objects.select_for_update().filter(pk=job.pk, state=State.FAILED).first()
        if failed is None:
            raise Refused(_("This work is being done again already."))
        record(events.JobRunAgain(failed.kind), on=failed, by=by)
        queue.run_again(failed)

"""Work that the desk gave up."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame
from tuki.lib import paging
from tuki.upkeep import actions
from tuki.upkeep.queries import failed_jobs

SIZE = 50


@require_safe
def jobs(request: Request) -> HttpResponse:
    """What failed for good, and why."""
    page = paging.page_by_id(failed_jobs(), request.GET.get("at", ""), SIZE)
    return frame.show(request, "setup/jobs.html", {"page": page}, at="jobs")


@require_POST
def run(request: Request, pk: int) -> HttpResponse:
    """Have it done again."""
    actions.run_job_again(get_object_or_404(failed_jobs(), pk=pk), by=request.actor)
    messages.success(request, _("The work is being done again."))
    return redirect("setup:jobs")

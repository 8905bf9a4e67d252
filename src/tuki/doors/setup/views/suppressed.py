"""Addresses that are not written to, and the way to try one again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame
from tuki.lib import paging
from tuki.mail import actions, lists
from tuki.people import queries as people

SIZE = 50


@require_safe
def addresses(request: Request) -> HttpResponse:
    """All of them, or those that words find, with whose each is, why, and since when."""
    words = request.GET.get("q", "").strip()[:320]
    page = paging.page(lists.suppressed(words), "since", request.GET.get("at", ""), SIZE)
    owners = people.by_addresses(row.address for row in page.rows)
    rows = [(row, owners.get(row.address)) for row in page.rows]
    return frame.show(request, "setup/suppressed.html", {"page": page, "rows": rows, "words": words}, at="mail_out")


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    """Write to one again."""
    row = get_object_or_404(lists.suppressed(), pk=pk)
    actions.write_again(row.address, by=request.actor)
    messages.success(request, _("%(address)s is written to again.") % {"address": row.address})
    return redirect("setup:suppressed")

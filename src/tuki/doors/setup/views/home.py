"""What needs somebody."""

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from tuki.doors.arrivals import Request
from tuki.doors.setup import frame, rows
from tuki.mail import lists, queries
from tuki.mail.standing import standing
from tuki.upkeep.queries import failed_jobs

_SOME = 5


@require_safe
def home(request: Request) -> HttpResponse:
    """Nothing, on a good day."""
    context = {
        "no_server": settings.SMTP is None and not settings.DEMO,
        "quarantined": rows.of_ledger(request.actor, lists.ledger("quarantined").order_by("-pk")[:_SOME]),
        "failed": rows.of_outbox(request.actor, lists.unseen_failures().order_by("-pk")[:_SOME]),
        "failing": [source for source in queries.sources() if source.enabled and source.error],
        "news_wait_since": queries.news_wait_since(),
        "jobs": list(failed_jobs().order_by("-pk")[:_SOME]),
        "last_in": lists.ledger().order_by("-pk").first(),
        "last_out": lists.deliveries("sent").order_by("-pk").first(),
    }
    waits = ("no_server", "quarantined", "failed", "news_wait_since", "jobs")
    context["alarms"] = any(context[name] for name in waits) or standing().is_late
    return frame.show(request, "setup/home.html", context, at="home")

"""How articles are read: how often, whether they helped, what was missing, and who asked support all the same."""

from datetime import timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide import frame, writing
from tuki.knowledge.queries import editing, listing
from tuki.tickets.queries import after_reading

_DAYS = 30


@require_safe
def most_read(request: AgentRequest) -> HttpResponse:
    """The articles that were read most within a month."""
    today = timezone.localdate(request.actor.at)
    counted = editing.most_read(request.actor, today - timedelta(days=_DAYS), today)
    titled = {one.article_id: one for one in listing.sources([article for article, _count in counted])}
    asked = after_reading.counts(request.actor, titled, request.actor.at - timedelta(days=_DAYS))
    rows = [
        {"translation": titled[article.pk], "article": article, "views": count, "asked": asked.get(article.pk, 0)}
        for article, count in counted
        if article.pk in titled
    ]
    return frame.show(request, "reports", {"rows": rows, "days": _DAYS}, here="reports")


@require_safe
def of_article(request: AgentRequest, pk: int) -> HttpResponse:
    """What readers of one missed, and what they asked support after reading it."""
    article = writing.find_article(request, pk, merged=True)
    since = request.actor.at - timedelta(days=_DAYS)
    context = {
        **frame.head_of(article),
        "views": editing.views(article, timezone.localdate(since)),
        "page": editing.reasons(article, request.GET.get("at", "")),
        "asked": after_reading.after_reading(request.actor, pk).rows,
        "days": _DAYS,
    }
    return frame.show(request, "report", context)

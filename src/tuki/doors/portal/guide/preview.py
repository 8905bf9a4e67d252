"""An article as its readers would have it, before they do: for those who may write it, in a frame of the editor's."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tuki.doors.arrivals import Request
from tuki.doors.portal.guide.article import shown
from tuki.knowledge import policy
from tuki.knowledge.queries import editing
from tuki.look import body
from tuki.look.policy import widen
from tuki.people.actor import Actor


@require_safe
def preview(request: Request, language: str, pk: int) -> HttpResponse:
    """What is drafted, or what is published (?of=published), for a kind of reader (?as=visitor). Nobody else finds it.

    It is looked at and does nothing: it counts as read nowhere, and nothing is sent from it.
    """
    article = editing.article(request.actor, pk)
    if article is None:
        raise Http404
    seen = policy.seen_by(request.GET.get("as", "visitor"), article, language)
    drafted = request.GET.get("of") != "published"
    found = editing.as_read(article, language, drafted=drafted)
    # From here on it is drawn for somebody unknown: nothing of the editor's own is in what readers get.
    request.actor = Actor(None, at=request.actor.at)
    if found is None or not seen:
        why = "" if not seen else "unwritten" if drafted else "unpublished"
        answer = render(request, "portal/guide/unseen.html", {"why": why})
    else:
        answer = render(request, "portal/guide/article.html", {**shown(request, found), "previewed": True})
        if hosts := body.film_hosts(found.translation.body):
            widen(answer, "frame-src", *hosts)
            widen(answer, "media-src", *hosts)
    answer.headers["X-Robots-Tag"] = "noindex"
    return widen(answer, "frame-ancestors", "'self'")

"""One article, and what its reader thinks of it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.core import ratelimit
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tuki.doors.arrivals import Request
from tuki.doors.portal.everyone import for_everyone, shows_article
from tuki.doors.portal.guide import head
from tuki.doors.portal.guide.addresses import elsewhere, moved, to_article
from tuki.knowledge import actions, links, marks
from tuki.knowledge.queries import editing, following, reading
from tuki.lib.refusal import require
from tuki.look import body, moments
from tuki.look.policy import widen
from tuki.tickets import policy

if TYPE_CHECKING:
    from tuki.knowledge.models import Showing, Translation
    from tuki.people.actor import Actor

_LONG, _MANY = 600, 6  # words, or headings, from which on an article has a list of its contents
_VOTER = "voter"  # the cookie of a browser that voted while nobody was signed in
_YEAR = 365 * 24 * 3600


@require_safe
@for_everyone
def article(request: Request, language: str, pk: int) -> HttpResponse:
    """What there is to read under this number, in this language."""
    actor = request.actor
    found = reading.article(actor, pk, language)
    if found is None:
        others = reading.in_other_languages(actor, pk, language)
        if not others:
            return moved(request, language, f"articles/{pk}")
        return render(request, "portal/guide/other_languages.html", {"others": others}, status=404)
    if away := elsewhere(request, to_article(found, language)):
        return away
    today = timezone.localdate(actor.at)
    if not actor.is_agent:
        marks.TALLY.add(pk, language, today)
    answer = render(request, "portal/guide/article.html", shown(request, found))
    if hosts := body.film_hosts(found.translation.body):
        widen(answer, "frame-src", *hosts)
        widen(answer, "media-src", *hosts)
    return shows_article(answer, pk, language, today, unless=_VOTER) if actor.person is None else answer


def shown(request: Request, found: "Showing") -> dict[str, Any]:
    """What the page of an article is drawn with."""
    actor, text = request.actor, found.translation
    neighbours, more = reading.neighbours(actor, found)
    vote = reading.vote_of(actor, found.article, request.COOKIES.get(_VOTER, ""))
    return {
        "showing": found,
        "head": head.of_article(actor, found, found.language),
        "text": text,
        "foreign": "" if found.translated else text.language,
        "original": _original(actor, found),
        "body": body.as_read(text.body, urlsplit(settings.PUBLIC_URL).netloc),
        "contents": _contents(text),
        "section": found.section,
        "category": found.section.category,
        "attachments": reading.attachments(found),
        "neighbours": neighbours if len(neighbours) > 1 else [],
        "more_neighbours": more,
        "related": reading.related(actor, found),
        "follow": following.offer(actor, found.article, text.title),
        "vote": vote,
        "votes": found.article.helpful + found.article.unhelpful,
        "may_submit": actor.person is None or policy.may_submit(actor),
        **_for_staff(actor, found),
    }


def _contents(text: "Translation") -> list[dict[str, Any]]:
    found = [row for row in text.contents if row["level"] < 4]
    return found if text.words >= _LONG or len(found) >= _MANY else []


def _original(actor: "Actor", found: "Showing") -> "Showing | None":
    """What a translation that is behind was made from, for whoever may read that too."""
    source = found.article.source_language
    return reading.article(actor, found.article_id, source) if found.translation.outdated else None


def _for_staff(actor: "Actor", found: "Showing") -> dict[str, Any]:
    staff = editing.translation(actor, found.article_id, found.translation.language) if actor.is_agent else None
    review = staff.article.review_at if staff else None
    return {
        "staff": staff,
        "review_overdue": review is not None and review < timezone.localdate(actor.at),
        "review_day": moments.written(review) if review else "",
    }


# No secret, so that the page is the same for all who read it: another site's posts come without the session and without
# the cookie, and a browser that can tell of them does.
@csrf_exempt
@require_POST
def vote(request: Request, language: str, pk: int) -> HttpResponse:
    """Somebody found the article helpful, or did not, or says what was missing (A18)."""
    require(request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"})
    actor = request.actor
    found = reading.article(actor, pk, language)
    if found is None:
        raise Http404
    answer = redirect(f"{to_article(found, language)}#votes")
    helpful = request.POST.get("helpful")
    if helpful not in {"yes", "no"}:
        return answer
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="vote")
    if limited:
        return limited
    token = request.COOKIES.get(_VOTER, "")
    if actor.person is None and not links.browser_of(token):
        token = links.browser_token()
        answer.set_cookie(
            _VOTER,
            token,
            max_age=_YEAR,
            path="/hc/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    actions.vote(
        found.article,
        helpful=helpful == "yes",
        language=language,
        browser=token,
        reason=request.POST.get("reason"),
        by=actor,
    )
    return answer

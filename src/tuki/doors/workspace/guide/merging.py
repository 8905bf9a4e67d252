"""Two articles that say the same: found, laid side by side, and made one."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide import frame, writing
from tuki.doors.workspace.guide.forms import Text
from tuki.doors.workspace.guide.rows import rows
from tuki.knowledge import actions, policy
from tuki.knowledge.queries import editing
from tuki.knowledge.queries import merging as both
from tuki.lib.article import differences
from tuki.lib.ids import sent_id
from tuki.lib.refusal import Refused

if TYPE_CHECKING:
    from tuki.knowledge.models import Article

_DAYS = 30


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: AgentRequest, pk: int) -> HttpResponse:
    """Merge an article with another; what becomes of each thing is said beforehand."""
    article = writing.find_article(request, pk)
    asked = {**request.GET.dict(), **request.POST.dict()}
    words, chosen = asked.get("q", "").strip()[:100], sent_id(asked.get("other", ""))
    other = writing.find_article(request, chosen) if chosen else None
    context: dict[str, Any] = {**frame.head_of(article), "words": words, "other": other}
    status = 200
    if request.method == "POST" and other is not None:
        kept, duplicate = (other, article) if asked.get("keep") == str(other.pk) else (article, other)
        try:
            actions.merge_articles(kept, duplicate, by=request.actor)
        except Refused as refusal:
            context["mistake"], status = str(refusal), 409
        else:
            messages.success(request, _("Merged. The address of #%(number)s leads here.") % {"number": duplicate.pk})
            return redirect("workspace:guide_article", kept.pk)
    if other is not None:
        context["sides"] = [_side(request, article, other), _side(request, other, article)]
        context["pieces"] = differences(_source(article).body, _source(other).body)
    elif words:
        context["found"] = rows(both.find(request.actor, words, article))
    return frame.show(request, "merge", context, status=status)


def _side(request: AgentRequest, kept: "Article", duplicate: "Article") -> dict[str, Any]:
    """One of the two, and what becomes of the other when this one is kept."""
    since = timezone.localdate(request.actor.at) - timedelta(days=_DAYS)
    what = both.merging(kept, duplicate)
    return {
        "article": kept,
        "title": policy.called(kept),
        "translations": editing.translations(kept),
        "for_whom": policy.for_whom(kept),
        "views": editing.views(kept, since),
        "files": editing.attachments(kept),
        "what": what,
        "staying": ", ".join(str(get_language_info(one.language)["name_translated"]) for one in what.staying),
        "words": ", ".join([*what.labels, *what.keywords]),
    }


def _source(article: "Article") -> Text:
    source = next(one for one in editing.translations(article) if one.is_source)
    return Text.kept(source)


@require_safe
def merged(request: AgentRequest, pk: int) -> HttpResponse:
    """An article that was merged into another: where it went, and the texts that stayed behind."""
    article = writing.find_article(request, pk, merged=True)
    if article.merged_into_id is None:
        raise Http404
    kept = editing.kept_instead(request.actor, article)
    texts = [(one, Text.kept(one)) for one in editing.translations(article)]
    context = {"article": article, "kept": kept, "title": policy.called(kept) if kept else "", "texts": texts}
    return frame.show(request, "merged", context)

"""An article made of what was answered to somebody: the next who asks finds it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from tuki.doors import once
from tuki.doors.workspace.entrance import AgentRequest
from tuki.doors.workspace.guide import frame
from tuki.doors.workspace.guide.forms import NewForm
from tuki.knowledge import actions
from tuki.knowledge.queries import editing
from tuki.lib.article import linked_files
from tuki.tickets import policy, queries


@require_http_methods(["GET", "HEAD", "POST"])
def from_answer(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask where it is to stand; then begin it with the answer's words, and copies of its pictures."""
    message = get_object_or_404(queries.messages(request.actor), pk=pk, internal=False, redacted_at=None)
    initial = {"title": message.ticket.subject, "language": message.ticket.requester.language}
    form = NewForm(request, request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_valid():
        context = {"form": form, "message": message}
        return frame.show(request, "new", context, status=422 if form.is_bound else 200)
    section = get_object_or_404(editing.sections(request.actor), pk=form.cleaned_data["section"])
    pictures = policy.visible_files(request.actor).filter(pk__in=linked_files(message.html), redacted_at=None)
    language = form.cleaned_data["language"]

    def begin() -> str:
        article = actions.article_from_message(
            section,
            form.cleaned_data["title"],
            message.html,
            message=message.pk,
            files=pictures,
            language=language,
            by=request.actor,
        )
        return str(article.pk)

    return redirect("workspace:guide_text", once.once(request, begin), language)
